// Keeps a log readable while something is down: of lines that say the same, one a second goes through, and
// says how many were left out since the last. One object for each place that logs; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace orders {

class LogLimit {
 public:
  using Clock = std::chrono::steady_clock;

  /// None: leave the line out. Otherwise write it, with what is returned (empty, or " (and N more like it)").
  std::optional<std::string> pass(const std::string& what, Clock::time_point now = Clock::now()) {
    const std::lock_guard<std::mutex> guard(mutex_);
    if (lines_.size() >= different_most && lines_.count(what) == 0) lines_.clear();
    auto& line = lines_[what];
    if (line.written && now - *line.written < apart) {
      ++line.left_out;
      return std::nullopt;
    }
    line.written = now;
    const auto left_out = std::exchange(line.left_out, 0U);
    return left_out == 0 ? std::string() : " (and " + std::to_string(left_out) + " more like it)";
  }

 private:
  struct Line {
    std::optional<Clock::time_point> written{};
    std::uint64_t left_out = 0;
  };
  static constexpr std::chrono::seconds apart{1};
  static constexpr std::size_t different_most = 256;

  std::mutex mutex_;
  std::unordered_map<std::string, Line> lines_;
};

}  // namespace orders
