// Where the actors with a fixed role are to be found now. The supervisor connects a role when it (re)starts
// an actor; everybody else asks at each send, so that nobody keeps a handle to an actor that has died. Any
// thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <caf/send.hpp>

#include "actors/protocol.hpp"

namespace orders::actors {

/// The handles of the fixed roles. Writers are chosen by key, so that what concerns one product or one
/// customer keeps its order; readers take turns.
struct Roles {
  Registry registry;
  Catalog catalog;
  CartProxy cart;
  std::vector<IntentWriter> intent_writers;
  std::vector<OrderWriter> order_writers;
  std::vector<Reader> readers;
  Auditor auditor;
  Recovery recovery;
};

class Switchboard {
 public:
  void connect(Roles roles) {
    auto fresh = std::make_shared<const Roles>(std::move(roles));
    const std::lock_guard<std::mutex> guard(mutex_);
    roles_.swap(fresh);
  }

  [[nodiscard]] Registry registry() const { return now()->registry; }
  [[nodiscard]] Catalog catalog() const { return now()->catalog; }
  [[nodiscard]] CartProxy cart() const { return now()->cart; }
  [[nodiscard]] IntentWriter intent_writer(ProductId product) const {
    return pick(now()->intent_writers, product);
  }
  [[nodiscard]] OrderWriter order_writer(CustomerId customer) const {
    return pick(now()->order_writers, customer);
  }
  [[nodiscard]] OrderWriter order_writer(OrderId order) const { return pick(now()->order_writers, order); }
  [[nodiscard]] Auditor auditor() const { return now()->auditor; }
  [[nodiscard]] Reader reader() const {
    const auto roles = now();
    return roles->readers.empty() ? Reader{} : roles->readers[turn_++ % roles->readers.size()];
  }

 private:
  [[nodiscard]] std::shared_ptr<const Roles> now() const {
    const std::lock_guard<std::mutex> guard(mutex_);
    return roles_;
  }
  template <class Handle, class Key>
  static Handle pick(const std::vector<Handle>& handles, Key key) {
    return handles.empty() ? Handle{} : handles[std::hash<Key>{}(key) % handles.size()];
  }

  mutable std::mutex mutex_;
  std::shared_ptr<const Roles> roles_ = std::make_shared<const Roles>();
  mutable std::atomic<std::size_t> turn_{0};
};

/// Sends, if there is anybody to send to; a Reply in `message` tells the asker otherwise.
template <class Handle, class Message>
void tell(const Handle& to, Message&& message) {
  if (to) caf::anon_send(to, std::forward<Message>(message));
}

/// A Reply whose answer is handled by `then` on the thread of actor `self`, which must understand Call.
template <class T, class Handle, class Then>
Reply<T> reply_on(const Handle& self, Then then, Wanted wanted = {}) {
  auto post = [self, then = std::move(then)](Result<T> result) {
    caf::anon_send(self, Call{[then, result = std::move(result)]() mutable { then(std::move(result)); }});
  };
  return Reply<T>(std::move(post), std::move(wanted));
}

}  // namespace orders::actors
