// The actor of one product: runs its cycles (rules R1 to R4). While one is under way, holds and releases
// queue up, and the next cycle takes them all: a hundred orders of one product cost one GET, one movement and
// one PUT. Spawned and retired by the catalog proxy.
#pragma once

#include "actors/context.hpp"
#include "actors/protocol.hpp"

namespace orders::actors {

/// Spawns the actor. When it dies, its queued holds and releases tell their orders so (Reply), and those ask
/// again.
Product spawn_product(caf::actor_system& system, const Context& context, const Catalog& parent, ProductId id);

}  // namespace orders::actors
