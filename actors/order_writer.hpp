// Writes orders: takes whatever commits and changes of status have queued up and writes each kind in one
// transaction (T_order). Answers only what is durable. Lives on a thread of its own, which may block on
// PostgreSQL. One writer serves the same customers always. Spawned by the supervisor.
#pragma once

#include <functional>
#include <memory>

#include <caf/fwd.hpp>

#include "actors/context.hpp"
#include "actors/protocol.hpp"

namespace orders::actors {

using OpenStore = std::function<std::unique_ptr<OrderStore>()>;

OrderWriter spawn_order_writer(caf::actor_system& system, const Context& context, const OpenStore& open);

}  // namespace orders::actors
