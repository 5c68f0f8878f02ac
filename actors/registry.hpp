// The order registry: where every request about orders that changes something comes in. It gives each order
// its id (from blocks of the database's sequence, so that reservations can name an order before it exists),
// knows the actor of each active customer, and passes changes of status on. Spawned by the supervisor.
#pragma once

#include "actors/context.hpp"
#include "actors/protocol.hpp"

namespace orders::actors {

Registry spawn_registry(caf::actor_system& system, const Context& context);

}  // namespace orders::actors
