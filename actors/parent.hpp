// What the parents of many children have in common: sweeping the idle ones about once a second, forgetting
// those that died, ending all of them when the parent ends. Used by the registry (customers) and the catalog
// proxy (products). Lives in one actor.
#pragma once

#include <chrono>

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include "actors/context.hpp"
#include "actors/residents.hpp"

namespace orders::actors {

inline constexpr std::chrono::milliseconds sweep_every{500};

template <class Parent, class Key, class Child>
class ParentState {
 public:
  explicit ParentState(typename Parent::pointer self) : self_(self) {}
  ParentState(const ParentState&) = delete;
  ParentState& operator=(const ParentState&) = delete;
  ParentState(ParentState&&) = delete;
  ParentState& operator=(ParentState&&) = delete;
  virtual ~ParentState() {
    residents_.each([](const Child& child) { caf::anon_send_exit(child, caf::exit_reason::kill); });
  }

  void attach(const Context* context, std::chrono::milliseconds idle, std::size_t most) {
    context_ = context;
    residents_ = Residents<Key, Child>(idle, most);
    self_->set_down_handler([this](caf::down_msg& down) {
      if (!down.reason) return;  // retired
      ++context_->counters.actors_restarted;
      residents_.forget(down.source);
      spdlog::error("a {} actor died ({}); its orders are told, and the next message finds a new one",
                    child_name(), self_->system().render(down.reason));
    });
    sweep_later();
  }

  /// To the child of this key. False, and `message` is left as it was: there is no room for one more, and
  /// the message is not one that `must` arrive.
  template <class Message>
  [[nodiscard]] bool forward(Key key, Message& message, bool must = false) {
    const auto make = [this](Key fresh) {
      auto child = spawn(fresh);
      self_->monitor(child);
      return child;
    };
    return residents_.send(key, std::move(message), make, must);
  }

  void retire(const AskToRetire<Key>& ask) { residents_.retire(ask); }

  void sweep() {
    residents_.sweep();
    sweep_later();
  }

 protected:
  virtual Child spawn(Key key) = 0;
  [[nodiscard]] virtual const char* child_name() const = 0;
  [[nodiscard]] Parent handle() const { return caf::actor_cast<Parent>(self_); }
  [[nodiscard]] typename Parent::pointer self() const { return self_; }
  [[nodiscard]] const Context& context() const { return *context_; }

 private:
  void sweep_later() { self_->delayed_send(handle(), sweep_every, Tick{}); }

  typename Parent::pointer self_;
  const Context* context_ = nullptr;
  Residents<Key, Child> residents_{std::chrono::milliseconds(0), 0};
};

}  // namespace orders::actors
