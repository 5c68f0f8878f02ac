// Finds what is left to do about products: unsettled movements, owed units, holds of processes that are gone,
// PUTs in doubt (rules R5, R9 to R11). Used by PostgresStockJournal, inside Session::read; belongs to that
// thread. Takes no locks.
#pragma once

#include <cstdint>
#include <vector>

#include "domain/recovery.hpp"

namespace orders::persistence {

class Session;

/// A page of products, ascending. `epoch` is this instance's own: its holds are not orphans, whatever became
/// of its lock. Throws what the session throws.
std::vector<Unfinished> find_unfinished(Session& session, const UnfinishedQuery& query, std::int64_t epoch);

}  // namespace orders::persistence
