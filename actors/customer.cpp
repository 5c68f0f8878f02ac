#include "actors/customer.hpp"

#include <memory>
#include <unordered_map>
#include <unordered_set>

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include "actors/keyed_orders.hpp"
#include "actors/placement.hpp"
#include "actors/waiting_orders.hpp"

namespace orders::actors {

namespace {
/// How often deadlines are looked at: an answer is at most this much late. One timer for all orders of a
/// customer is cheaper than one for each.
constexpr std::chrono::milliseconds deadline_tick{50};
}  // namespace

class CustomerState : public PlacementWork, public KeyedWork {
 public:
  static constexpr const char* name = "customer";

  explicit CustomerState(Customer::pointer self) : self_(self) {}
  CustomerState(const CustomerState&) = delete;
  CustomerState& operator=(const CustomerState&) = delete;
  CustomerState(CustomerState&&) = delete;
  CustomerState& operator=(CustomerState&&) = delete;

  ~CustomerState() override {
    if (context_ == nullptr) return;
    for (auto& entry : placements_) entry.second.abandon(*this);
    context_->counters.placements -= static_cast<std::int64_t>(placements_.size());
    context_->counters.placements_giving_back -= static_cast<std::int64_t>(giving_back_.size());
    --context_->counters.customers_resident;
  }

  void attach(const Context* context, Registry parent, CustomerId id) {
    context_ = context;
    parent_ = std::move(parent);
    id_ = id;
    ++context_->counters.customers_resident;
  }

  void place(PlaceOrder& order) {
    ++handled_;
    if (skip_unwanted(order)) return;
    if (order.key) {
      keyed_.take(std::move(order), *this);
    } else {
      begin(order);
    }
    keep_ticking();
  }

  void tick() {
    ticking_ = false;
    const auto now = std::chrono::steady_clock::now();
    let_go(waiting_for_cart_, now, ErrorCode::timed_out,
           "the deadline passed while another order was made of the same cart");
    std::vector<OrderId> late;
    for (const auto& [id, placement] : placements_) {
      if (placement.deadline() <= now && !placement.deadline_handled()) late.push_back(id);
    }
    for (const auto id : late) {
      with(id, [this](Placement& placement) { placement.on_deadline(*this); });
    }
    keyed_.on_tick(now);
    keep_ticking();
  }

  void retire_if_idle() {
    if (idle()) tell(parent_, AskToRetire<CustomerId>{id_, handled_});
  }

  // What placements ask for.

  void fetch_cart(OrderId order, CustomerId customer, Deadline deadline) override {
    tell(context_->board.cart(),
         FetchCart{customer, deadline,
                   news<std::optional<CartContents>>(
                       order, [this](Placement& p, Result<std::optional<CartContents>> cart) {
                         p.on_cart(std::move(cart), *this);
                       })});
  }

  void hold(ProductId product, const Hold& hold, bool parks, Deadline deadline) override {
    tell(context_->board.catalog(), HoldUnits{product, hold, parks, deadline,
                                              news<HoldAnswer>(
                                                  hold.key.order,
                                                  [this, product, attempt = hold.key.attempt](
                                                      Placement& p, const Result<HoldAnswer>& answer) {
                                                    p.on_hold(product, attempt, answer, *this);
                                                  },
                                                  placements_.at(hold.key.order).watch())});
  }

  void release(ProductId product, HoldKey key, bool urgent) override {
    auto released =
        news<Done>(key.order, [this, product, attempt = key.attempt](Placement& p, const Result<Done>& done) {
          p.on_released(product, attempt, done.ok(), *this);
        });
    auto delayed = [this, self = handle(), order = key.order](ErrorCode waiting_for) {
      caf::anon_send(self, Call{[this, order, waiting_for] {
                       with(order, [waiting_for](Placement& p) { p.on_release_delayed(waiting_for); });
                     }});
    };
    tell(context_->board.catalog(),
         ReleaseUnits{product, key, urgent, std::move(released), std::move(delayed)});
  }

  void commit(const OrderCommit& order, Deadline deadline) override {
    tell(context_->board.order_writer(order.customer),
         CommitOrder{order, deadline,
                     news<CommitOutcome>(order.id, [this](Placement& p, Result<CommitOutcome> outcome) {
                       p.on_committed(std::move(outcome), *this);
                     })});
  }

  void close_cart(const OpenCart& cart) override {
    tell(context_->board.cart(),
         CloseCart{cart,
                   news<Done>(cart.order, [](Placement& p, const Result<Done>&) { p.on_cart_closed(); })});
  }

  void count_conflict() override { ++context_->counters.order_conflicts; }

  bool in_time(std::size_t products, Deadline deadline) override {
    const auto traffic = context_->catalog_client.traffic(products);
    if (!traffic.answering) return true;  // then it is asked, to find out
    // A part of the time is for what comes after, and for being wrong.
    return std::chrono::steady_clock::now() + traffic.wait + traffic.wait / 3 <= deadline;
  }

  // What requests with a key ask for.

  void look_up(OrderId id, CustomerId customer, const RequestKey& key, Deadline deadline,
               Wanted wanted) override {
    auto found =
        keyed_news<std::optional<KeptAnswer>>(id, key.key, &KeyedOrders::on_found, std::move(wanted));
    tell(context_->board.reader(), Query{[found, customer, key, deadline](OrderStore& store) {
           if (!found.wanted()) return static_cast<void>(found(Error{ErrorCode::client_gone, "not read"}));
           const bool late = std::chrono::steady_clock::now() >= deadline;
           found(late ? Error{ErrorCode::timed_out, "the deadline passed while the readers were busy"}
                      : store.find_answer(customer, key));
         }});
  }

  void carry_out(PlaceOrder order, Wanted wanted) override {
    order.reply =
        keyed_news<PlacedOrder>(order.id, order.key->key, &KeyedOrders::on_answer, std::move(wanted));
    begin(order);
  }

  void keep_refusal(OrderId id, const KeyedRefusal& refusal, Deadline deadline) override {
    auto kept = [this, id, key = refusal.key.key](Result<std::optional<KeptAnswer>> answer) {
      keyed_.on_kept(key, id, std::move(answer));
    };
    tell(context_->board.order_writer(refusal.customer),
         KeepRefusal{refusal, deadline, reply_on<std::optional<KeptAnswer>>(handle(), std::move(kept))});
  }

 private:
  Customer handle() { return caf::actor_cast<Customer>(self_); }

  [[nodiscard]] bool idle() const {
    return placements_.empty() && waiting_for_cart_.empty() && keyed_.empty();
  }

  void begin(PlaceOrder& order) {
    if (!order.lines && cart_order_) {
      waiting_for_cart_.push_back(std::move(order));
    } else {
      start(order);
    }
  }

  void start(PlaceOrder& order) {
    const auto id = order.id;
    if (!order.lines) cart_order_ = id;
    ++context_->counters.placements;
    placements_.try_emplace(id, id, order.customer, order.deadline, std::move(order.reply),
                            context_->settings.orders.lines_max, std::move(order.key));
    with(id, [this, &order](Placement& placement) { placement.start(std::move(order.lines), *this); });
  }

  /// Feeds news to a placement, and forgets it when it has come to its end. An exception ends that one order,
  /// not the actor with all the others.
  template <class Act>
  void with(OrderId id, Act&& act) {
    const auto found = placements_.find(id);
    if (found == placements_.end()) return;
    try {
      act(found->second);
    } catch (const std::exception& broken) {
      spdlog::error("order {}: given up, since its handling failed: {}", id.value, broken.what());
      found->second.abandon(*this);
      forget(id);
      return;
    }
    if (found->second.finished()) return forget(id);
    if (found->second.only_gives_back() && giving_back_.insert(id).second) {
      ++context_->counters.placements_giving_back;
      pass_cart_on(id);
    }
  }

  void forget(OrderId id) {
    placements_.erase(id);
    --context_->counters.placements;
    if (giving_back_.erase(id) > 0) --context_->counters.placements_giving_back;
    pass_cart_on(id);
  }

  /// No order is or will be made of the cart by `from`: the next one that waits for it may try.
  void pass_cart_on(OrderId from) {
    if (cart_order_ != from) return;
    cart_order_.reset();
    while (!cart_order_ && !waiting_for_cart_.empty()) {
      auto next = std::move(waiting_for_cart_.front());
      waiting_for_cart_.pop_front();
      if (!skip_unwanted(next)) start(next);
    }
  }

  /// A Reply whose answer is fed to the placement, on this actor's thread.
  template <class T, class Feed>
  Reply<T> news(OrderId order, Feed feed, Wanted wanted = {}) {
    auto take = [this, order, feed = std::move(feed)](Result<T> result) {
      with(order, [&](Placement& placement) { feed(placement, std::move(result)); });
    };
    return reply_on<T>(handle(), std::move(take), std::move(wanted));
  }

  /// A Reply whose answer is fed to the request of a key.
  template <class T>
  Reply<T> keyed_news(OrderId id, const std::string& key,
                      void (KeyedOrders::*feed)(const std::string&, OrderId, Result<T>, KeyedWork&),
                      Wanted wanted) {
    auto take = [this, id, key, feed](Result<T> result) {
      (keyed_.*feed)(key, id, std::move(result), *this);
      keep_ticking();
    };
    return reply_on<T>(handle(), std::move(take), std::move(wanted));
  }

  void keep_ticking() {
    if (ticking_ || idle()) return;
    ticking_ = true;
    self_->delayed_send(handle(), deadline_tick, Tick{});
  }

  Customer::pointer self_;
  const Context* context_ = nullptr;
  Registry parent_;
  CustomerId id_;
  std::unordered_map<OrderId, Placement> placements_;
  std::unordered_set<OrderId> giving_back_;  ///< answered, and only waiting for their units to be given back
  WaitingOrders waiting_for_cart_;
  KeyedOrders keyed_;
  std::optional<OrderId> cart_order_;  ///< the order that is being made of the cart
  std::uint64_t handled_ = 0;
  bool ticking_ = false;
};

namespace {

Customer::behavior_type customer(Customer::stateful_pointer<CustomerState> self, const Context* context,
                                 Registry parent, CustomerId id) {
  auto& state = self->state;
  state.attach(context, std::move(parent), id);
  return {
      [&state](PlaceOrder& order) { state.place(order); },
      [](Call& call) { call.run(); },
      [&state](Tick) { state.tick(); },
      [&state](RetireIfIdle) { state.retire_if_idle(); },
      [self](Retire) { self->quit(); },
  };
}

}  // namespace

Customer spawn_customer(caf::actor_system& system, const Context& context, const Registry& parent,
                        CustomerId id) {
  return system.spawn<caf::lazy_init>(customer, &context, parent, id);
}

}  // namespace orders::actors
