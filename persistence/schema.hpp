// Makes a database ready: waits for the server, creates what is missing and takes over what an older
// installation made. Used by main.cpp at start, before any store is made. Both functions block, and may run
// in any thread; several processes may do so at once.
#pragma once

#include <chrono>
#include <functional>

#include "config/config.hpp"
#include "domain/result.hpp"

namespace orders::persistence {

/// Tries to connect until it works, backing off from reconnect_min to reconnect_max; logs that the server is
/// not there yet, and why. Ends when `stop` says so (asked often; it must be quick) or the deadline passes.
/// Errors: storage_unavailable (with the last reason), shutting_down (`stop`), internal (the url can't be
/// read).
Result<Done> connect_with_patience(const config::Database& settings, const std::function<bool()>& stop,
                                   std::chrono::steady_clock::time_point deadline);

/// Brings the schema to the newest version, in one transaction under an advisory lock. Rows that are there
/// stay, with their ids. Tables may be rewritten when an older installation is taken over, so statements get
/// `limit`. Errors: storage_unavailable; outcome_unknown (run it again); internal (refused, or made by a
/// newer orderd).
Result<Done> prepare_schema(const config::Database& settings,
                            std::chrono::milliseconds limit = std::chrono::minutes(15));

}  // namespace orders::persistence
