// Answers GET /audit on a thread of its own, one page after another: an audit blocks on PostgreSQL and on the
// catalog, and must not hold up those who place orders. Spawned by the supervisor.
#pragma once

#include <functional>
#include <memory>

#include "actors/context.hpp"
#include "domain/audit_book.hpp"

namespace orders::actors {

using OpenAuditBook = std::function<std::unique_ptr<AuditBook>()>;

Auditor spawn_auditor(caf::actor_system& system, const Context& context, const OpenAuditBook& open);

}  // namespace orders::actors
