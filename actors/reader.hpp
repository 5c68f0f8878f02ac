// Reads from the store on a thread of its own, which may block on PostgreSQL. What is read, and who gets it,
// comes with the Query. Spawned by the supervisor.
#pragma once

#include "actors/order_writer.hpp"

namespace orders::actors {

Reader spawn_reader(caf::actor_system& system, const OpenStore& open);

}  // namespace orders::actors
