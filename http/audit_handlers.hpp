// The route of the audit, for operators. Called on the server's threads; nothing here blocks.
#pragma once

#include <vector>

#include "http/routes.hpp"

namespace orders::http {

std::vector<Route> audit_routes(Surroundings& surroundings);

}  // namespace orders::http
