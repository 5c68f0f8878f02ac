// Writes the stock journal: takes whatever cycles have queued up and records them in one transaction
// (T_intent). Lives on a thread of its own, which may block on PostgreSQL. One writer serves the same
// products always, so that what concerns one product keeps its order. Spawned by the supervisor.
#pragma once

#include <functional>
#include <memory>

#include <caf/fwd.hpp>

#include "actors/context.hpp"
#include "actors/protocol.hpp"

namespace orders::actors {

using OpenJournal = std::function<std::unique_ptr<StockJournal>()>;

IntentWriter spawn_intent_writer(caf::actor_system& system, const Context& context, const OpenJournal& open);

}  // namespace orders::actors
