// The epochs of the instances that run, as a part of statements: each holds the advisory lock of its own
// (advisory_locks.hpp) as long as it lives (rule R9). A constant, any thread.
#pragma once

namespace orders::persistence {

/// `alive (epoch)`, for a WITH clause. The class is "ordd".
inline constexpr const char* alive_epochs =
    "alive AS MATERIALIZED (SELECT objid::bigint AS epoch FROM pg_locks WHERE locktype = 'advisory'"
    " AND granted AND classid = 1869767780 AND objsubid = 2 AND objid::bigint BETWEEN 1 AND 2147483647"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))";

}  // namespace orders::persistence
