// Scripted ports for tests of actors: a journal and a store (and a catalog, scripted_catalog.hpp) that answer
// what the test says, and note what they were asked. They are no imitations of the real ones (those are used
// in the system tests), only prepared answers. Locked, since actors call them from several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "domain/order_store.hpp"
#include "domain/stock_journal.hpp"
#include "tests/actors/scripted_catalog.hpp"

namespace orders::test {

/// What journal and store of a test share: one product's ledger, decided by domain/stock_cycle, and failures
/// to come.
struct ScriptedDatabase {
  std::mutex mutex;
  std::optional<Ledger> ledger;
  std::int32_t base = 0;  ///< what the catalog showed before the movements that are not settled
  std::vector<std::int32_t> afters;
  std::vector<HoldKey> held;
  std::vector<Unfinished> undone;  ///< what every walk of the recovery finds
  int walks = 0;
  int prunable = 0;  ///< rows nobody needs, each a step
  bool our_turn = false;
  int turns_ended_unmarked = 0;          ///< while the ledger did not say that the catalog had been told
  int turns_of_others = 0;               ///< so many times it is not our turn
  std::deque<Error> next_record_errors;  ///< told before the cycle is recorded
  int records = 0;
  int record_delays = 0;                 ///< so many take a while
  std::deque<Error> next_commit_errors;  ///< told before the orders are committed
  int commits = 0;
  std::chrono::milliseconds first_commit_delay{0};  ///< the first one takes so long, and never fails
  std::chrono::milliseconds change_delay{0};
  std::vector<OrderId> committed;
  std::map<std::string, KeptAnswer> kept;  ///< by key
  std::vector<std::string> refusals_kept;
  std::vector<OpenCart> open_carts;  ///< all of them this instance's
  std::vector<CartKey> carts_recorded;
  std::int32_t carts_taken_over = 0;  ///< said of every batch taken
  std::int64_t next_id = first_order_id.value;
};

class ScriptedJournal : public StockJournal {
 public:
  explicit ScriptedJournal(ScriptedDatabase& database) : database_(database) {}

  Result<std::vector<std::optional<Ledger>>> read(const std::vector<ProductId>& products) override {
    const std::lock_guard<std::mutex> guard(database_.mutex);
    return std::vector<std::optional<Ledger>>(products.size(), database_.ledger);
  }

  Result<std::vector<bool>> take_turns(const std::vector<ProductId>& products) override {
    const std::lock_guard<std::mutex> guard(database_.mutex);
    const bool ours = database_.turns_of_others == 0;
    if (!ours) --database_.turns_of_others;
    database_.our_turn |= ours;
    return std::vector<bool>(products.size(), ours);
  }
  Result<Done> end_turns(const std::vector<ProductId>&) override {
    const std::lock_guard<std::mutex> guard(database_.mutex);
    database_.our_turn = false;
    if (database_.ledger && database_.ledger->intended) ++database_.turns_ended_unmarked;
    return Done{};
  }

  Result<std::vector<CycleResult>> record(const std::vector<CycleRequest>& cycles) override {
    const std::lock_guard<std::mutex> guard(database_.mutex);
    ++database_.records;
    if (database_.record_delays > 0) {
      --database_.record_delays;
      std::this_thread::sleep_for(std::chrono::milliseconds(60));
    }
    if (!database_.next_record_errors.empty()) {
      auto error = database_.next_record_errors.front();
      database_.next_record_errors.pop_front();
      return error;
    }
    std::vector<CycleResult> results;
    for (const auto& cycle : cycles) results.push_back(decide(cycle));
    return results;
  }

  Result<Done> mark_applied(const std::vector<Ledger>& rows) override {
    const std::lock_guard<std::mutex> guard(database_.mutex);
    for (const auto& row : rows) database_.ledger->intended &= database_.ledger->seq != row.seq;
    return Done{};
  }

  Result<std::vector<Unfinished>> unfinished(const UnfinishedQuery& query) override {
    const std::lock_guard<std::mutex> guard(database_.mutex);
    ++database_.walks;
    std::vector<Unfinished> page;
    for (const auto& product : database_.undone) {
      const bool room = page.size() < static_cast<std::size_t>(query.limit);
      if (query.after < product.product && room) page.push_back(product);
    }
    return page;
  }

  Result<PruneStep> prune(const PruneQuery&) override {
    const std::lock_guard<std::mutex> guard(database_.mutex);
    if (database_.prunable == 0) return PruneStep{};
    --database_.prunable;
    return PruneStep{1, 1, database_.prunable > 0};
  }

 private:
  CycleResult decide(const CycleRequest& cycle) {
    auto& ledger = database_.ledger;
    if (ledger && cycle.read &&
        (ledger->seq != cycle.read->seq || ledger->intended != cycle.read->intended)) {
      CycleResult stale;
      stale.stale = true;
      stale.ledger = *ledger;
      stale.holds.assign(cycle.holds.size(), HoldVerdict::undecided);
      return stale;
    }
    if (!ledger) {
      ledger.emplace();
      ledger->product = cycle.product;
      ledger->quantity = cycle.seen.quantity;
    }
    CycleFacts facts;
    auto& released = facts.released;
    if (is_unsettled(*ledger, cycle) && !database_.afters.empty())
      facts.unsettled = Unsettled{database_.base, database_.afters,
                                  static_cast<std::int64_t>(database_.held.size()), cycle.conditional};
    if (cycle.gone) {
      released = static_cast<std::int64_t>(database_.held.size());
      database_.held.clear();
    }
    for (const auto& key : cycle.releases) {
      for (auto held = database_.held.begin(); held != database_.held.end(); ++held) {
        if (!(*held == key)) continue;
        database_.held.erase(held);
        ++released;  // these tests hold one unit each
        break;
      }
    }
    CycleResult result;
    for (auto missing = overdrawn(*ledger, cycle, facts); missing > 0 && !database_.held.empty(); --missing) {
      result.voided.push_back(database_.held.back());
      database_.held.pop_back();
      ++released;
    }
    const auto decision = decide_cycle(*ledger, cycle, facts);
    for (std::size_t i = 0; i < cycle.holds.size(); ++i) {
      if (decision.granted[i]) database_.held.push_back(cycle.holds[i].key);
      result.holds.push_back(decision.granted[i]      ? HoldVerdict::granted
                             : database_.held.empty() ? HoldVerdict::refused
                                                      : HoldVerdict::conflict);
    }
    if (decision.changed) {
      ++ledger->seq;
      ledger->quantity = decision.after;
      ledger->intended = !decision.applied;
      if (decision.kind != MovementKind::settle) {
        database_.base = decision.shown.value_or(decision.before);
        database_.afters.clear();
      }
      database_.afters.push_back(decision.after);
    }
    result.unsettled = decision.unsettled;
    result.foreign = decision.changed && decision.kind == MovementKind::foreign;
    result.moved = decision.changed;
    result.put = decision.changed && !decision.applied;
    result.ledger = *ledger;
    return result;
  }

  ScriptedDatabase& database_;
};

class ScriptedStore : public OrderStore {
 public:
  explicit ScriptedStore(ScriptedDatabase& database) : database_(database) {}

  Result<std::vector<CommitOutcome>> commit(const std::vector<OrderCommit>& batch) override {
    std::unique_lock<std::mutex> lock(database_.mutex);
    const bool delayed = ++database_.commits == 1 && database_.first_commit_delay.count() > 0;
    if (delayed) {
      lock.unlock();
      std::this_thread::sleep_for(database_.first_commit_delay);
      lock.lock();
    } else if (!database_.next_commit_errors.empty()) {
      auto error = database_.next_commit_errors.front();
      database_.next_commit_errors.pop_front();
      return error;
    }
    std::vector<CommitOutcome> outcomes;
    for (const auto& order : batch) {
      database_.committed.push_back(order.id);
      CommitOutcome outcome;
      outcome.verdict = CommitVerdict::committed;
      outcome.order.id = order.id;
      if (order.cart) database_.open_carts.push_back({*order.cart, order.customer, order.id});
      if (order.key) {
        KeptAnswer kept;
        kept.order = outcome.order;
        database_.kept[order.key->key] = kept;
      }
      outcomes.push_back(outcome);
    }
    return outcomes;
  }

  Result<IdBlock> reserve_order_ids() override {
    const std::lock_guard<std::mutex> guard(database_.mutex);
    database_.next_id += 100;
    return IdBlock{OrderId{database_.next_id - 100}, 100};
  }

  Result<std::vector<std::optional<KeptAnswer>>> keep_refusals(
      const std::vector<KeyedRefusal>& batch) override {
    const std::lock_guard<std::mutex> guard(database_.mutex);
    for (const auto& refusal : batch) database_.refusals_kept.push_back(refusal.key.key);
    return std::vector<std::optional<KeptAnswer>>(batch.size());
  }
  Result<std::optional<KeptAnswer>> find_answer(CustomerId, const RequestKey& key) override {
    const std::lock_guard<std::mutex> guard(database_.mutex);
    const auto kept = database_.kept.find(key.key);
    return kept != database_.kept.end() ? std::optional<KeptAnswer>(kept->second) : std::nullopt;
  }
  Result<std::int32_t> forget_answers(std::int32_t) override { return 0; }

  Result<std::vector<StatusOutcome>> change_status(const std::vector<StatusChange>& batch,
                                                   const StatusRules&) override {
    std::this_thread::sleep_for(database_.change_delay);
    return std::vector<StatusOutcome>(batch.size());
  }
  Result<Done> close_carts(const std::vector<CartKey>& carts) override {
    const std::lock_guard<std::mutex> guard(database_.mutex);
    for (const auto cart : carts) {
      database_.carts_recorded.push_back(cart);
      auto& open = database_.open_carts;
      open.erase(std::remove_if(open.begin(), open.end(),
                                [cart](const OpenCart& each) { return each.key() == cart; }),
                 open.end());
    }
    return Done{};
  }
  Result<CartTurn> take_open_carts(const std::vector<CartKey>& at_work, std::int32_t limit) override {
    const std::lock_guard<std::mutex> guard(database_.mutex);
    CartTurn turn;
    for (const auto& cart : database_.open_carts) {
      if (std::find(at_work.begin(), at_work.end(), cart.key()) != at_work.end()) {
        turn.still_ours.push_back(cart.key());
      } else if (turn.taken.size() < static_cast<std::size_t>(limit)) {
        turn.taken.push_back(cart);
      }
    }
    turn.taken_over = turn.taken.empty() ? 0 : database_.carts_taken_over;
    return turn;
  }
  Result<std::vector<OpenCart>> open_carts(std::int32_t) override { return std::vector<OpenCart>{}; }
  Result<std::optional<Order>> find(OrderId) override {
    if (reads_throw) throw std::runtime_error("scripted");
    return std::optional<Order>{};
  }
  Result<std::vector<Order>> list(const OrderQuery&) override { return std::vector<Order>{}; }
  Result<std::vector<OrderItemRow>> list_items(std::int64_t, std::int32_t) override {
    return std::vector<OrderItemRow>{};
  }
  Result<Done> check_writable() override { return Done{}; }

  static inline std::atomic<bool> reads_throw{false};

 private:
  ScriptedDatabase& database_;
};

}  // namespace orders::test
