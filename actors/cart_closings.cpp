#include "actors/cart_closings.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "domain/crash_point.hpp"

namespace orders::actors {

namespace {

using std::chrono::milliseconds;

/// How often the table is looked at for carts of dead instances and carts there was no room for.
constexpr milliseconds look_every{2'000};
/// Retries under way at the same time: they must not keep fresh orders from the cart service.
constexpr std::size_t tries_max = 8;
/// An instance that has not heard from the database for so long may have lost its carts to another.
constexpr milliseconds ours_for{10'000};

}  // namespace

CartClosings::~CartClosings() {
  if (context_ != nullptr) context_->counters.carts_closing -= static_cast<std::int64_t>(closings_.size());
}

void CartClosings::attach(const Context* context, CartProxy self) {
  context_ = context;
  self_ = std::move(self);
}

std::size_t CartClosings::room() const {
  const std::size_t most = context_->settings.cart.closings_max;
  return closings_.size() < most ? most - closings_.size() : 0;
}

void CartClosings::add(const OpenCart& cart, Reply<Done> first_try) {
  const auto& settings = context_->settings.cart;
  const bool fresh =
      closings_
          .try_emplace(cart.key(), Closing{cart, std::move(first_try),
                                           BackOff(settings.retry_min, settings.retry_max), Clock::now()})
          .second;
  if (fresh) ++context_->counters.carts_closing;
}

void CartClosings::forget(CartKey id) {
  if (closings_.erase(id) > 0) --context_->counters.carts_closing;
}

void CartClosings::close(CloseCart& ask) {
  if (room() == 0) {
    ask.reply(Done{});  // the order stands, and the table keeps the cart
    return;
  }
  const auto id = ask.cart.key();
  add(ask.cart, std::move(ask.reply));
  try_to_close(id);
}

void CartClosings::tick() {
  const auto now = Clock::now();
  if (!looking_ && now >= look_next_) look_into_table();
  if (now - ours_since_ < ours_for) try_due(now);
}

/// Those that have waited longest come first.
void CartClosings::try_due(Clock::time_point now) {
  if (tries_ >= tries_max) return;
  std::vector<std::pair<Clock::time_point, CartKey>> due;
  for (const auto& [id, closing] : closings_) {
    if (!closing.under_way && closing.due <= now) due.emplace_back(closing.due, id);
  }
  std::sort(due.begin(), due.end());
  for (const auto& [since, id] : due) {
    if (tries_ >= tries_max) return;
    try_to_close(id);
  }
}

/// Only one try of a customer's at a time: the service closes whichever cart of the customer is active.
void CartClosings::try_to_close(CartKey id) {
  const auto found = closings_.find(id);
  if (found == closings_.end() || found->second.under_way) return;
  auto& closing = found->second;
  if (closing.closed) return record(id);
  if (!closing_customers_.insert(closing.cart.customer).second) return;  // its turn comes with a later tick
  closing.under_way = true;
  ++tries_;
  crash_point("cart.looks");
  // Closing names the customer, not the cart: look first whether it is still this cart that would be closed.
  context_->cart_client.get_cart(
      closing.cart.customer, soon(),
      on_self<std::optional<Cart>>(
          [this, id](const Result<std::optional<Cart>>& cart) { on_looked(id, cart); }));
}

void CartClosings::end_try(Closing& closing) {
  crash_point("cart.tried");
  closing.under_way = false;
  closing_customers_.erase(closing.cart.customer);
  --tries_;
  closing.first_try(Done{});  // the order stands whatever became of the cart
}

void CartClosings::on_looked(CartKey id, const Result<std::optional<Cart>>& cart) {
  auto& closing = closings_.at(id);
  if (!cart.ok()) return put_off(id, cart.error().detail);
  if (cart.value() && cart.value()->id == id.cart) {
    closing.seen_gone = false;
    return put_closed(id);
  }
  // A "not found" may be a lie, even one that was confirmed: it is believed when some time has passed.
  if (!closing.seen_gone) {
    closing.seen_gone = true;
    return put_off(id, "the cart service says it is not active, which is to be confirmed");
  }
  on_closed(id);
}

void CartClosings::put_closed(CartKey id) {
  crash_point("cart.puts");
  context_->cart_client.close_cart(closings_.at(id).cart.customer, soon(),
                                   on_self<Done>([this, id](const Result<Done>& done) {
                                     if (!done.ok()) return put_off(id, done.error().detail);
                                     on_closed(id);
                                   }));
}

void CartClosings::on_closed(CartKey id) {
  auto& closing = closings_.at(id);
  end_try(closing);
  closing.closed = true;
  record(id);
}

void CartClosings::put_off(CartKey id, const std::string& reason) {
  auto& closing = closings_.at(id);
  end_try(closing);
  ++context_->counters.carts_close_retries;
  const auto wait = closing.back_off.next();
  closing.due = Clock::now() + wait;
  spdlog::warn("cart {} of customer {} is ordered (order {}) but not marked so yet; next try in {} ms: {}",
               id.cart.value, closing.cart.customer.value, closing.cart.order.value, wait.count(), reason);
}

void CartClosings::record(CartKey id) {
  auto& closing = closings_.at(id);
  closing.under_way = true;
  tell(context_->board.order_writer(closing.cart.customer),
       RecordClosedCart{
           id, reply_on<Done>(self_, [this, id](const Result<Done>& done) { on_recorded(id, done); })});
}

void CartClosings::on_recorded(CartKey id, const Result<Done>& done) {
  auto& closing = closings_.at(id);
  closing.under_way = false;
  if (!done.ok()) {
    closing.due = Clock::now() + closing.back_off.next();
    return;
  }
  ++context_->counters.carts_closed;
  forget(id);
}

/// Takes over what dead instances left, fetches what there was no room for, and learns what others have taken
/// over from us.
void CartClosings::look_into_table() {
  looking_ = true;
  std::vector<CartKey> at_work;
  for (const auto& [id, closing] : closings_) at_work.push_back(id);
  auto turn = reply_on<CartTurn>(
      self_, [this, at_work](const Result<CartTurn>& result) { on_turn(at_work, result); });
  tell(context_->board.reader(),
       Query{[turn, at_work, limit = static_cast<std::int32_t>(room())](OrderStore& store) {
         turn(store.take_open_carts(at_work, limit));
       }});
}

void CartClosings::on_turn(const std::vector<CartKey>& at_work, const Result<CartTurn>& turn) {
  looking_ = false;
  look_next_ = Clock::now() + look_every;
  if (!turn.ok()) return;
  ours_since_ = Clock::now();
  std::set<CartKey> ours(turn.value().still_ours.begin(), turn.value().still_ours.end());
  for (const auto id : at_work) {
    const auto found = closings_.find(id);
    // One that is being tried or recorded just now is looked at again next time.
    if (found == closings_.end() || found->second.under_way || ours.count(id) != 0) continue;
    forget(id);
  }
  for (const auto& cart : turn.value().taken) add(cart, Reply<Done>());
  context_->counters.carts_taken_over += static_cast<std::uint64_t>(turn.value().taken_over);
}

}  // namespace orders::actors
