// The routes about orders: from a request to a question for OrderService, from its reply to an answer. Called
// on the server's threads; nothing here blocks.
#pragma once

#include <vector>

#include "http/routes.hpp"

namespace orders::http {

std::vector<Route> order_routes(Surroundings& surroundings);

}  // namespace orders::http
