// What a storm has seen: how often its clients did what, what was wrong, and how long honest clients waited.
// Shared by all its clients; any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "tests/load/latencies.hpp"

namespace orders::storm {

class Tally {
 public:
  /// A client has done once more what is called so.
  void did(const std::string& what);
  /// Something that must not be. The first hundred are kept.
  void wrong(std::string what);
  /// An honest client has its answer.
  void answered(std::chrono::microseconds after);

  [[nodiscard]] std::uint64_t faults() const;
  [[nodiscard]] std::uint64_t answers() const;
  [[nodiscard]] std::chrono::microseconds p99() const;
  /// For people.
  [[nodiscard]] std::string report() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> done_;
  std::vector<std::string> faults_;
  std::uint64_t fault_count_ = 0;
  load::Latencies latencies_;
};

}  // namespace orders::storm
