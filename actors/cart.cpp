#include "actors/cart.hpp"

#include <map>
#include <set>
#include <unordered_map>

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include "actors/back_off.hpp"
#include "domain/crash_point.hpp"

namespace orders::actors {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds tick_every{100};
/// How many carts left open by an earlier run are taken up at a time.
constexpr std::int32_t open_carts_at_once = 1'000;

/// A cart whose order is committed, until it is marked as ordered and that is recorded.
struct Closing {
  OpenCart cart;
  Reply<Done> first_try;
  BackOff back_off;
  Clock::time_point due;
  bool under_way = false;
  bool closed = false;  ///< only its record is missing
};

/// A cart whose lines are to come with the next list of all lines.
struct LinesWanted {
  CartId cart;
  Deadline deadline;
  Reply<std::optional<CartContents>> reply;
};

}  // namespace

class CartProxyState {
 public:
  static constexpr const char* name = "cart_proxy";

  explicit CartProxyState(CartProxy::pointer self) : self_(self) {}

  void attach(const Context* context) {
    context_ = context;
    tick_later();
  }

  // ---- fetching ----

  void fetch(FetchCart& ask) {
    context_->cart_client.get_cart(
        ask.customer, ask.deadline,
        on_self<std::optional<Cart>>(
            [this, ask](Result<std::optional<Cart>> cart) { on_cart(ask, std::move(cart)); }));
  }

  // ---- closing ----

  void close(CloseCart& ask) {
    const auto id = ask.cart.cart;
    closings_.try_emplace(id, Closing{ask.cart, std::move(ask.reply), fresh_back_off(), Clock::now()});
    try_to_close(id);
  }

  void tick() {
    if (!open_carts_known_ && !loading_) load_open_carts();
    const auto now = Clock::now();
    std::vector<CartId> due;
    for (const auto& [id, closing] : closings_) {
      if (!closing.under_way && closing.due <= now) due.push_back(id);
    }
    for (const auto id : due) try_to_close(id);
    tick_later();
  }

 private:
  CartProxy handle() { return caf::actor_cast<CartProxy>(self_); }
  void tick_later() { self_->delayed_send(handle(), tick_every, Tick{}); }
  [[nodiscard]] Deadline soon() const { return Clock::now() + context_->settings.orders.deadline; }
  [[nodiscard]] BackOff fresh_back_off() const {
    return BackOff(context_->settings.cart.retry_min, context_->settings.cart.retry_max);
  }

  /// A callback for the client that brings its answer to this actor's thread.
  template <class T, class Then>
  std::function<void(Result<T>)> on_self(Then then) {
    return [reply = reply_on<T>(handle(), std::move(then))](Result<T> result) { reply(std::move(result)); };
  }

  void on_cart(const FetchCart& ask, Result<std::optional<Cart>> cart) {
    if (!cart.ok()) {
      ask.reply(std::move(cart.error()));
      return;
    }
    auto& found = cart.value();
    if (!found ||
        closings_.count(found->id) != 0) {  // an order has been made of it, only the cart service lags behind
      ask.reply(std::optional<CartContents>{});
    } else if (found->lines) {
      ask.reply(std::optional<CartContents>(CartContents{found->id, std::move(*found->lines)}));
    } else {
      wanted_.push_back({found->id, ask.deadline, ask.reply});
      list_lines();
    }
  }

  /// The service only lists all lines of all carts, so everybody who waits shares one list; who comes while
  /// one is under way needs the next, since lines may have been added since.
  void list_lines() {
    if (listing_ || wanted_.empty()) return;
    listing_ = true;
    auto asked = std::move(wanted_);
    wanted_.clear();
    std::vector<CartId> carts;
    auto deadline = Clock::now();
    for (const auto& want : asked) {
      carts.push_back(want.cart);
      deadline = std::max(deadline, want.deadline);
    }
    context_->cart_client.get_items(
        carts, deadline,
        on_self<std::vector<CartItemRow>>([this, asked](const Result<std::vector<CartItemRow>>& rows) {
          listing_ = false;
          give_lines(asked, rows);
          list_lines();
        }));
  }

  static void give_lines(const std::vector<LinesWanted>& asked,
                         const Result<std::vector<CartItemRow>>& rows) {
    if (!rows.ok()) {
      for (const auto& want : asked) want.reply(rows.error());
      return;
    }
    std::unordered_map<CartId, std::vector<CartLine>> lines;
    for (const auto& row : rows.value()) lines[row.cart].push_back(row.line);
    for (const auto& want : asked)
      want.reply(std::optional<CartContents>(CartContents{want.cart, lines[want.cart]}));
  }

  /// Only one try of a customer's at a time: the service closes whichever cart of the customer is active.
  void try_to_close(CartId id) {
    const auto found = closings_.find(id);
    if (found == closings_.end() || found->second.under_way) return;
    auto& closing = found->second;
    if (closing.closed) return record(closing);
    if (!closing_customers_.insert(closing.cart.customer).second) return;  // its turn comes with a later tick
    closing.under_way = true;
    crash_point("cart.looks");
    // Closing names the customer, not the cart: look first whether it is still this cart that would be
    // closed.
    context_->cart_client.get_cart(
        closing.cart.customer, soon(),
        on_self<std::optional<Cart>>([this, id](const Result<std::optional<Cart>>& cart) {
          if (!cart.ok()) return tried(id, cart.error());
          if (!cart.value() || cart.value()->id != id) return tried(id, Done{});
          put_closed(id);
        }));
  }

  void put_closed(CartId id) {
    crash_point("cart.puts");
    context_->cart_client.close_cart(
        closings_.at(id).cart.customer, soon(),
        on_self<Done>([this, id](const Result<Done>& done) { tried(id, done); }));
  }

  void tried(CartId id, const Result<Done>& outcome) {
    crash_point("cart.tried");
    auto& closing = closings_.at(id);
    closing.under_way = false;
    closing_customers_.erase(closing.cart.customer);
    closing.first_try(Done{});  // the order stands whatever became of the cart
    if (outcome.ok()) {
      closing.closed = true;
      return record(closing);
    }
    ++context_->counters.carts_close_retries;
    const auto wait = closing.back_off.next();
    closing.due = Clock::now() + wait;
    spdlog::warn("cart {} of customer {} is ordered (order {}) but not marked so yet; next try in {} ms: {}",
                 id.value, closing.cart.customer.value, closing.cart.order.value, wait.count(),
                 outcome.error().detail);
  }

  void record(Closing& closing) {
    closing.under_way = true;
    const auto id = closing.cart.cart;
    tell(context_->board.order_writer(closing.cart.customer),
         RecordClosedCart{id, reply_on<Done>(handle(), [this, id](const Result<Done>& done) {
                            auto& recorded = closings_.at(id);
                            recorded.under_way = false;
                            if (!done.ok()) {
                              recorded.due = Clock::now() + recorded.back_off.next();
                              return;
                            }
                            ++context_->counters.carts_closed;
                            closings_.erase(id);
                          })});
  }

  /// What an earlier run of the service committed but did not get to close.
  void load_open_carts() {
    const auto reader = context_->board.reader();
    if (!reader) return;
    loading_ = true;
    auto loaded =
        reply_on<std::vector<OpenCart>>(handle(), [this](const Result<std::vector<OpenCart>>& carts) {
          loading_ = false;
          if (!carts.ok()) return;  // the next tick asks again
          open_carts_known_ = carts.value().size() < static_cast<std::size_t>(open_carts_at_once);
          for (const auto& cart : carts.value()) {
            closings_.try_emplace(cart.cart, Closing{cart, Reply<Done>(), fresh_back_off(), Clock::now()});
          }
        });
    tell(reader, Query{[loaded](OrderStore& store) { loaded(store.open_carts(open_carts_at_once)); }});
  }

  CartProxy::pointer self_;
  const Context* context_ = nullptr;
  std::vector<LinesWanted> wanted_;
  bool listing_ = false;
  std::map<CartId, Closing> closings_;
  std::set<CustomerId> closing_customers_;
  bool open_carts_known_ = false;
  bool loading_ = false;
};

namespace {

CartProxy::behavior_type cart_proxy(CartProxy::stateful_pointer<CartProxyState> self,
                                    const Context* context) {
  auto& state = self->state;
  state.attach(context);
  return {
      [&state](FetchCart& ask) { state.fetch(ask); },
      [&state](CloseCart& ask) { state.close(ask); },
      [](Call& call) { call.run(); },
      [&state](Tick) { state.tick(); },
  };
}

}  // namespace

CartProxy spawn_cart_proxy(caf::actor_system& system, const Context& context) {
  return system.spawn(cart_proxy, &context);
}

}  // namespace orders::actors
