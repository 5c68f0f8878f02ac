// Makes a database's tables ready: creates what is missing and takes over what an older installation made.
// Used by opening.cpp at start, before any store is made. Blocks, and may run in any thread; several
// processes may do so at once.
#pragma once

#include <chrono>

#include "config/config.hpp"
#include "domain/result.hpp"

namespace orders::persistence {

/// Brings the schema to the newest version, in one transaction under an advisory lock. Rows that are there
/// stay, with their ids. Tables may be rewritten when an older installation is taken over, so statements get
/// `limit`. Errors: storage_unavailable; outcome_unknown (run it again); internal (refused, or made by a
/// newer orderd).
Result<Done> prepare_schema(const config::Database& settings,
                            std::chrono::milliseconds limit = std::chrono::minutes(15));

}  // namespace orders::persistence
