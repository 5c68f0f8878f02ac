#include "tests/http/server/raw_client.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <cerrno>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace orders::test {

namespace {

using Clock = std::chrono::steady_clock;

bool wait_for(int fd, short what, Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  pollfd watched{fd, what, 0};
  return ::poll(&watched, 1, static_cast<int>(std::max<long>(left, 0))) == 1;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

RawClient::RawClient(std::uint16_t port, int receive_buffer)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    ::close(fd_);
    throw std::system_error(error, std::generic_category(), "connect");
  }
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      patience_(other.patience_),
      reset_(other.reset_),
      unread_(std::move(other.unread_)) {}

RawClient::~RawClient() { close(); }

void RawClient::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void RawClient::half_close() const { ::shutdown(fd_, SHUT_WR); }

void RawClient::reset() {
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

bool RawClient::send(std::string_view bytes) {
  const auto deadline = Clock::now() + patience_;
  while (!bytes.empty()) {
    if (!wait_for(fd_, POLLOUT, deadline)) return false;
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EAGAIN) continue;
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

RawClient::Got RawClient::receive(Clock::time_point deadline) {
  if (!wait_for(fd_, POLLIN, deadline)) return Got::nothing;
  std::array<char, 65'536> buffer;
  const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
  reset_ = got < 0;
  if (got <= 0) return Got::end;
  unread_.append(buffer.data(), static_cast<std::size_t>(got));
  return Got::bytes;
}

std::optional<std::string> RawClient::read_to_end(std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  for (;;) {
    const Got got = receive(deadline);
    if (got == Got::nothing) return std::nullopt;
    if (got == Got::end) return std::exchange(unread_, {});
  }
}

std::size_t RawClient::discard(std::size_t size) {
  const auto deadline = Clock::now() + patience_;
  std::size_t total = 0;
  while (total < size && receive(deadline) == Got::bytes) {
    total += unread_.size();
    unread_.clear();
  }
  return total;
}

std::optional<Answer> RawClient::read_answer(bool head) {
  const auto deadline = Clock::now() + patience_;
  std::size_t end = 0;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (receive(deadline) != Got::bytes) return std::nullopt;
  }
  Answer answer;
  if (unread_.rfind("HTTP/1.1 ", 0) != 0) return std::nullopt;
  answer.status = std::stoi(unread_.substr(9, 3));
  for (std::size_t line = unread_.find("\r\n") + 2; line < end + 2;) {
    const std::size_t line_end = unread_.find("\r\n", line);
    const std::size_t colon = unread_.find(": ", line);
    if (colon >= line_end) return std::nullopt;
    answer.headers[lower(unread_.substr(line, colon - line))] =
        unread_.substr(colon + 2, line_end - colon - 2);
    line = line_end + 2;
  }
  unread_.erase(0, end + 4);
  if (head || answer.status < 200 || answer.status == 204 || answer.status == 304) return answer;
  if (answer.headers.count("transfer-encoding") > 0) {
    if (!take_chunked_body(answer.body, deadline)) return std::nullopt;
    return answer;
  }
  if (answer.headers.count("content-length") == 0) {
    std::optional<std::string> rest = read_to_end();
    if (!rest || reset_) return std::nullopt;
    answer.body = std::move(*rest);
    return answer;
  }
  const std::size_t length = std::stoul(answer.headers["content-length"]);
  while (unread_.size() < length) {
    if (receive(deadline) != Got::bytes) return std::nullopt;
  }
  answer.body = unread_.substr(0, length);
  unread_.erase(0, length);
  return answer;
}

bool RawClient::take_chunked_body(std::string& body, Clock::time_point deadline) {
  std::size_t at = 0;
  for (;;) {
    std::size_t line_end = 0;
    while ((line_end = unread_.find("\r\n", at)) == std::string::npos) {
      if (receive(deadline) != Got::bytes) return false;
    }
    const std::size_t size = std::stoul(unread_.substr(at, line_end - at), nullptr, 16);
    const std::size_t data = line_end + 2;
    while (unread_.size() < data + size + 2) {
      if (receive(deadline) != Got::bytes) return false;
    }
    if (unread_.compare(data + size, 2, "\r\n") != 0) return false;
    body.append(unread_, data, size);
    at = data + size + 2;
    if (size == 0) break;
    if (at > 1'000'000) unread_.erase(0, std::exchange(at, 0));
  }
  unread_.erase(0, at);
  return true;
}

std::string get(const std::string& target, const std::string& more) {
  return "GET " + target + " HTTP/1.1\r\nHost: test\r\n" + more + "\r\n";
}

std::string post(const std::string& target, const std::string& body, const std::string& more) {
  return "POST " + target + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + more + "\r\n" + body;
}

}  // namespace orders::test
