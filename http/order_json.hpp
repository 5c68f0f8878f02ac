// Orders and their items as JSON, the way clients see them. Pure functions, any thread.
#pragma once

#include <string>
#include <vector>

#include "domain/order.hpp"

namespace orders::http {

/// {"id":..,"customer_id":..,"status":..,"items":[..],"created_at":..,"updated_at":..}
std::string to_json(const Order& order);
/// The same of several, separated by commas, without brackets: for lists written piece by piece.
std::string to_json_elements(const std::vector<Order>& orders);
std::string to_json_elements(const std::vector<OrderItemRow>& rows);

/// RFC 3339, UTC, to the microsecond: 2026-11-22T21:46:00.123456Z
std::string rfc3339(Timestamp time);

}  // namespace orders::http
