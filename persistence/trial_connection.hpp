// Finds out whether the server takes connections and answers on them, before SOCI is let loose on it. Used by
// session.cpp each time it connects; any thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "persistence/watchdog.hpp"

namespace orders::persistence {

/// Connects, runs `statement` (for at most `limit`) and closes the connection again. What went wrong, in
/// libpq's words; empty when nothing did. Throws std::system_error when there are no descriptors left.
std::string try_connection(const std::string& connection_string, const std::string& statement,
                           const std::shared_ptr<Watchdog>& watchdog, std::chrono::milliseconds limit);

}  // namespace orders::persistence
