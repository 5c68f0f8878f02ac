#include "http/server/socket.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

namespace orders::http {

namespace {

constexpr int backlog = 4096;
/// What a client has not even been sent waits with us, where it is counted and limited; the system would take
/// megabytes for each that does not read.
constexpr int unsent_in_system_max = 131'072;

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Addresses resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int result = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (result != 0) {
    throw std::runtime_error(fmt::format("cannot listen on {}:{}: {}", host, port, ::gai_strerror(result)));
  }
  return {found, &::freeaddrinfo};
}

/// An invalid one with errno set if any step fails.
Descriptor open_listener(const addrinfo& address) {
  Descriptor fd(
      ::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
  const int on = 1;
  if (!fd || ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
      ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_in_system_max, sizeof on) != 0 ||
      ::bind(fd.get(), address.ai_addr, address.ai_addrlen) != 0 || ::listen(fd.get(), backlog) != 0) {
    const int error = errno;
    fd = Descriptor();
    errno = error;
  }
  return fd;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.release();
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Descriptor listen_on(const std::string& host, std::uint16_t port) {
  const Addresses addresses = resolve(host, port);
  int error = EADDRNOTAVAIL;
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    Descriptor fd = open_listener(*address);
    if (fd) return fd;
    error = errno;
  }
  throw std::runtime_error(
      fmt::format("cannot listen on {}:{}: {}", host, port, std::generic_category().message(error)));
}

std::uint16_t bound_port(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  // The socket interface hands addresses through pointers of one common type.
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  return 0;
}

std::size_t raise_descriptor_limit(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur >= wanted) return limit.rlim_cur;
  rlimit raised = limit;
  raised.rlim_cur = wanted;
  if (raised.rlim_max < wanted) raised.rlim_max = wanted;
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return wanted;
  // Only a privileged process may raise the hard limit; take what there is.
  raised = limit;
  raised.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

std::size_t connections_within(std::size_t descriptors, std::size_t connections) {
  constexpr std::size_t least = 16;
  if (descriptors < descriptors_kept + std::min(least, connections)) return 0;
  return std::min(connections, descriptors - descriptors_kept);
}

void reset_when_closed(std::uint16_t port) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const linger reset{1, 0};
  const auto most = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1U << 20U));
  for (int fd = 0; fd < most; ++fd) {
    if (bound_port(fd) == port)
      static_cast<void>(::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset));
  }
}

}  // namespace orders::http
