// The children of a registry: one actor for each active key, spawned when first spoken to, retired when not
// used for a while, so that memory is bounded by the active ones. Lives in one actor; not thread-safe.
//
// Retiring takes two steps, because a message may be on its way while a child decides: the parent counts what
// it has sent to each child, the child asks to retire naming the count it has seen, and only if nothing is on
// its way it is let go.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <utility>

#include "actors/switchboard.hpp"

namespace orders::actors {

template <class Key, class Handle>
class Residents {
 public:
  using Clock = std::chrono::steady_clock;

  /// `idle`: how long a child may go unused. `most`: how many there may be; when their number comes near it,
  /// the ones unused longest are asked to leave at once.
  Residents(std::chrono::milliseconds idle, std::size_t most) : idle_(idle), most_(most) {}

  [[nodiscard]] std::size_t size() const { return children_.size(); }

  /// Sends to the child of this key; `spawn(key)` makes it when there is none. False, and `message` is left
  /// as it was: there is none and no room for one, unless the message `must` arrive.
  template <class Message, class Spawn>
  bool send(Key key, Message&& message, Spawn&& spawn, bool must = false) {
    auto found = children_.find(key);
    if (found == children_.end()) {
      if (children_.size() + most_ / 8 >= most_) ask_oldest();
      if (children_.size() >= most_ && !must) return false;
      order_.push_back(key);
      found = children_.emplace(key, Child{spawn(key), 0, Clock::now(), std::prev(order_.end())}).first;
    } else {
      order_.splice(order_.end(), order_, found->second.place);
    }
    Child& child = found->second;
    child.used = Clock::now();
    ++child.sent;
    tell(child.handle, std::forward<Message>(message));
    return true;
  }

  /// Asks those that have not been used for long, or are too many, whether they can go. Call it about once a
  /// second.
  void sweep() {
    const auto unused_since = Clock::now() - idle_;
    std::size_t too_many = children_.size() > most_ ? children_.size() - most_ : 0;
    auto next = order_.begin();
    for (std::size_t asked = 0; asked < order_.size() && next != order_.end(); ++asked) {
      const auto place = next++;
      Child& child = children_.at(*place);
      if (too_many == 0 && child.used > unused_since) break;
      if (too_many > 0) --too_many;
      tell(child.handle, RetireIfIdle{});
    }
  }

  /// A child asks to retire: lets it go unless something is on its way to it.
  void retire(const AskToRetire<Key>& ask) {
    const auto found = children_.find(ask.key);
    if (found == children_.end() || found->second.sent != ask.handled) return;
    tell(found->second.handle, Retire{});
    order_.erase(found->second.place);
    children_.erase(found);
  }

  /// Forgets a child that has died. The next message for its key finds a new one.
  template <class Address>
  bool forget(const Address& address) {
    for (auto child = children_.begin(); child != children_.end(); ++child) {
      if (child->second.handle.address() == address) {
        order_.erase(child->second.place);
        children_.erase(child);
        return true;
      }
    }
    return false;
  }

  template <class Act>
  void each(Act&& act) {
    for (auto& child : children_) act(child.second.handle);
  }

 private:
  /// Two for each that comes, so that their number falls. Asked, they count as used: next time it is the turn
  /// of others.
  void ask_oldest() {
    for (int asked = 0; asked < 2 && !order_.empty(); ++asked) {
      Child& child = children_.at(order_.front());
      child.used = Clock::now();
      order_.splice(order_.end(), order_, child.place);
      tell(child.handle, RetireIfIdle{});
    }
  }

  struct Child {
    Handle handle;
    std::uint64_t sent = 0;
    Clock::time_point used;
    typename std::list<Key>::iterator place;
  };

  std::chrono::milliseconds idle_;
  std::size_t most_;
  std::unordered_map<Key, Child> children_;
  std::list<Key> order_;  ///< least recently used first
};

}  // namespace orders::actors
