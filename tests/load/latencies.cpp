#include "tests/load/latencies.hpp"

#include <algorithm>
#include <cmath>

namespace orders::load {

namespace {

constexpr unsigned fine_bits = 6;  // 64 buckets for each doubling
constexpr std::uint64_t fine = 1U << fine_bits;
constexpr unsigned doublings = 40;  // up to 2^40 microseconds, 12 days

/// Values below 2 * fine have a bucket each; from there on a bucket is as wide as the value's leading bits
/// say.
std::size_t bucket_of(std::uint64_t value) {
  unsigned shift = 0;
  while (value >> shift >= 2 * fine) ++shift;
  return std::min<std::size_t>(shift, doublings) * fine +
         std::min<std::uint64_t>(value >> shift, 2 * fine - 1);
}

/// The largest value in a bucket.
std::uint64_t top_of(std::size_t bucket) {
  if (bucket < 2 * fine) return bucket;
  const auto shift = bucket / fine - 1;
  return ((bucket % fine + fine + 1) << shift) - 1;
}

}  // namespace

Latencies::Latencies() : buckets_((doublings + 2) * fine) {}

void Latencies::add(std::chrono::microseconds value) {
  value = std::max(value, std::chrono::microseconds(0));
  ++buckets_[bucket_of(static_cast<std::uint64_t>(value.count()))];
  ++count_;
  max_ = std::max(max_, value);
}

std::chrono::microseconds Latencies::percentile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen >= wanted && seen > 0) {
      return std::min(max_, std::chrono::microseconds(static_cast<std::int64_t>(top_of(bucket))));
    }
  }
  return max_;
}

}  // namespace orders::load
