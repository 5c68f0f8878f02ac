#include "actors/placement.hpp"

#include <algorithm>

#include "actors/protocol.hpp"
#include "domain/crash_point.hpp"

namespace orders::actors {

Placement::Placement(OrderId id, CustomerId customer, Deadline deadline, Reply<PlacedOrder> reply,
                     std::size_t lines_max, std::optional<RequestKey> key)
    : id_(id),
      customer_(customer),
      deadline_(deadline),
      reply_(std::move(reply)),
      lines_max_(lines_max),
      key_(std::move(key)) {}

void Placement::start(std::optional<std::vector<OrderLine>> lines, PlacementWork& work) {
  crash_point("order.begins");
  if (lines) {
    begin(std::move(*lines), work);
  } else {
    from_cart_ = true;
    phase_ = Phase::fetching_cart;
    work.fetch_cart(id_, customer_, deadline_);
  }
}

void Placement::on_cart(Result<std::optional<CartContents>> cart, PlacementWork& work) {
  if (phase_ != Phase::fetching_cart) return;  // the deadline was first; nothing is held yet
  crash_point("order.cart_fetched");
  if (!cart.ok()) return answer_and_finish(std::move(cart.error()));
  if (skip_unwanted()) return;
  if (!cart.value()) return answer_and_finish({ErrorCode::no_active_cart, "the customer has no active cart"});
  cart_ = cart.value()->id;
  auto lines = lines_of_cart(cart.value()->lines);
  if (lines.empty())
    return answer_and_finish({ErrorCode::empty_cart, "the customer's cart has nothing in it"});
  if (lines.size() > lines_max_) {
    return answer_and_finish(
        {ErrorCode::validation_failed,
         "the cart has more than the " + std::to_string(lines_max_) + " lines an order may have"});
  }
  begin(std::move(lines), work);
}

void Placement::begin(std::vector<OrderLine> lines, PlacementWork& work) {
  auto sums = sum_by_product(lines);
  if (!sums.ok()) return answer_and_finish(std::move(sums.error()));
  lines_ = std::move(lines);
  legs_.reserve(sums.value().size());
  for (const auto& sum : sums.value()) {
    Leg leg;
    leg.product = sum.product;
    leg.quantity = sum.quantity;
    legs_.push_back(leg);
  }
  // Refused as a whole and at once: an order that gets some of its products only keeps others from theirs.
  if (!work.in_time(legs_.size(), deadline_)) {
    return answer_and_finish(
        {ErrorCode::overloaded, "the product catalog has more to do than it can before the deadline"});
  }
  phase_ = Phase::holding;
  ask_all(work);
}

void Placement::ask(Leg& leg, PlacementWork& work) {
  leg.state = LegState::asked;
  work.hold(leg.product, Hold{{id_, attempt_}, leg.quantity}, ascending_, deadline_);
}

void Placement::ask_all(PlacementWork& work) {
  crash_point("order.asks");
  for (auto& leg : legs_) ask(leg, work);
}

void Placement::ask_next_ascending(PlacementWork& work) {
  const auto next =
      std::find_if(legs_.begin(), legs_.end(), [](const Leg& l) { return l.state == LegState::idle; });
  if (next == legs_.end()) return commit(work, deadline_);
  ask(*next, work);
}

void Placement::on_hold(ProductId product, std::int32_t attempt, const Result<HoldAnswer>& answer,
                        PlacementWork& work) {
  Leg* leg = leg_of(product);
  if (leg == nullptr || attempt != attempt_) return;
  const bool unheld = answer.ok() && answer.value().unheld.has_value();
  if (leg->state == LegState::releasing && unheld) {  // given up meanwhile, and there is nothing to give back
    leg->state = LegState::idle;
    return after_release(work);
  }
  if (leg->state != LegState::asked) return;
  if (!answer.ok() || unheld) {
    leg->state = unheld ? LegState::idle : LegState::failed;
    if (!leg_error_) leg_error_ = unheld ? *answer.value().unheld : answer.error();
  } else {
    switch (answer.value().verdict) {
      case HoldVerdict::granted:
        leg->state = LegState::granted;
        break;
      case HoldVerdict::refused:
        leg->state = LegState::refused;
        leg->available = answer.value().available;
        leg->in_catalog = answer.value().in_catalog;
        break;
      case HoldVerdict::conflict:
        leg->state = LegState::conflict;
        break;
      case HoldVerdict::undecided:
        leg->state = LegState::failed;
        break;
    }
  }
  if (phase_ == Phase::holding) consider(work);
}

/// After each answer: go on, begin again, or give up.
void Placement::consider(PlacementWork& work) {
  if (any(LegState::asked)) return;  // every answer is awaited: a refusal names every short line
  if (leg_error_ || any(LegState::failed)) {
    return release_all(leg_error_.value_or(Error{ErrorCode::internal, "a hold was not decided"}), work);
  }
  if (any(LegState::refused)) return release_all(shortage(), work);
  if (any(LegState::conflict)) {
    work.count_conflict();
    return release_all(std::nullopt, work);
  }
  if (ascending_) return ask_next_ascending(work);
  commit(work, deadline_);
}

void Placement::commit(PlacementWork& work, Deadline deadline) {
  crash_point("order.held");
  phase_ = Phase::committing;
  OrderCommit order;
  order.id = id_;
  order.customer = customer_;
  order.lines = lines_;
  order.attempt = attempt_;
  order.products = static_cast<std::int32_t>(legs_.size());
  order.cart = cart_;
  order.key = key_;
  work.commit(order, deadline);
}

void Placement::release_all(std::optional<Error> failure, PlacementWork& work) {
  crash_point("order.gives_up");
  failure_ = std::move(failure);
  phase_ = Phase::releasing;
  for (auto& leg : legs_) {
    // A failed leg may hold units all the same: its answer was lost, not its reservation.
    const bool may_hold =
        leg.state == LegState::granted || leg.state == LegState::asked || leg.state == LegState::failed;
    leg.state = may_hold ? LegState::releasing : LegState::idle;
  }
  for (auto& leg : legs_) {
    if (leg.state == LegState::releasing) work.release(leg.product, {id_, attempt_}, past_deadline_);
  }
  after_release(work);
}

void Placement::on_released(ProductId product, std::int32_t attempt, bool done, PlacementWork& work) {
  Leg* leg = leg_of(product);
  if (leg == nullptr || attempt != attempt_ || leg->state != LegState::releasing) return;
  if (!done)
    return work.release(product, {id_, attempt_},
                        past_deadline_);  // whoever was to release it died: ask again
  leg->state = LegState::idle;
  after_release(work);
}

void Placement::after_release(PlacementWork& work) {
  if (phase_ != Phase::releasing || any(LegState::releasing)) return;
  if (failure_ || past_deadline_) {
    answer_failure();
    phase_ = Phase::done;
    crash_point("order.refused");
    return;
  }
  if (skip_unwanted()) return;
  crash_point("order.begins_again");
  // R13: once more, one product after another in ascending order, waiting for undecided units.
  ++attempt_;
  ascending_ = true;
  leg_error_.reset();
  phase_ = Phase::holding;
  ask_next_ascending(work);
}

void Placement::on_release_delayed(ErrorCode waiting_for) {
  if (phase_ != Phase::releasing) return;
  if (failure_ && failure_->code == ErrorCode::timed_out) {
    // What the release waits for now is what the order waited for when its time ran out.
    failure_->code = waiting_for;
  }
  if (failure_) answer_failure();
}

void Placement::on_committed(Result<CommitOutcome> outcome, PlacementWork& work) {
  if (phase_ != Phase::committing) return;
  if (!outcome.ok()) {
    if (outcome.error().code != ErrorCode::lost) return release_all(std::move(outcome.error()), work);
    return commit(work,
                  Deadline::max());  // R7: the same again, and not given up, until it is known what happened
  }
  switch (outcome.value().verdict) {
    case CommitVerdict::committed:
      break;
    case CommitVerdict::not_held:
      return release_all(
          Error{ErrorCode::contended, "a reservation was given back while the order was being written"},
          work);
    case CommitVerdict::key_taken:
      // Another attempt of the same request was first: its answer is durable and can be given at once.
      reply_(replay_of(std::move(outcome.value().kept)));
      return release_all(Error{ErrorCode::contended, "another attempt of the request was first"}, work);
    case CommitVerdict::cart_already_ordered:
      return release_all(Error{ErrorCode::no_active_cart, "the customer's cart has been ordered already"},
                         work);
  }
  crash_point("order.stands");
  order_ = std::move(outcome.value().order);
  if (!cart_) {
    reply_(PlacedOrder{std::move(*order_), false});
    phase_ = Phase::done;
    crash_point("order.answered");
    return;
  }
  phase_ = Phase::closing_cart;
  work.close_cart({*cart_, customer_, id_});
}

void Placement::on_cart_closed() {
  if (phase_ != Phase::closing_cart) return;
  reply_(PlacedOrder{std::move(*order_), false});
  phase_ = Phase::done;
}

void Placement::on_deadline(PlacementWork& work) {
  if (past_deadline_) return;
  past_deadline_ = true;
  switch (phase_) {
    case Phase::fetching_cart:
      return answer_and_finish(
          {ErrorCode::cart_unavailable, "the cart service did not answer before the deadline"});
    case Phase::holding:
      return release_all(Error{ErrorCode::timed_out, "the stock was not held before the deadline"}, work);
    case Phase::releasing:
      if (!failure_)
        failure_ = Error{ErrorCode::contended, "the deadline passed while other orders were deciding"};
      return answer_failure();
    case Phase::committing:
      reply_(Error{ErrorCode::outcome_unknown, "the deadline passed while the order was being written"});
      return;
    case Phase::closing_cart:
      return on_cart_closed();  // the order stands; its cart is closed later
    case Phase::done:
      return;
  }
}

void Placement::abandon(PlacementWork& work) {
  if (phase_ == Phase::closing_cart || phase_ == Phase::done) return;
  for (const auto& leg : legs_) {
    if (leg.state != LegState::idle) work.release(leg.product, {id_, attempt_}, true);
  }
}

void Placement::answer_failure() {
  reply_(failure_.value_or(Error{ErrorCode::timed_out, "the deadline passed"}));
}

/// True: the client left while nothing is held for it, and the order ends here.
bool Placement::skip_unwanted() {
  if (reply_.wanted() || reply_.answered()) return false;
  answer_and_finish({ErrorCode::client_gone, "the client left while nothing was held for it"});
  return true;
}

void Placement::answer_and_finish(Error failure) {
  reply_(std::move(failure));
  phase_ = Phase::done;
}

Placement::Leg* Placement::leg_of(ProductId product) {
  const auto found = std::lower_bound(legs_.begin(), legs_.end(), product,
                                      [](const Leg& l, ProductId p) { return l.product < p; });
  return found != legs_.end() && found->product == product ? &*found : nullptr;
}

bool Placement::any(LegState state) const {
  return std::any_of(legs_.begin(), legs_.end(), [state](const Leg& leg) { return leg.state == state; });
}

Error Placement::shortage() const {
  Error error{ErrorCode::insufficient_inventory, "there is not enough stock for this order"};
  for (const auto& leg : legs_) {
    if (leg.state == LegState::refused) {
      error.shortages.push_back({leg.product, leg.quantity, leg.available, leg.in_catalog});
    }
  }
  return error;
}

}  // namespace orders::actors
