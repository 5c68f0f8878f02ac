// An order as clients see it, and the lines it is made of. Plain values, safe in any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "domain/ids.hpp"

namespace orders {

/// Wall-clock time to the microsecond, which is what PostgreSQL's timestamptz keeps.
using Timestamp = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// The status every order begins with.
inline constexpr const char* initial_status = "Ordered";

/// Status texts are 1 to this many Unicode characters, NUL apart.
inline constexpr int status_characters_max = 64;

/// A line as the client asked for it; also "so many units of one product" once lines of one product are
/// summed.
struct OrderLine {
  ProductId product;
  std::int32_t quantity = 0;  ///< 1 to 2147483647
};

/// A line as it stands in the database.
struct OrderItem {
  std::int64_t id = 0;
  ProductId product;
  std::int32_t quantity = 0;
};

/// A row of GET /order_items: an item and the order it belongs to.
struct OrderItemRow {
  OrderItem item;
  OrderId order;
};

struct Order {
  OrderId id;
  CustomerId customer;
  std::string status = initial_status;
  std::vector<OrderItem> items;
  Timestamp created_at;
  Timestamp updated_at;
};

}  // namespace orders
