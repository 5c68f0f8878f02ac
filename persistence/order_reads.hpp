// Reading orders and their items: the statements behind PostgresOrderStore's lists, also used inside the
// writing transactions for orders that are there already. Called inside a Session's body, whose thread they
// belong to; they throw what the session throws.
#pragma once

#include <cstdint>
#include <vector>

#include "domain/order_store.hpp"

namespace orders::persistence {

class Session;

/// Those that exist, ascending by id, with their items in the order of their lines.
std::vector<Order> orders_by_id(Session& session, const std::vector<OrderId>& ids);

/// A page, ascending by id. Two round trips, however many orders it has.
std::vector<Order> orders_like(Session& session, const OrderQuery& query);

/// A page of items, ascending by id.
std::vector<OrderItemRow> items_after(Session& session, std::int64_t after, std::int32_t limit);

}  // namespace orders::persistence
