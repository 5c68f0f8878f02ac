// Carts whose order is committed, until they are marked as ordered and that is recorded. Each is in the table
// cart_closings, and the business of one instance; the table is looked at from time to time for those of dead
// instances and for those that found no room in memory. Part of the cart proxy; lives in its actor.
#pragma once

#include <chrono>
#include <map>
#include <set>

#include "actors/back_off.hpp"
#include "actors/context.hpp"
#include "actors/protocol.hpp"

namespace orders::actors {

class CartClosings {
 public:
  using Clock = std::chrono::steady_clock;

  CartClosings() = default;
  CartClosings(const CartClosings&) = delete;
  CartClosings& operator=(const CartClosings&) = delete;
  CartClosings(CartClosings&&) = delete;
  CartClosings& operator=(CartClosings&&) = delete;
  ~CartClosings();

  /// `self`: the actor this is a part of.
  void attach(const Context* context, CartProxy self);

  /// An order has been made of it, only the cart service may lag behind. False for those not in memory, too.
  [[nodiscard]] bool contains(CartKey cart) const { return closings_.count(cart) != 0; }

  /// Tries at once, and then until it is done.
  void close(CloseCart& ask);
  /// About ten times a second.
  void tick();

 private:
  struct Closing {
    OpenCart cart;
    Reply<Done> first_try;
    BackOff back_off;
    Clock::time_point due;
    bool under_way = false;
    bool seen_gone = false;  ///< once: the service may have lied
    bool closed = false;     ///< only its record is missing
  };

  void add(const OpenCart& cart, Reply<Done> first_try);
  void forget(CartKey id);
  void try_due(Clock::time_point now);
  void try_to_close(CartKey id);
  void on_looked(CartKey id, const Result<std::optional<Cart>>& cart);
  void put_closed(CartKey id);
  void on_closed(CartKey id);
  void put_off(CartKey id, const std::string& reason);
  void record(CartKey id);
  void on_recorded(CartKey id, const Result<Done>& done);
  void end_try(Closing& closing);
  void look_into_table();
  void on_turn(const std::vector<CartKey>& at_work, const Result<CartTurn>& turn);

  [[nodiscard]] Deadline soon() const { return Clock::now() + context_->settings.orders.deadline; }
  [[nodiscard]] std::size_t room() const;

  /// A callback for the client that brings its answer to the actor's thread.
  template <class T, class Then>
  std::function<void(Result<T>)> on_self(Then then) {
    return [reply = reply_on<T>(self_, std::move(then))](Result<T> result) { reply(std::move(result)); };
  }

  const Context* context_ = nullptr;
  CartProxy self_;
  std::map<CartKey, Closing> closings_;
  std::set<CustomerId> closing_customers_;  ///< a try of theirs is under way
  std::size_t tries_ = 0;                   ///< under way
  bool looking_ = false;
  Clock::time_point look_next_;
  Clock::time_point ours_since_;  ///< when the table last said which are ours
};

}  // namespace orders::actors
