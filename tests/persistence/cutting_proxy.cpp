#include "tests/persistence/cutting_proxy.hpp"

#include <array>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/loopback.hpp"

namespace orders::test {

CuttingProxy::CuttingProxy(int server_port) : server_port_(server_port) {
  const auto made = listen_on_loopback(16);
  listener_ = made.descriptor;
  port_ = made.port;
  if (::pipe2(stop_, O_CLOEXEC) != 0) throw std::runtime_error("the proxy has no descriptors left");
  thread_ = std::thread([this] { serve(); });
}

CuttingProxy::~CuttingProxy() {
  ::close(stop_[1]);
  thread_.join();
  ::close(stop_[0]);
  ::close(listener_);
  for (const auto& pair : pairs_) {
    ::close(pair.client);
    ::close(pair.server);
  }
}

void CuttingProxy::cut(const std::string& word, Moment moment) {
  const std::lock_guard<std::mutex> lock(mutex_);
  word_ = word;
  moment_ = moment;
}

int CuttingProxy::cuts() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return cuts_;
}

void CuttingProxy::serve() {
  for (;;) {
    std::vector<pollfd> polled{{stop_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const auto& pair : pairs_) {
      polled.push_back({pair.client, POLLIN, 0});
      polled.push_back({pair.server, POLLIN, 0});
    }
    if (::poll(polled.data(), polled.size(), -1) < 0 || polled[0].revents != 0) return;
    std::vector<Pair> kept;
    for (std::size_t n = 0; n < pairs_.size(); ++n) {
      auto& pair = pairs_[n];
      const bool alive = (polled[2 + 2 * n].revents == 0 || forward_request(pair)) &&
                         (polled[3 + 2 * n].revents == 0 || forward_answer(pair));
      if (alive) {
        kept.push_back(pair);
      } else {
        ::close(pair.client);
        ::close(pair.server);
      }
    }
    pairs_ = std::move(kept);
    if (polled[1].revents != 0) accept_one();
  }
}

void CuttingProxy::accept_one() {
  Pair pair;
  pair.client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  pair.server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(server_port_);
  if (::connect(pair.server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    pairs_.push_back(pair);
  } else {
    ::close(pair.client);
    ::close(pair.server);
  }
}

bool CuttingProxy::forward_request(Pair& pair) {
  std::array<char, 65536> buffer{};
  const auto count = ::recv(pair.client, buffer.data(), buffer.size(), 0);
  if (count <= 0) return false;
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!word_.empty() && bytes.find(word_) != std::string_view::npos) {
      word_.clear();
      ++cuts_;
      if (moment_ == Moment::before_sending) return false;
      pair.answer_dropped = moment_ == Moment::before_answering;
      pair.mute = moment_ == Moment::never_answering;
    }
  }
  return send_all(pair.server, bytes);
}

bool CuttingProxy::forward_answer(const Pair& pair) {
  std::array<char, 65536> buffer{};
  const auto count = ::recv(pair.server, buffer.data(), buffer.size(), 0);
  if (count <= 0 || pair.answer_dropped) return false;
  if (pair.mute) return true;
  return send_all(pair.client, {buffer.data(), static_cast<std::size_t>(count)});
}

}  // namespace orders::test
