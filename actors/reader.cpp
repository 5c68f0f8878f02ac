#include "actors/reader.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace orders::actors {

namespace {

struct ReaderState {
  static constexpr const char* name = "reader";
  std::unique_ptr<OrderStore> store;
};

Reader::behavior_type reader(Reader::stateful_pointer<ReaderState> self, const OpenStore& open) {
  self->state.store = open();
  return {[self](Query& query) { query.run(*self->state.store); }};
}

}  // namespace

Reader spawn_reader(caf::actor_system& system, const OpenStore& open) {
  return system.spawn<caf::detached>(reader, open);
}

}  // namespace orders::actors
