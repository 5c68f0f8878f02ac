// The table of carts that orders have been made of: one order a cart, and whether the cart is marked as
// ordered, which is the business of the instance that is the row's owner. Called inside a Session's body,
// whose thread they belong to; they throw what the session throws.
#pragma once

#include <cstdint>
#include <vector>

#include "domain/order_store.hpp"

namespace orders::persistence {

class Session;

/// Claims the carts of these orders (each has one) for them, in the transaction at hand, with `epoch` as the
/// owner; the orders that got theirs. Waits for whoever is just claiming one of them.
std::vector<OrderId> claim_carts(Session& session, const std::vector<const OrderCommit*>& orders,
                                 std::int64_t epoch);

/// Of carts that were just seen active: opens those that are recorded as closed again; which they were.
std::vector<CartKey> reopen_carts(Session& session, const std::vector<CartKey>& carts, std::int64_t epoch);

/// A single statement.
void close_carts(Session& session, const std::vector<CartKey>& carts);

std::vector<OpenCart> open_carts(Session& session, std::int32_t limit);

/// Two statements that may be run twice: OrderStore::take_open_carts.
CartTurn take_open_carts(Session& session, const std::vector<CartKey>& at_work, std::int32_t limit,
                         std::int64_t epoch);

}  // namespace orders::persistence
