// Latencies counted in bounded memory: buckets that are at most 1/64 wide for their size, so every percentile
// is exact to 1.6 %, and the largest value exact. Used by the load run, filled from one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace orders::load {

class Latencies {
 public:
  Latencies();

  void add(std::chrono::microseconds value);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The value that `share` (0 to 1) of all values do not exceed; 0 without values.
  [[nodiscard]] std::chrono::microseconds percentile(double share) const;
  [[nodiscard]] std::chrono::microseconds max() const { return max_; }

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::chrono::microseconds max_{0};
};

}  // namespace orders::load
