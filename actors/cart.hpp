// The cart proxy: the actors' side of the shopping cart service. It fetches carts with their lines, many
// carts' lines with one request, and marks carts whose order is committed as ordered, again and again until
// it is done, also for those an earlier run of the service left open. Spawned by the supervisor.
#pragma once

#include "actors/context.hpp"
#include "actors/protocol.hpp"

namespace orders::actors {

CartProxy spawn_cart_proxy(caf::actor_system& system, const Context& context);

}  // namespace orders::actors
