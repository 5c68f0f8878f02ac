#include "actors/order_writer.hpp"

#include <deque>
#include <set>

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include "actors/back_off.hpp"
#include "domain/log_limit.hpp"

namespace orders::actors {

namespace {

using Clock = std::chrono::steady_clock;

/// A batch that is being written, kept until it is known what became of it.
template <class Ask>
struct Batch {
  std::vector<Ask> asks;
  bool unknown = false;  ///< sent before, with unknown outcome: it can't be given up (R7)
};

class OrderWriterState {
 public:
  static constexpr const char* name = "order_writer";

  explicit OrderWriterState(OrderWriter::pointer self) : self_(self) {}

  void attach(const Context* context, const OpenStore& open) {
    context_ = context;
    back_off_ = BackOff(context->settings.database.reconnect_min, context->settings.database.reconnect_max);
    store_ = open();
  }

  void commit(CommitOrder& ask) {
    commits_.push_back(std::move(ask));
    flush_soon();
  }
  void keep(KeepRefusal& ask) {
    refusals_.push_back(std::move(ask));
    flush_soon();
  }
  void change(StoreStatus& ask) {
    changes_.push_back(std::move(ask));
    flush_soon();
  }
  void reserve_ids(ReserveIds& ask) {
    id_asks_.push_back(std::move(ask));
    flush_soon();
  }
  void record_closed(RecordClosedCart& ask) {
    closed_.push_back(std::move(ask));
    flush_soon();
  }

  /// Everything that arrived before this message has queued up by now: that is the group that shares a
  /// commit.
  void flush() {
    flushing_ = false;
    if (committing_.asks.empty()) take_commits();
    if (keeping_.asks.empty()) take_refusals();
    if (changing_.asks.empty()) take_changes();
    if (!committing_.asks.empty()) write_commits();
    if (!keeping_.asks.empty()) write_refusals();
    if (!changing_.asks.empty()) write_changes();
    give_ids();
    write_closed();
    const bool stuck = !committing_.asks.empty() || !keeping_.asks.empty() || !changing_.asks.empty();
    if (stuck) return flush_after(back_off_.next());
    back_off_.reset();
    const bool left =
        !(commits_.empty() && refusals_.empty() && changes_.empty() && id_asks_.empty() && closed_.empty());
    if (left) flush_soon();
  }

 private:
  void flush_soon() {
    if (flushing_) return;
    flushing_ = true;
    self_->send(caf::actor_cast<OrderWriter>(self_), Flush{});
  }

  void flush_after(std::chrono::milliseconds wait) {
    flushing_ = true;
    self_->delayed_send(caf::actor_cast<OrderWriter>(self_), wait, Flush{});
  }

  [[nodiscard]] std::size_t batch_max() const { return context_->settings.database.order_batch_max; }

  /// True: it is too late to begin, and the asker has been told that nothing was written.
  template <class Ask>
  static bool too_late(const Ask& ask, Clock::time_point now) {
    return ask.deadline <= now &&
           ask.reply(Error{ErrorCode::timed_out, "the deadline passed before it was written"});
  }

  /// True: its client left before it was begun.
  static bool skip_unwanted(const StoreStatus& ask) {
    return !ask.reply.wanted() &&
           ask.reply(Error{ErrorCode::client_gone, "the client left before the change"});
  }

  using Place = std::pair<CustomerId, std::string>;

  /// A key stands in a batch once; what else comes with it waits for the next batch, and finds its answer.
  void take_commits() {
    committing_.unknown = false;
    const auto now = Clock::now();
    std::set<Place> taken;
    while (!commits_.empty() && committing_.asks.size() < batch_max()) {
      const auto& next = commits_.front();
      if (next.order.key && !taken.insert({next.order.customer, next.order.key->key}).second) break;
      if (!too_late(next, now)) committing_.asks.push_back(std::move(commits_.front()));
      commits_.pop_front();
    }
  }

  void take_refusals() {
    keeping_.unknown = false;
    const auto now = Clock::now();
    std::set<Place> taken;
    while (!refusals_.empty() && keeping_.asks.size() < batch_max()) {
      const auto& next = refusals_.front();
      if (!taken.insert({next.refusal.customer, next.refusal.key.key}).second) break;
      if (!too_late(next, now)) keeping_.asks.push_back(std::move(refusals_.front()));
      refusals_.pop_front();
    }
  }

  /// An order stands in a batch of changes once; its next change waits for the next batch.
  void take_changes() {
    changing_.unknown = false;
    const auto now = Clock::now();
    std::set<OrderId> taken;
    std::deque<StoreStatus> left;
    for (auto& ask : changes_) {
      if (too_late(ask, now) || skip_unwanted(ask)) continue;
      const bool room = changing_.asks.size() < batch_max();
      if (room && taken.insert(ask.change.id).second) {
        changing_.asks.push_back(std::move(ask));
      } else {
        left.push_back(std::move(ask));
      }
    }
    changes_ = std::move(left);
  }

  void write_commits() {
    ++context_->counters.order_batches;
    write(committing_, "orders", [this](const std::vector<CommitOrder>& asks) {
      std::vector<OrderCommit> orders;
      orders.reserve(asks.size());
      for (const auto& ask : asks) orders.push_back(ask.order);
      auto outcomes = store_->commit(orders);
      if (outcomes.ok()) {
        for (std::size_t i = 0; i < asks.size(); ++i) {
          if (outcomes.value()[i].cart_reopened) note_reopened(asks[i].order);
        }
      }
      return outcomes;
    });
  }

  void note_reopened(const OrderCommit& order) {
    ++context_->counters.carts_reopened;
    spdlog::warn(
        "cart {} of customer {} is recorded as ordered, but the cart service says it is active: it is marked "
        "as "
        "ordered again, and no second order is made of it. If the cart service's database was made anew, the "
        "customer's next cart can be ordered",
        order.cart->value, order.customer.value);
  }

  void write_refusals() {
    write(keeping_, "refusals", [this](const std::vector<KeepRefusal>& asks) {
      std::vector<KeyedRefusal> refusals;
      refusals.reserve(asks.size());
      for (const auto& ask : asks) refusals.push_back(ask.refusal);
      return store_->keep_refusals(refusals);
    });
  }

  void write_changes() {
    write(changing_, "changes of status", [this](const std::vector<StoreStatus>& asks) {
      std::vector<StatusChange> changes;
      changes.reserve(asks.size());
      for (const auto& ask : asks) changes.push_back(ask.change);
      return store_->change_status(changes, context_->status_rules);
    });
  }

  /// Writes a batch and answers it, unless its outcome is unknown: then it stays, and is written again later.
  template <class Ask, class Write>
  void write(Batch<Ask>& batch, const char* what, const Write& write_to_store) {
    auto outcomes = write_to_store(batch.asks);
    if (outcomes.ok()) {
      for (std::size_t i = 0; i < batch.asks.size(); ++i) batch.asks[i].reply(std::move(outcomes.value()[i]));
      batch.asks.clear();
      return;
    }
    const Error& error = outcomes.error();
    if (error.code == ErrorCode::outcome_unknown ||
        (batch.unknown && error.code == ErrorCode::storage_unavailable)) {
      if (!batch.unknown) ++context_->counters.commits_unknown;
      batch.unknown = true;
      ++context_->counters.storage_retries;
      spdlog::warn("{} {} of unknown outcome are sent again: {}", batch.asks.size(), what, error.detail);
      return;
    }
    if (error.code == ErrorCode::internal && batch.asks.size() > 1) {
      // One of the batch can't be written: find out which, so that the others go on.
      auto asks = std::move(batch.asks);
      batch.asks.clear();
      for (auto& ask : asks) {
        Batch<Ask> single;
        single.asks.push_back(std::move(ask));
        single.unknown = batch.unknown;  // R7: what the batch may have written, each of it may have
        write(single, what, write_to_store);
        for (auto& left : single.asks) batch.asks.push_back(std::move(left));
        batch.unknown |= single.unknown;
      }
      return;
    }
    if (const auto more = limit_.pass(what + error.detail)) {
      spdlog::error("{} {} were not written: {}{}", batch.asks.size(), what, error.detail, *more);
    }
    for (const auto& ask : batch.asks) ask.reply(error);
    batch.asks.clear();
  }

  void give_ids() {
    if (id_asks_.empty()) return;
    for (const auto& ask : id_asks_) ask.reply(store_->reserve_order_ids());
    id_asks_.clear();
  }

  void write_closed() {
    if (closed_.empty()) return;
    std::vector<CartKey> carts;
    for (const auto& ask : closed_) carts.push_back(ask.cart);
    const auto done = store_->close_carts(carts);
    for (const auto& ask : closed_) ask.reply(done);
    closed_.clear();
  }

  OrderWriter::pointer self_;
  const Context* context_ = nullptr;
  std::unique_ptr<OrderStore> store_;
  std::deque<CommitOrder> commits_;
  std::deque<KeepRefusal> refusals_;
  std::deque<StoreStatus> changes_;
  std::vector<ReserveIds> id_asks_;
  std::vector<RecordClosedCart> closed_;
  Batch<CommitOrder> committing_;
  Batch<KeepRefusal> keeping_;
  Batch<StoreStatus> changing_;
  bool flushing_ = false;  ///< a Flush is on its way
  LogLimit limit_;
  BackOff back_off_{std::chrono::milliseconds(50), std::chrono::milliseconds(1'000)};
};

OrderWriter::behavior_type order_writer(OrderWriter::stateful_pointer<OrderWriterState> self,
                                        const Context* context, const OpenStore& open) {
  auto& state = self->state;
  state.attach(context, open);
  return {
      [&state](CommitOrder& ask) { state.commit(ask); },
      [&state](KeepRefusal& ask) { state.keep(ask); },
      [&state](StoreStatus& ask) { state.change(ask); },
      [&state](ReserveIds& ask) { state.reserve_ids(ask); },
      [&state](RecordClosedCart& ask) { state.record_closed(ask); },
      [&state](Flush) { state.flush(); },
  };
}

}  // namespace

OrderWriter spawn_order_writer(caf::actor_system& system, const Context& context, const OpenStore& open) {
  return system.spawn<caf::detached>(order_writer, &context, open);
}

}  // namespace orders::actors
