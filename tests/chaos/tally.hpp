// Counts of a chaos run, and how long it took to come to rest each time. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace orders::chaos {

class Tally {
 public:
  void add(const std::string& what, std::uint64_t times = 1);
  void came_to_rest(std::chrono::milliseconds after);
  [[nodiscard]] std::uint64_t count(const std::string& what) const;
  /// For people: every count, a line each, and the times.
  [[nodiscard]] std::string report() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> counts_;
  std::vector<std::chrono::milliseconds> rests_;
};

}  // namespace orders::chaos
