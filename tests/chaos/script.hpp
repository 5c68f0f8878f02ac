// What befalls orderd in a round of a chaos run, and when: drawn from the seed alone, so that a run can be
// had again (as far as the machine's timing allows). One object belongs to one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace orders::chaos {

enum class Trouble : std::uint8_t {
  kill,           ///< kill -9 of orderd, which is started again at once
  stop,           ///< SIGTERM, and started again when it has ended
  database_stop,  ///< PostgreSQL stops as in a crash, and is started again after `lasts`
  sessions_end,   ///< PostgreSQL ends all sessions
  stall,          ///< nothing passes between orderd and `where`, `way`
  cut,            ///< all connections between orderd and `where` end
  fault,          ///< the sandbox answers, or does, what `fault` says
  land,           ///< late writes that wait for it are carried out
};
const char* to_string(Trouble trouble);

struct Step {
  std::chrono::milliseconds at{0};     ///< from the beginning of the round
  std::chrono::milliseconds lasts{0};  ///< then it is undone; what lasts to the end is undone with the round
  Trouble what = Trouble::kill;
  std::string where{};     ///< stall, cut: "catalog", "cart" or "database"
  std::string way{};       ///< stall: "requests", "answers" or "both"
  nlohmann::json fault{};  ///< as the sandbox takes it
  std::string name{};      ///< for counting and printing
};

struct Round {
  std::chrono::milliseconds lasts{0};
  std::vector<Step> steps{};                      ///< ascending by `at`
  std::map<std::string, std::string> settings{};  ///< of every orderd started in this round
  bool lies = false;  ///< a GET may be answered with the lie that there is no such product or cart
};

struct ScriptOptions {
  bool one_at_a_time = false;  ///< orderd asks catalog and cart one request at a time
  bool kills = true;           ///< orderd is killed and stopped
};

class Script {
 public:
  Script(std::uint64_t seed, ScriptOptions options) : random_(seed), options_(options) {}

  Round next(std::chrono::milliseconds lasts);

 private:
  /// From `least` to `most`.
  int number(int least, int most);
  bool one_in(int count) { return number(1, count) == 1; }
  template <class T>
  T any_of(std::initializer_list<T> choices);

  Step step_of(Trouble what, std::chrono::milliseconds round, int lasts_ms_min, int lasts_ms_max);
  Step fault_step(std::chrono::milliseconds round);
  std::map<std::string, std::string> settings();

  std::mt19937_64 random_;
  const ScriptOptions options_;
};

}  // namespace orders::chaos
