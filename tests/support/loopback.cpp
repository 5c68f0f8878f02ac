#include "tests/support/loopback.hpp"

#include <arpa/inet.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace orders::test {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

Listener listen_on_loopback(int backlog) {
  Listener made;
  made.descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  const bool listening = made.descriptor >= 0 &&
                         ::bind(made.descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                         ::listen(made.descriptor, backlog) == 0 &&
                         ::getsockname(made.descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (!listening) {
    if (made.descriptor >= 0) ::close(made.descriptor);
    throw std::runtime_error("cannot listen on 127.0.0.1");
  }
  made.port = ntohs(address.sin_port);
  return made;
}

bool send_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace orders::test
