// Carries a round of the script out on the world, step by step as their time comes, and undoes what is to be
// undone; heals everything in the end. Belongs to the run's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/chaos/script.hpp"
#include "tests/chaos/tally.hpp"
#include "tests/chaos/world.hpp"

namespace orders::chaos {

class Director {
 public:
  Director(World& world, Tally& tally) : world_(world), tally_(tally) {}

  /// Takes as long as the round lasts. What is wrong about orderd itself (it ended, it did not end), in
  /// words.
  std::vector<std::string> play(const Round& round);
  /// Nothing is wrong any more from here on: all runs and flows, late writes have landed.
  void heal();

 private:
  struct Undoing {
    std::chrono::steady_clock::time_point at;
    Step step;
    std::uint64_t fault = 0;  ///< its number in the sandbox
  };

  void begin(const Step& step, std::chrono::steady_clock::time_point now);
  void undo(const Undoing& undoing);
  void begin_fault(const Step& step, std::chrono::steady_clock::time_point until);
  void stall_or_flow(const std::string& where);
  void count_hits(const nlohmann::json& faults, std::uint64_t number, const std::string& name);

  World& world_;
  Tally& tally_;
  std::vector<Undoing> undoings_;
  bool down_ = false;  // orderd is killed and not yet to be started again
};

}  // namespace orders::chaos
