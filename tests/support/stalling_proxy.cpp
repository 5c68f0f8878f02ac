#include "tests/support/stalling_proxy.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <iterator>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/loopback.hpp"

namespace orders::test {

namespace {

int new_socket() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw std::runtime_error("the proxy has no sockets left");
  return fd;
}

void send_at_once(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

struct StallingProxy::Link {
  int client = -1;
  int server = -1;
  bool over = false;            // ended by either side, or cut
  std::atomic<int> working{2};  // threads that still use the sockets
  std::thread requests;
  std::thread answers;
};

StallingProxy::StallingProxy(int server_port) : server_port_(server_port) {
  const auto made = listen_on_loopback(128);
  listener_ = made.descriptor;
  port_ = made.port;
  if (::pipe2(stop_, O_CLOEXEC) != 0) throw std::runtime_error("the proxy has no descriptors left");
  thread_ = std::thread([this] { serve(); });
}

StallingProxy::~StallingProxy() {
  ::close(stop_[1]);
  thread_.join();
  cut();
  reap(true);
  ::close(stop_[0]);
  ::close(listener_);
}

void StallingProxy::stall(Way way) {
  const std::lock_guard<std::mutex> lock(mutex_);
  requests_stall_ = requests_stall_ || way != Way::answers;
  answers_stall_ = answers_stall_ || way != Way::requests;
}

void StallingProxy::flow() {
  const std::lock_guard<std::mutex> lock(mutex_);
  requests_stall_ = false;
  answers_stall_ = false;
  changed_.notify_all();
}

void StallingProxy::cut() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& link : links_) end(*link);
}

int StallingProxy::connections() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int>(
      std::count_if(links_.begin(), links_.end(), [](const auto& link) { return link->working > 0; }));
}

void StallingProxy::serve() {
  for (;;) {
    std::array<pollfd, 2> polled{{{stop_[0], POLLIN, 0}, {listener_, POLLIN, 0}}};
    constexpr int until_reaping_ms = 200;
    ::poll(polled.data(), polled.size(), until_reaping_ms);
    if (polled[0].revents != 0) return;
    if (polled[1].revents != 0) take();
    reap(false);
  }
}

void StallingProxy::take() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  send_at_once(client);
  auto link = std::make_unique<Link>();
  link->client = client;
  link->server = new_socket();
  send_at_once(link->server);
  const std::lock_guard<std::mutex> lock(mutex_);
  auto& kept = *links_.emplace_back(std::move(link));
  kept.requests = std::thread([this, &kept] { carry_requests(kept); });
}

// Sockets are closed only when nobody uses them any more: a number would be given to the next connection.
void StallingProxy::reap(bool all) {
  std::vector<std::unique_ptr<Link>> gone;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto kept = std::partition(links_.begin(), links_.end(),
                                     [all](const auto& link) { return !all && link->working > 0; });
    std::move(kept, links_.end(), std::back_inserter(gone));
    links_.erase(kept, links_.end());
  }
  for (const auto& link : gone) {
    link->requests.join();
    if (link->answers.joinable()) link->answers.join();
    ::close(link->client);
    ::close(link->server);
  }
}

// With the lock held.
void StallingProxy::end(Link& link) {
  link.over = true;
  ::shutdown(link.client, SHUT_RDWR);
  ::shutdown(link.server, SHUT_RDWR);
  changed_.notify_all();
}

bool StallingProxy::may_pass(const Link& link, bool request) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return link.over || !(request ? requests_stall_ : answers_stall_); });
  return !link.over;
}

void StallingProxy::carry_requests(Link& link) {
  const auto address = loopback(server_port_);
  const bool connected =
      may_pass(link, true) &&
      ::connect(link.server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      may_pass(link, true);  // cut while it was connecting, it would not notice
  if (connected) {
    link.answers = std::thread([this, &link] { carry_answers(link); });
    std::array<char, 65536> buffer{};
    for (;;) {
      const auto count = ::recv(link.client, buffer.data(), buffer.size(), 0);
      if (!may_pass(link, true)) break;
      if (count <= 0) {
        ::shutdown(link.server, SHUT_WR);  // the client has left: so it does here, after what it sent
        break;
      }
      if (!send_all(link.server, {buffer.data(), static_cast<std::size_t>(count)})) break;
    }
  } else {
    const std::lock_guard<std::mutex> lock(mutex_);
    end(link);
    --link.working;  // for the other one, which never began
  }
  --link.working;
}

void StallingProxy::carry_answers(Link& link) {
  std::array<char, 65536> buffer{};
  for (;;) {
    const auto count = ::recv(link.server, buffer.data(), buffer.size(), 0);
    if (!may_pass(link, false) || count <= 0) break;
    if (!send_all(link.client, {buffer.data(), static_cast<std::size_t>(count)})) break;
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    end(link);
  }
  --link.working;
}

}  // namespace orders::test
