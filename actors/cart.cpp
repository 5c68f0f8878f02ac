#include "actors/cart.hpp"

#include <unordered_map>

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/cart_closings.hpp"

namespace orders::actors {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds tick_every{100};
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
    closings_.attach(context, handle());
    tick_later();
  }

  void fetch(FetchCart& ask) {
    context_->cart_client.get_cart(
        ask.customer, ask.deadline,
        on_self<std::optional<Cart>>(
            [this, ask](Result<std::optional<Cart>> cart) { on_cart(ask, std::move(cart)); }));
  }

  void close(CloseCart& ask) { closings_.close(ask); }

  void tick() {
    closings_.tick();
    tick_later();
  }

 private:
  CartProxy handle() { return caf::actor_cast<CartProxy>(self_); }
  void tick_later() { self_->delayed_send(handle(), tick_every, Tick{}); }

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
        closings_.contains(
            {found->id, ask.customer})) {  // an order has been made of it, only the cart service lags behind
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

  CartProxy::pointer self_;
  const Context* context_ = nullptr;
  std::vector<LinesWanted> wanted_;
  bool listing_ = false;
  CartClosings closings_;
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
