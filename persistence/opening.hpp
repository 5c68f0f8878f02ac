// Opens the database at start: waits for the server, brings the schema up to date and takes this instance's
// epoch and locks. Used by main.cpp, once; blocks, and may run in any thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "config/config.hpp"
#include "domain/result.hpp"
#include "persistence/instance.hpp"

namespace orders::persistence {

/// Tries until it works, backing off from reconnect_min to reconnect_max; logs that the database cannot be
/// used yet, and why. A server that goes away half way through is waited for like one that is not there yet.
/// `shared`: as of Instance::start. Ends when `stop` says so (asked often; it must be quick) or the deadline
/// passes. Errors: storage_unavailable (with the last reason), shutting_down (`stop`), internal (trying again
/// would not help: the url can't be read, a newer orderd made the schema, another instance has the database).
Result<std::unique_ptr<Instance>> open_database(const config::Database& settings, bool shared,
                                                const std::function<bool()>& stop,
                                                std::chrono::steady_clock::time_point deadline);

}  // namespace orders::persistence
