#include "actors/recovery.hpp"

#include <algorithm>
#include <deque>
#include <set>

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include "actors/back_off.hpp"
#include "actors/patience.hpp"
#include "actors/pruner.hpp"
#include "domain/crash_point.hpp"

namespace orders::actors {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::int32_t page_size = 100;
/// After so many failures a product waits for the next walk, so that one does not hold up the others.
constexpr int tries_max = 3;
/// So long after its deadline no order of ours can still be deciding.
constexpr milliseconds forgotten_after{60'000};
/// Between a few steps of pruning and the next walk, while there is more to be pruned.
constexpr milliseconds prune_pause{100};
/// More open carts than this are counted as this many.
constexpr std::int32_t carts_counted_max = 10'000;

Timestamp wall_clock() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::int64_t units_of(const std::vector<Hold>& holds) {
  std::int64_t units = 0;
  for (const auto& hold : holds) units += hold.quantity;
  return units;
}

RecoveryCounts counts_of(const Unfinished& product) {
  RecoveryCounts counts;
  counts.unsettled = product.unsettled ? 1 : 0;
  counts.orphaned_holds = static_cast<std::int64_t>(product.orphans.size());
  counts.orphaned_units = units_of(product.orphans);
  counts.owed = static_cast<std::int64_t>(product.owed.size());
  counts.owed_units = units_of(product.owed);
  counts.doubts = product.doubts;
  return counts;
}

bool only_in_doubt(const Unfinished& product) {
  return !product.unsettled && product.orphans.empty() && product.owed.empty();
}

ProductRecovery told(const Unfinished& product, std::string resolution) {
  const auto counts = counts_of(product);
  ProductRecovery row;
  row.product = product.product;
  row.unsettled = product.unsettled;
  row.orphaned_holds = counts.orphaned_holds;
  row.owed = counts.owed;
  row.doubts = product.doubts;
  row.resolution = std::move(resolution);
  return row;
}

std::string words(const Unfinished& product, const Attended& attended) {
  if (attended.gone)
    return "the catalog does not know the product any more; nothing of it is left to be done";
  const auto back = units_of(product.orphans) + units_of(product.owed);
  std::string text = back > 0 ? std::to_string(back) + " units given back; " : "";
  if (attended.repaired) text += "a late write of our own was overwritten; ";
  if (attended.foreign) text += "somebody else's change was followed; ";
  return text + "ledger and catalog agree on " + std::to_string(attended.quantity) + " units";
}

}  // namespace

class RecoveryState {
 public:
  static constexpr const char* name = "recovery";

  explicit RecoveryState(Recovery::pointer self) : self_(self) {}

  void attach(const Context* context, const OpenJournal& open) {
    context_ = context;
    back_off_ = BackOff(context->settings.catalog.retry_min, context->settings.catalog.retry_max);
    journal_ = open();
    pruner_.emplace(*context, *journal_);
    context_->recovery.started(wall_clock());
    count_carts();
    wake_after(milliseconds(0));
  }

  void tick() {
    if (Clock::now() < wake_at_) return;  // an earlier one was asked for after this one
    wake_at_ = Clock::time_point::max();
    go_on();
  }

 private:
  struct Task {
    Unfinished product;
    int tries = 0;
  };

  Recovery handle() { return caf::actor_cast<Recovery>(self_); }

  void wake_after(milliseconds wait) {
    const auto at = Clock::now() + wait;
    if (at >= wake_at_) return;
    wake_at_ = at;
    self_->delayed_send(handle(), wait, Tick{});
  }

  /// Sends what may be sent, and reads the next page when everything of this one is answered: the memory this
  /// takes is that of a page.
  void go_on() {
    const auto left = std::chrono::ceil<milliseconds>(paused_until_ - Clock::now());
    if (left.count() > 0) return wake_after(left);
    while (in_flight_ < context_->settings.recovery.in_flight_max && !waiting_.empty()) {
      auto task = std::move(waiting_.front());
      waiting_.pop_front();
      send(std::move(task));
    }
    if (in_flight_ > 0 || !waiting_.empty()) return;
    if (!more_) return finish_walk();
    load();
  }

  void load() {
    UnfinishedQuery query;
    query.after = after_;
    query.limit = page_size;
    query.all_doubts = first_walk_;
    // What an instance that is alone finds from before its start was left by its predecessor, and will not
    // change any more.
    const bool alone = first_walk_ && !context_->settings.cluster.enabled;
    const auto here_for = std::chrono::floor<milliseconds>(Clock::now() - begun_at_);
    query.age = alone ? std::min(here_for, milliseconds(left_to_others)) : milliseconds(left_to_others);
    query.forgotten = context_->settings.orders.deadline + forgotten_after;
    auto page = journal_->unfinished(query);
    if (!page.ok()) {
      spdlog::warn("recovery: what is left undone cannot be read, next try soon: {}", page.error().detail);
      return pause();
    }
    crash_point("recovery.page_read");
    back_off_.reset();
    more_ = page.value().size() >= static_cast<std::size_t>(page_size);
    for (auto& product : page.value()) {
      after_ = product.product;
      again_ |= product.more;
      if (only_in_doubt(product) && looked_at_.count(product.product) != 0) continue;
      waiting_.push_back({std::move(product), 0});
    }
    go_on();
  }

  void send(Task task) {
    std::vector<HoldKey> releases;
    for (const auto* holds : {&task.product.orphans, &task.product.owed}) {
      for (const auto& hold : *holds) releases.push_back(hold.key);
    }
    ++in_flight_;
    const auto product = task.product.product;
    crash_point("recovery.asks");
    // Nobody to send to, or an actor that dies, answers this as lost: nothing is ever waited for in vain.
    tell(context_->board.catalog(),
         Attend{product, std::move(releases),
                reply_on<Attended>(handle(),
                                   [this, task = std::move(task)](const Result<Attended>& attended) mutable {
                                     on_attended(std::move(task), attended);
                                   })});
  }

  void on_attended(Task task, const Result<Attended>& attended) {
    --in_flight_;
    crash_point("recovery.answered");
    if (attended.ok()) {
      resolved(task.product, attended.value());
      return go_on();
    }
    if (++task.tries < tries_max) {
      waiting_.push_front(std::move(task));
    } else {
      ++unresolved_;
      auto failed = told(task.product, "not yet: " + attended.error().detail);
      failed.resolved = false;
      context_->recovery.product(failed, {}, first_walk_);
    }
    pause();
  }

  void resolved(const Unfinished& product, const Attended& attended) {
    back_off_.reset();
    const auto counts = attended.gone ? RecoveryCounts{} : counts_of(product);
    auto& counters = context_->counters;
    counters.recovered_movements += static_cast<std::uint64_t>(counts.unsettled);
    counters.recovered_orphans += static_cast<std::uint64_t>(counts.orphaned_holds);
    counters.recovered_owed += static_cast<std::uint64_t>(counts.owed);
    counters.doubts_looked_at += static_cast<std::uint64_t>(counts.doubts);
    const auto text = words(product, attended);
    // The audits of a doubt are many, and nearly all of them find nothing.
    const bool ordinary = only_in_doubt(product) && !attended.repaired && !attended.foreign && !attended.gone;
    auto done = told(product, text);
    done.notable = !ordinary;
    context_->recovery.product(done, counts, first_walk_);
    if (first_walk_ && product.doubts > 0) looked_at_.insert(product.product);
    spdlog::log(
        ordinary ? spdlog::level::debug : spdlog::level::info,
        "recovery: product {}: {} unsettled movements, {} orphaned holds, {} owed, {} PUTs in doubt: {}",
        product.product.value, product.unsettled ? 1 : 0, product.orphans.size(), product.owed.size(),
        product.doubts, text);
  }

  /// Something failed: whatever it was, it is given some time.
  void pause() {
    const auto wait = back_off_.next();
    paused_until_ = Clock::now() + wait;
    wake_after(wait);
  }

  /// The first walk is repeated until nothing of it has failed.
  void finish_walk() {
    crash_point("recovery.walked");
    ++context_->counters.recovery_walks;
    context_->counters.recovery_unresolved = unresolved_;
    context_->recovery.walked(unresolved_);
    const bool incomplete = unresolved_ > 0 || again_;
    if (first_walk_ && !incomplete) {
      first_walk_ = false;
      looked_at_.clear();
      context_->recovery.finished(wall_clock());
      const auto report = context_->recovery.copy();
      const auto took = std::chrono::duration_cast<milliseconds>(*report.finished_at - report.started_at);
      spdlog::info("recovery: finished in {} ms: {}", took.count(),
                   report.at_start.nothing() ? "nothing had been left undone" : report.at_start.text());
    }
    after_ = ProductId{0};
    more_ = true;
    again_ = false;
    unresolved_ = 0;
    const auto& settings = context_->settings;
    if (!first_walk_ && pruner_->work()) return wake_after(prune_pause);
    wake_after(incomplete ? std::min(settings.catalog.retry_max, settings.recovery.interval)
                          : settings.recovery.interval);
  }

  /// Only counted here: the cart proxy closes them, and takes over those of instances that have died.
  void count_carts() {
    auto found = reply_on<std::vector<OpenCart>>(
        handle(), [context = context_](const Result<std::vector<OpenCart>>& carts) {
          if (carts.ok()) context->recovery.carts(static_cast<std::int64_t>(carts.value().size()));
        });
    tell(context_->board.reader(),
         Query{[found](OrderStore& store) { found(store.open_carts(carts_counted_max)); }});
  }

  Recovery::pointer self_;
  const Context* context_ = nullptr;
  std::unique_ptr<StockJournal> journal_;
  std::optional<Pruner> pruner_;
  Clock::time_point begun_at_ = Clock::now();
  std::deque<Task> waiting_;  ///< of the page that was read last
  std::uint32_t in_flight_ = 0;
  ProductId after_{0};
  bool more_ = true;        ///< there may be further pages
  bool again_ = false;      ///< a product has more to give back than fits in one go
  bool first_walk_ = true;  ///< what was there at the start has not all been dealt with
  std::int64_t unresolved_ = 0;
  std::set<ProductId> looked_at_;  ///< products in doubt that the first walk has done with
  BackOff back_off_{milliseconds(50), milliseconds(2'000)};
  Clock::time_point paused_until_;
  Clock::time_point wake_at_ = Clock::time_point::max();
};

namespace {

Recovery::behavior_type recovery(Recovery::stateful_pointer<RecoveryState> self, const Context* context,
                                 const OpenJournal& open) {
  auto& state = self->state;
  state.attach(context, open);
  return {
      [](Call& call) { call.run(); },
      [&state](Tick) { state.tick(); },
  };
}

}  // namespace

Recovery spawn_recovery(caf::actor_system& system, const Context& context, const OpenJournal& open) {
  return system.spawn<caf::detached>(recovery, &context, open);
}

}  // namespace orders::actors
