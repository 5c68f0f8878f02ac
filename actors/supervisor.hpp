// Starts the actors with a fixed role, restarts what dies and connects the successor on the switchboard. What
// a dead one left unanswered is answered by the Replies it held. Too many restarts within a minute mean that
// something is broken that restarting does not mend: then the process is asked to give up. One for the
// process, made by OrderService.
#pragma once

#include <functional>
#include <string>

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include "actors/auditor.hpp"
#include "actors/context.hpp"
#include "actors/intent_writer.hpp"
#include "actors/order_writer.hpp"

namespace orders::actors {

struct Factories {
  OpenJournal open_journal;
  OpenStore open_store;
  OpenAuditBook open_audit_book;
  /// Called at most once, from an actor's thread, with the reason; must not block.
  std::function<void(const std::string&)> give_up;
};

/// Sending it exit_reason::user_shutdown ends it and all it has started.
caf::actor spawn_supervisor(caf::actor_system& system, Context& context, Factories factories);

}  // namespace orders::actors
