#include "tests/http/client/scripted_server.hpp"

#include <arpa/inet.h>
#include <cctype>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace orders::test {

using std::chrono::steady_clock;

namespace {

std::size_t content_length(const std::string& head) {
  std::string lower;
  for (const char c : head) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const std::string name = "\r\ncontent-length:";
  const auto at = lower.find(name);
  return at == std::string::npos ? 0 : std::stoul(lower.substr(at + name.size()));
}

}  // namespace

ScriptedServer::ScriptedServer(Script script) : script_(std::move(script)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 512) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("the scripted server cannot listen");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    changed_.notify_all();
  }
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
}

void ScriptedServer::accept_all() {
  while (true) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (fd < 0 || stopping_) {
      if (fd >= 0) ::close(fd);
      return;
    }
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    open_.insert(fd);
    const int number = ++connections_;
    threads_.emplace_back([this, fd, number] { serve(fd, number); });
  }
}

bool ScriptedServer::read_request(int fd, std::string& buffer, SeenRequest& request) const {
  const auto read_more = [&] {
    char part[65'536];
    const auto got = ::recv(fd, part, sizeof part, 0);
    if (got <= 0) return false;
    buffer.append(part, static_cast<std::size_t>(got));
    return true;
  };
  std::size_t head = 0;
  while ((head = buffer.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) return false;
  }
  request.head = buffer.substr(0, head + 2);
  const auto size = head + 4 + content_length(request.head);
  while (buffer.size() < size) {
    if (!read_more()) return false;
  }
  request.body = buffer.substr(head + 4, size - head - 4);
  buffer.erase(0, size);
  const auto first = request.head.find(' ');
  request.method = request.head.substr(0, first);
  request.target = request.head.substr(first + 1, request.head.find(' ', first + 1) - first - 1);
  request.at = steady_clock::now();
  return true;
}

void ScriptedServer::serve(int fd, int number) {
  std::string buffer;
  SeenRequest request;
  auto then = Reply::Then::keep_open;
  for (int count = 1; then == Reply::Then::keep_open && read_request(fd, buffer, request); ++count) {
    request.connection = number;
    request.on_connection = count;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      request.number = static_cast<int>(requests_.size()) + 1;
      requests_.push_back(request);
      most_at_once_ = std::max(most_at_once_, ++at_once_);
      changed_.notify_all();
    }
    const Reply reply = script_(request);
    answer(fd, reply);
    then = reply.then;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  open_.erase(fd);
  const linger at_once{1, 0};
  if (then == Reply::Then::reset) ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(fd);
  changed_.notify_all();
}

void ScriptedServer::answer(int fd, const Reply& reply) {
  {
    std::unique_lock<std::mutex> lock(mutex_);
    if (reply.hold) changed_.wait(lock, [this] { return let_go_ || stopping_; });
    --at_once_;  // before the client can know of the answer and send more
  }
  std::size_t sent = 0;
  while (sent < reply.bytes.size()) {
    const auto wrote = ::send(fd, reply.bytes.data() + sent, reply.bytes.size() - sent, MSG_NOSIGNAL);
    if (wrote <= 0) return;
    sent += static_cast<std::size_t>(wrote);
  }
}

std::string ScriptedServer::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

std::vector<SeenRequest> ScriptedServer::requests() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

bool ScriptedServer::wait_for_requests(std::size_t count) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return requests_.size() >= count; });
}

int ScriptedServer::most_at_once() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return most_at_once_;
}

int ScriptedServer::connections() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return connections_;
}

void ScriptedServer::let_go() {
  const std::lock_guard<std::mutex> lock(mutex_);
  let_go_ = true;
  changed_.notify_all();
}

void ScriptedServer::close_connections() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  changed_.wait_for(lock, std::chrono::seconds(10), [this] { return open_.empty(); });
}

std::string http_answer(int status, const std::string& body, const std::string& more_headers) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Whatever\r\nserver: uvicorn\r\ncontent-type: application/json\r\n" +
         "content-length: " + std::to_string(body.size()) + "\r\n" + more_headers + "\r\n" + body;
}

Reply reply_with(int status, const std::string& body) { return {http_answer(status, body)}; }

}  // namespace orders::test
