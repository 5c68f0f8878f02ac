#include "tests/load/storm/tally.hpp"

#include <fmt/format.h>

namespace orders::storm {

namespace {

constexpr std::size_t faults_kept = 100;

double milliseconds(std::chrono::microseconds value) { return static_cast<double>(value.count()) / 1'000; }

}  // namespace

void Tally::did(const std::string& what) {
  const std::lock_guard lock(mutex_);
  ++done_[what];
}

void Tally::wrong(std::string what) {
  const std::lock_guard lock(mutex_);
  ++fault_count_;
  if (faults_.size() < faults_kept) faults_.push_back(std::move(what));
}

void Tally::answered(std::chrono::microseconds after) {
  const std::lock_guard lock(mutex_);
  latencies_.add(after);
}

std::uint64_t Tally::faults() const {
  const std::lock_guard lock(mutex_);
  return fault_count_;
}

std::uint64_t Tally::answers() const {
  const std::lock_guard lock(mutex_);
  return latencies_.count();
}

std::chrono::microseconds Tally::p99() const {
  const std::lock_guard lock(mutex_);
  return latencies_.percentile(0.99);
}

std::string Tally::report() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [what, times] : done_) out += fmt::format("  {:<28} {:>9}\n", what, times);
  out += fmt::format(
      "honest clients: {} quick answers, p50 {:.2f} ms, p99 {:.2f} ms, p99.9 {:.2f} ms, max {:.2f} ms\n",
      latencies_.count(), milliseconds(latencies_.percentile(0.5)), milliseconds(latencies_.percentile(0.99)),
      milliseconds(latencies_.percentile(0.999)), milliseconds(latencies_.max()));
  for (const auto& fault : faults_) out += "WRONG: " + fault + "\n";
  if (fault_count_ > faults_.size()) out += fmt::format("and {} more\n", fault_count_ - faults_.size());
  return out;
}

}  // namespace orders::storm
