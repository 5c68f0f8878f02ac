#include "actors/registry.hpp"

#include <deque>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/customer.hpp"
#include "actors/parent.hpp"
#include "domain/crash_point.hpp"

namespace orders::actors {

namespace {
/// Kept answers that have become too old are deleted so many at a time, and looked for so often; at once
/// again when there were as many.
constexpr std::int32_t forget_at_once = 1'000;
constexpr std::chrono::milliseconds forget_every{5'000};
}  // namespace

class RegistryState : public ParentState<Registry, CustomerId, Customer> {
 public:
  static constexpr const char* name = "registry";
  explicit RegistryState(Registry::pointer self) : ParentState(self) {}

  void place(PlaceOrder& order) {
    waiting_.push_back(std::move(order));
    hand_out();
  }

  /// About twice a second: an answer to a change is at most this much late.
  void tick() {
    sweep();
    const auto now = std::chrono::steady_clock::now();
    tell_late_changes(now);
    tell_late_orders(now);
    if (!forgetting_ && now >= forget_next_) forget_answers();
  }

  void change(ChangeStatus& ask) {
    changes_.push_back({ask.deadline, ask.reply});
    auto stored = [ask, context = &context()](Result<StatusOutcome> outcome) {
      answer(ask, std::move(outcome), *context);
    };
    const auto writer = context().board.order_writer(ask.change.id);
    tell(writer,
         StoreStatus{ask.change, ask.deadline, Reply<StatusOutcome>(std::move(stored), ask.reply.watch())});
  }

 protected:
  Customer spawn(CustomerId id) override { return spawn_customer(self()->system(), context(), handle(), id); }
  [[nodiscard]] const char* child_name() const override { return "customer"; }

 private:
  /// Gives ids to the orders that wait for one. A block is asked for well before the one in use is exhausted.
  void hand_out() {
    while (!waiting_.empty()) {
      if (ids_.count == 0) std::swap(ids_, next_ids_);
      if (ids_.count == 0) break;
      auto order = std::move(waiting_.front());
      waiting_.pop_front();
      if (skip_unwanted(order)) continue;
      order.id = ids_.first;
      ++ids_.first.value;
      --ids_.count;
      crash_point("order.numbered");
      if (!forward(order.customer, order)) {
        order.reply(Error{ErrorCode::overloaded, "as many customers have orders under way as may"});
      }
    }
    const auto low = static_cast<std::int64_t>(context().settings.database.order_ids_block) / 2;
    if (asking_ || (ids_.count > low || next_ids_.count > 0)) return;
    asking_ = true;
    tell(context().board.order_writer(first_order_id),
         ReserveIds{reply_on<IdBlock>(handle(), [this](const Result<IdBlock>& block) { on_ids(block); })});
  }

  void on_ids(const Result<IdBlock>& block) {
    asking_ = false;
    if (!block.ok()) {
      if (ids_.count > 0) return;  // the next order asks again
      for (const auto& order : waiting_) order.reply(block.error());
      waiting_.clear();
      return;
    }
    if (ids_.count > 0) {
      next_ids_ = block.value();
    } else {
      ids_ = block.value();
    }
    hand_out();
  }

  /// Their deadlines are in the order in which they came. Those whose change may have been sent are in doubt.
  void tell_late_changes(Deadline now) {
    while (!changes_.empty() && (changes_.front().deadline <= now || changes_.front().reply.answered())) {
      changes_.front().reply(
          Error{ErrorCode::outcome_unknown, "the deadline passed while the change was being written"});
      changes_.pop_front();
    }
  }

  void tell_late_orders(Deadline now) {
    while (!waiting_.empty() && waiting_.front().deadline <= now) {
      waiting_.front().reply(
          Error{ErrorCode::storage_unavailable, "the deadline passed while the order waited for its number"});
      waiting_.pop_front();
    }
  }

  void forget_answers() {
    forgetting_ = true;
    auto forgotten = reply_on<std::int32_t>(handle(), [this](const Result<std::int32_t>& count) {
      forgetting_ = false;
      if (count.ok()) context().counters.answers_forgotten += static_cast<std::uint64_t>(count.value());
      const bool more = count.ok() && count.value() >= forget_at_once;
      forget_next_ = std::chrono::steady_clock::now() + (more ? std::chrono::milliseconds(0) : forget_every);
    });
    tell(context().board.reader(),
         Query{[forgotten](OrderStore& store) { forgotten(store.forget_answers(forget_at_once)); }});
  }

  static void answer(const ChangeStatus& ask, Result<StatusOutcome> outcome, const Context& context) {
    if (!outcome.ok()) {
      ask.reply(std::move(outcome.error()));
      return;
    }
    auto& stored = outcome.value();
    crash_point("cancel.giving_back");
    for (const auto& owed : stored.owed) {
      // R10: the cancelled order's units are owed, and durably so; the product's next cycle gives them back.
      tell(context.board.catalog(),
           ReleaseUnits{owed.product, {ask.change.id, owed.attempt}, false, Reply<Done>(), {}});
    }
    if (!stored.order) {
      ask.reply(
          Error{ErrorCode::order_not_found, "there is no order " + std::to_string(ask.change.id.value)});
    } else if (!stored.fault.empty()) {
      ask.reply(Error{ErrorCode::illegal_transition, stored.fault});
    } else {
      ask.reply(std::move(*stored.order));
      crash_point("cancel.answered");
    }
  }

  /// A change of status that may be under way, until its deadline.
  struct Change {
    Deadline deadline;
    Reply<Order> reply;
  };

  std::deque<PlaceOrder> waiting_;  ///< for an id; bounded by admission
  std::deque<Change> changes_;      ///< answered ones are let go when they come to the front
  IdBlock ids_;
  IdBlock next_ids_;
  bool asking_ = false;
  bool forgetting_ = false;
  std::chrono::steady_clock::time_point forget_next_;
};

namespace {

Registry::behavior_type registry(Registry::stateful_pointer<RegistryState> self, const Context* context) {
  auto& state = self->state;
  state.attach(context, context->settings.actors.customer_idle, context->settings.actors.customers_max);
  return {
      [&state](PlaceOrder& order) { state.place(order); },
      [&state](ChangeStatus& ask) { state.change(ask); },
      [&state](const AskToRetire<CustomerId>& ask) { state.retire(ask); },
      [](Call& call) { call.run(); },
      [&state](Tick) { state.tick(); },
  };
}

}  // namespace

Registry spawn_registry(caf::actor_system& system, const Context& context) {
  return system.spawn(registry, &context);
}

}  // namespace orders::actors
