// The bytes a connection has still to send, in order, and how fast they go: written in pieces of a budget, so
// that one big answer does not hold up the others, and timed, so that a client that stops reading is noticed.
// Belongs to a connection; its reactor thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>

#include "http/server/edge.hpp"

namespace orders::http {

class Outgoing {
 public:
  explicit Outgoing(std::chrono::milliseconds progress_limit) : progress_limit_(progress_limit) {}

  void push(std::string bytes, Clock::time_point now);
  /// Writes what the socket takes, 256 KiB at most. False: the connection is broken. `written` gets the
  /// number of bytes.
  bool flush(int fd, Clock::time_point now, std::size_t& written);
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  /// By when the client has to have taken some more; while something waits.
  [[nodiscard]] Clock::time_point deadline() const { return deadline_; }
  /// The client has not taken enough for longer than it may.
  [[nodiscard]] bool stuck(Clock::time_point now) const { return size_ > 0 && now >= deadline_; }

 private:
  void took(std::size_t bytes, Clock::time_point now);

  const std::chrono::milliseconds progress_limit_;
  std::deque<std::string> pieces_;
  std::size_t offset_ = 0;  ///< of the first piece
  std::size_t size_ = 0;
  std::size_t since_mark_ = 0;
  Clock::time_point deadline_{};
};

}  // namespace orders::http
