// What waits at one product: holds that are not decided, releases that are not committed, and holds that are
// granted in the ledger but must not be answered before the catalog has been told. Plain data with the
// questions a product actor asks of it. Lives in one actor.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "actors/protocol.hpp"

namespace orders::actors {

/// A hold, and whether it waits for other orders to decide (rule R13).
struct QueuedHold {
  HoldUnits ask;
  bool parked = false;
};

class StockQueue {
 public:
  std::vector<QueuedHold> holds;  ///< first come, first served
  std::vector<ReleaseUnits> releases;
  std::vector<HoldUnits> unconfirmed;   ///< granted in the ledger, not yet answered
  std::vector<ReleaseUnits> releasing;  ///< committed in the ledger, not yet answered
  std::vector<Attend> attends;          ///< wait for a cycle
  std::vector<Attend> attending;        ///< in the cycle that is under way

  /// Puts these before those that are there: who has waited longer comes first.
  void put_first(std::vector<QueuedHold> before) {
    for (auto& hold : holds) before.push_back(std::move(hold));
    holds = std::move(before);
  }

  /// Takes the hold of that attempt out of the queue; none if it is not there (any more).
  std::optional<HoldUnits> withdraw(const HoldKey& key) {
    const auto found =
        std::find_if(holds.begin(), holds.end(), [&](const QueuedHold& q) { return q.ask.hold.key == key; });
    if (found == holds.end()) return std::nullopt;
    auto ask = std::move(found->ask);
    holds.erase(found);
    return ask;
  }

  /// Takes out the holds whose order is past its deadline.
  std::vector<HoldUnits> expired(std::chrono::steady_clock::time_point now) {
    return take_out([now](const QueuedHold& q) { return q.ask.deadline <= now; });
  }
  /// Takes out the holds nobody waits for any more.
  std::vector<HoldUnits> abandoned() {
    return take_out([](const QueuedHold& q) { return !q.ask.reply.wanted(); });
  }

  /// When the last of the undecided holds gives up; long ago when there is none.
  [[nodiscard]] Deadline last_deadline() const {
    auto last = Deadline::min();
    for (const auto& hold : holds) last = std::max(last, hold.ask.deadline);
    return last;
  }
  /// The same, if undecided holds are all there is.
  [[nodiscard]] std::optional<Deadline> only_holds_until() const {
    const bool more = !releases.empty() || !unconfirmed.empty() || !releasing.empty() || !attends.empty();
    if (more || holds.empty()) return std::nullopt;
    return last_deadline();
  }

  [[nodiscard]] std::size_t parked() const {
    return static_cast<std::size_t>(
        std::count_if(holds.begin(), holds.end(), [](const QueuedHold& q) { return q.parked; }));
  }
  [[nodiscard]] bool fresh_holds() const { return parked() < holds.size(); }
  [[nodiscard]] bool empty() const {
    return holds.empty() && releases.empty() && unconfirmed.empty() && releasing.empty() && attends.empty() &&
           attending.empty();
  }

 private:
  template <class Unfit>
  std::vector<HoldUnits> take_out(Unfit unfit) {
    const auto first =
        std::stable_partition(holds.begin(), holds.end(), [&](const QueuedHold& q) { return !unfit(q); });
    std::vector<HoldUnits> taken;
    for (auto hold = first; hold != holds.end(); ++hold) taken.push_back(std::move(hold->ask));
    holds.erase(first, holds.end());
    return taken;
  }
};

}  // namespace orders::actors
