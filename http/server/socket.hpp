// Sockets and descriptors, thinly: an owner that closes, and opening a listening socket with a readable
// error. Values; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace orders::http {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  [[nodiscard]] int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  /// Hands the descriptor over; this one no longer closes it.
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

/// Non-blocking, TCP_NODELAY and a limit on unsent bytes (which accepted sockets inherit). Throws
/// std::runtime_error naming host, port and reason.
Descriptor listen_on(const std::string& host, std::uint16_t port);

/// The port a socket is bound to; 0 if it is not.
std::uint16_t bound_port(int fd);

/// Lets this process open `wanted` descriptors if the system allows; returns how many it may open now.
std::size_t raise_descriptor_limit(std::size_t wanted);

/// Descriptors beyond those of clients: of rejected ones on their way out, database, neighbours, logs, our
/// own.
inline constexpr std::size_t descriptors_kept = 512;
/// How many of so many connections may be open when the process may open `descriptors`, so that the others do
/// not run out of them; 0: too few to serve at all.
std::size_t connections_within(std::size_t descriptors, std::size_t connections);

/// Every connection of this process to its port `port` is reset when it is closed, also when the process ends
/// without closing it. Any thread.
void reset_when_closed(std::uint16_t port);

}  // namespace orders::http
