// Keeps a flood of like lines out of the log: one a second passes, with the number of those held back. Used
// by PendingAnswer. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace orders::http {

class LineLimit {
 public:
  using Clock = std::chrono::steady_clock;

  /// None: hold this line back. Else how many have been since the last that passed.
  std::optional<std::uint64_t> pass(Clock::time_point now) {
    auto next = next_.load();
    if (now.time_since_epoch() < next ||
        !next_.compare_exchange_strong(next, now.time_since_epoch() + std::chrono::seconds(1))) {
      ++held_back_;
      return std::nullopt;
    }
    return held_back_.exchange(0);
  }

 private:
  std::atomic<Clock::duration> next_{Clock::duration::min()};
  std::atomic<std::uint64_t> held_back_{0};
};

}  // namespace orders::http
