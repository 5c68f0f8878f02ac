#include "tests/chaos/tally.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace orders::chaos {

void Tally::add(const std::string& what, std::uint64_t times) {
  const std::lock_guard<std::mutex> lock(mutex_);
  counts_[what] += times;
}

void Tally::came_to_rest(std::chrono::milliseconds after) {
  const std::lock_guard<std::mutex> lock(mutex_);
  rests_.push_back(after);
}

std::uint64_t Tally::count(const std::string& what) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = counts_.find(what);
  return found == counts_.end() ? 0 : found->second;
}

std::string Tally::report() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string text;
  for (const auto& [what, times] : counts_) text += fmt::format("  {:<58} {:>9}\n", what, times);
  if (rests_.empty()) return text;
  auto sorted = rests_;
  std::sort(sorted.begin(), sorted.end());
  return text + fmt::format("  clean after healing: median {} ms, at most {} ms, {} times\n",
                            sorted[sorted.size() / 2].count(), sorted.back().count(), sorted.size());
}

}  // namespace orders::chaos
