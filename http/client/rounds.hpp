// How often a question is asked before its answer is believed: the services answer about other things, or
// that there is nothing, when several requests reach them at once. A pure state machine, one object for one
// question; Inquiry drives it.
#pragma once

#include <chrono>
#include <cstdint>

#include "domain/neighbours.hpp"

namespace orders::http {

/// What one round brought.
enum class Verdict : std::uint8_t {
  found,        ///< an answer about the thing asked
  none,         ///< the service says that there is no such thing
  mistrusted,   ///< about another thing, or not understood
  failed,       ///< a status that says the service failed
  unreachable,  ///< no answer
  hopeless,     ///< no answer, and asking again is no use: queue full, deadline passed, stopped
};

struct NextRound {
  enum class What : std::uint8_t { believe_found, believe_none, give_up, ask_again };
  What what = What::give_up;
  bool exclusive = false;  ///< ask_again: nothing else may be under way meanwhile
  Deadline not_before{};   ///< ask_again: not earlier than this
};

class Rounds {
 public:
  /// Gives up after `tries` (1 or more) rounds that brought nothing to go by, or when `deadline` leaves no
  /// time for another.
  Rounds(std::uint32_t tries, Deadline deadline) : tries_(tries), deadline_(deadline) {}

  /// What to do after a round, of which the first was not exclusive.
  NextRound after(Verdict verdict, Deadline now);

  [[nodiscard]] std::uint32_t asked() const { return asked_; }

 private:
  NextRound after_none(Deadline now);
  NextRound after_nothing(bool may_be_crowded, Deadline now);

  std::uint32_t tries_;
  Deadline deadline_;
  std::uint32_t asked_ = 0;
  std::uint32_t wasted_ = 0;  ///< rounds that brought nothing to go by
  std::uint32_t nones_ = 0;
  bool exclusive_ = false;  ///< the round under way
};

}  // namespace orders::http
