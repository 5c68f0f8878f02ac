#include "actors/supervisor.hpp"

#include <deque>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <spdlog/spdlog.h>

#include "actors/cart.hpp"
#include "actors/catalog.hpp"
#include "actors/reader.hpp"
#include "actors/recovery.hpp"
#include "actors/registry.hpp"

namespace orders::actors {

class SupervisorState {
 public:
  static constexpr const char* name = "supervisor";

  explicit SupervisorState(caf::event_based_actor* self) : self_(self) {}
  SupervisorState(const SupervisorState&) = delete;
  SupervisorState& operator=(const SupervisorState&) = delete;
  SupervisorState(SupervisorState&&) = delete;
  SupervisorState& operator=(SupervisorState&&) = delete;

  ~SupervisorState() {
    if (context_ == nullptr) return;
    context_->board.connect({});  // nobody sends to what is about to end
    for (const auto& end : ends_) end();
  }

  void attach(Context* context, Factories factories) {
    context_ = context;
    factories_ = std::move(factories);
    self_->set_down_handler([this](const caf::down_msg& down) { on_down(down); });
    const auto& database = context_->settings.database;
    roles_.intent_writers.resize(database.intent_writers);
    roles_.order_writers.resize(database.order_writers);
    roles_.readers.resize(database.readers);
    // Writers and readers first: the others send to them as soon as they are there.
    for (auto& writer : roles_.intent_writers) {
      keep(writer,
           [this] { return spawn_intent_writer(self_->system(), *context_, factories_.open_journal); });
    }
    for (auto& writer : roles_.order_writers) {
      keep(writer, [this] { return spawn_order_writer(self_->system(), *context_, factories_.open_store); });
    }
    for (auto& reader : roles_.readers) {
      keep(reader, [this] { return spawn_reader(self_->system(), factories_.open_store); });
    }
    keep(roles_.auditor,
         [this] { return spawn_auditor(self_->system(), *context_, factories_.open_audit_book); });
    keep(roles_.cart, [this] { return spawn_cart_proxy(self_->system(), *context_); });
    keep(roles_.catalog, [this] { return spawn_catalog(self_->system(), *context_); });
    keep(roles_.registry, [this] { return spawn_registry(self_->system(), *context_); });
    context_->board.connect(roles_);
    // Last, since it finds work for the others at once.
    keep(roles_.recovery,
         [this] { return spawn_recovery(self_->system(), *context_, factories_.open_journal); });
    context_->board.connect(roles_);
  }

 private:
  /// Starts an actor in its place among the roles, and again whenever it has died.
  template <class Handle, class Spawn>
  void keep(Handle& place, Spawn spawn) {
    auto start = [this, &place, spawn] {
      place = spawn();
      self_->monitor(place);
    };
    start();
    kept_.push_back({[&place] { return place.address(); }, start});
    ends_.push_back([&place] {
      if (place) caf::anon_send_exit(place, caf::exit_reason::user_shutdown);
    });
  }

  void on_down(const caf::down_msg& down) {
    for (const auto& kept : kept_) {
      if (kept.address() != down.source) continue;
      ++context_->counters.actors_restarted;
      const auto reason = self_->system().render(down.reason);
      spdlog::error("an actor died ({}) and is restarted; what it had not answered is answered as lost",
                    reason);
      if (too_many_restarts()) {
        factories_.give_up("actors died too often; last reason: " + reason);
        self_->quit();
        return;
      }
      kept.start();
      context_->board.connect(roles_);
      return;
    }
  }

  bool too_many_restarts() {
    const auto now = std::chrono::steady_clock::now();
    restarts_.push_back(now);
    while (restarts_.front() < now - std::chrono::minutes(1)) restarts_.pop_front();
    return restarts_.size() > context_->settings.actors.restarts_per_minute_max;
  }

  struct Kept {
    std::function<caf::actor_addr()> address;
    std::function<void()> start;
  };

  caf::event_based_actor* self_;
  Context* context_ = nullptr;
  Factories factories_;
  Roles roles_;
  std::vector<Kept> kept_;
  std::vector<std::function<void()>> ends_;
  std::deque<std::chrono::steady_clock::time_point> restarts_;
};

namespace {

caf::behavior supervisor(caf::stateful_actor<SupervisorState>* self, Context* context,
                         const Factories& factories) {
  self->state.attach(context, factories);
  return {[](Tick) {}};  // it only listens to deaths
}

}  // namespace

caf::actor spawn_supervisor(caf::actor_system& system, Context& context, Factories factories) {
  return system.spawn(supervisor, &context, std::move(factories));
}

}  // namespace orders::actors
