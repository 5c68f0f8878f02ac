#include "tests/sandbox/wire_client.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace orders::test {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string request_text(const std::string& method, const std::string& target, const std::string& body,
                         const std::map<std::string, std::string>& headers) {
  std::string text = method;
  text.append(" ").append(target).append(" HTTP/1.1\r\nHost: sandbox.test\r\n");
  for (const auto& [name, value] : headers) text.append(name).append(": ").append(value).append("\r\n");
  if (!body.empty()) {
    if (headers.count("Content-Type") == 0) text += "Content-Type: application/json\r\n";
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return text + "\r\n" + body;
}

WireClient::WireClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    throw std::runtime_error("cannot connect to port " + std::to_string(port));
  }
}

WireClient::~WireClient() { ::close(socket_); }

void WireClient::send(const std::string& bytes) const {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const auto some = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (some <= 0) throw std::runtime_error("the server has closed");
    sent += static_cast<std::size_t>(some);
  }
}

bool WireClient::receive(steady_clock::time_point deadline) {
  if (ended_) return false;
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now()).count() + 1;
  pollfd wait{socket_, POLLIN, 0};
  if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0) return false;
  std::array<char, 65536> bytes{};
  const auto size = ::recv(socket_, bytes.data(), bytes.size(), 0);
  ended_ = size <= 0;
  if (!ended_) received_.append(bytes.data(), static_cast<std::size_t>(size));
  return !ended_;
}

std::optional<WireReply> WireClient::read(bool no_body, milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  while (received_.find("\r\n\r\n") == std::string::npos) {
    if (!receive(deadline)) return std::nullopt;
  }
  const auto head_end = received_.find("\r\n\r\n") + 4;
  WireReply reply;
  reply.status = std::stoi(received_.substr(received_.find(' ') + 1, 3));
  for (auto at = received_.find("\r\n") + 2; at < head_end - 2;) {
    const auto end = received_.find("\r\n", at);
    const auto colon = received_.find(": ", at);
    reply.headers[received_.substr(at, colon - at)] = received_.substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  const auto length = reply.headers.find("content-length");
  const std::size_t promised = no_body || length == reply.headers.end() ? 0 : std::stoul(length->second);
  while (received_.size() < head_end + promised && receive(deadline)) {
  }
  reply.body = received_.substr(head_end, promised);
  reply.complete = reply.body.size() == promised;
  received_.erase(0, head_end + reply.body.size());
  return reply;
}

bool WireClient::closes_within(milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  while (receive(deadline)) {
  }
  return ended_;
}

}  // namespace orders::test
