// The catalog proxy: the actors' side of the product catalog. It knows the actor of each active product,
// spawns it when a product is first spoken of and lets it go when it has not been for a while. Spawned by the
// supervisor.
#pragma once

#include "actors/context.hpp"
#include "actors/protocol.hpp"

namespace orders::actors {

Catalog spawn_catalog(caf::actor_system& system, const Context& context);

}  // namespace orders::actors
