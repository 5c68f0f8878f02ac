// The route of the recovery report, for operators. Called on the server's threads; nothing here blocks.
#pragma once

#include <string>
#include <vector>

#include "domain/recovery.hpp"
#include "http/routes.hpp"

namespace orders::http {

std::vector<Route> recovery_routes(Surroundings& surroundings);

/// {"status":"running"|"finished","started_at":..,"finished_at":..,"at_start":{..},"later":{..},..}
std::string to_json(const RecoveryReport& report);

}  // namespace orders::http
