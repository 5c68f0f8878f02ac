// Finds what was left undone and has it done (rules R9 to R11): products whose last movement is unsettled,
// units owed by cancelled orders, holds of processes that are gone, PUTs in doubt. It walks over them page by
// page, at the start and from time to time, and asks the products' actors to run their ordinary cycle, a few
// at a time. On a thread of its own, since reading the journal blocks. Spawned by the supervisor; tells what
// it did in Context::recovery.
#pragma once

#include "actors/intent_writer.hpp"

namespace orders::actors {

Recovery spawn_recovery(caf::actor_system& system, const Context& context, const OpenJournal& open);

}  // namespace orders::actors
