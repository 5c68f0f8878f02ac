// The server a storm is about, as a process that can be looked at from outside: its descriptors, its memory,
// what it counts, and what it says when it ends. Belongs to one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "tests/support/process.hpp"

namespace orders::storm {

class ServerProcess {
 public:
  /// Throws std::runtime_error when it does not start.
  ServerProcess(const std::string& program, std::uint32_t threads);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Those it has open when nothing happens; so waits for half a second in which none is opened or closed.
  [[nodiscard]] std::size_t descriptors() const;
  [[nodiscard]] long resident_bytes() const { return process_.resident_bytes(); }
  [[nodiscard]] std::map<std::string, std::uint64_t> state() const;
  /// Waits until it has no connection but ours and nothing to do; empty, or what it still has after `limit`.
  [[nodiscard]] std::string wait_quiet(std::chrono::milliseconds limit) const;
  /// Stops it; empty, or what was wrong with its end: a status, a sanitizer's report.
  std::string stop();

 private:
  [[nodiscard]] std::size_t descriptors_now() const;

  test::TemporaryFolder folder_;
  const std::string log_;
  test::Process process_;
  std::uint16_t port_ = 0;
};

}  // namespace orders::storm
