// How a service has been doing lately: whether its answers come, and how long they take. HttpClient tells it
// of every answer; the clients ask it, to tell a service that is busy from one that has failed. Any thread
// may ask; it reads no clock.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "domain/neighbours.hpp"

namespace orders::http {

class Pace {
 public:
  using microseconds = std::chrono::microseconds;

  /// An answer that says that the service works, after `took`. One thread at a time.
  void answered(std::chrono::steady_clock::duration took, Deadline now) {
    const auto fresh = std::chrono::duration_cast<microseconds>(took).count();
    const auto before = typical_.load(std::memory_order_relaxed);
    typical_.store(answers_ == 0 ? fresh : before + (fresh - before) / smoothing, std::memory_order_relaxed);
    last_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    answers_.fetch_add(1, std::memory_order_relaxed);
  }

  /// No answer in the time allowed, no connection, or an answer that says that the service failed.
  void failed(Deadline now) {
    last_failure_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    failures_.fetch_add(1, std::memory_order_relaxed);
  }

  /// How long an answer takes; 0 when none has come yet.
  [[nodiscard]] microseconds typical() const {
    return microseconds(typical_.load(std::memory_order_relaxed));
  }

  /// Whether answers have been coming just now, and nothing but answers: whoever waits then waits for others,
  /// not for a service that is down or hangs.
  [[nodiscard]] bool answering(Deadline now) const {
    if (answers_.load(std::memory_order_relaxed) == 0) return false;
    const auto since = [now](const std::atomic<Deadline::rep>& when) {
      return now - Deadline{Deadline::duration(when.load(std::memory_order_relaxed))};
    };
    if (failures_.load(std::memory_order_relaxed) > 0 && since(last_failure_) < forgiven_after) return false;
    return since(last_) <= 2 * typical() + patience;
  }

  /// What a call needs at least: one that has less time left is not begun.
  [[nodiscard]] std::chrono::steady_clock::duration least() const { return std::min(typical(), least_most); }

 private:
  static constexpr std::int64_t smoothing = 8;
  static constexpr microseconds patience{200'000};
  static constexpr microseconds least_most{100'000};
  static constexpr microseconds forgiven_after{2'000'000};

  std::atomic<std::int64_t> typical_{0};  ///< microseconds
  std::atomic<Deadline::rep> last_{0};
  std::atomic<std::uint64_t> answers_{0};
  std::atomic<Deadline::rep> last_failure_{0};
  std::atomic<std::uint64_t> failures_{0};
};

}  // namespace orders::http
