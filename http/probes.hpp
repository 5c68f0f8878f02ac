// The routes that are not about orders: the greeting, whether the service lives and is ready, what it counts.
// Called on the server's threads; nothing here blocks.
#pragma once

#include <vector>

#include "http/routes.hpp"

namespace orders::http {

std::vector<Route> probe_routes(Surroundings& surroundings);

}  // namespace orders::http
