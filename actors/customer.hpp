// The actor of one customer: carries the customer's orders from request to answer. Orders with lines of their
// own run side by side; orders from the cart one after another, since the next one must see what the one
// before made of the cart. Spawned and retired by the order registry.
#pragma once

#include "actors/context.hpp"
#include "actors/protocol.hpp"

namespace orders::actors {

/// Spawns the actor; nobody supervises it, since its state is worth nothing to a successor: when it dies, it
/// gives back what its orders hold, and their clients are told.
Customer spawn_customer(caf::actor_system& system, const Context& context, const Registry& parent,
                        CustomerId id);

}  // namespace orders::actors
