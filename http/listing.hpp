// Lists: one page when a limit is asked for, else everything, streamed page by page as fast as the client
// reads, in the memory of a page. Called on the server's threads, goes on wherever the reads and the
// drained socket call back.
#pragma once

#include <optional>

#include "domain/order_store.hpp"
#include "http/routes.hpp"

namespace orders::http {

/// GET /orders with its parameters.
void get_orders(Surroundings& around, const RoutedRequest& routed, const PendingAnswer& answer);
/// GET /order_items with its parameters.
void get_order_items(Surroundings& around, const RoutedRequest& routed, const PendingAnswer& answer);

/// All orders the query selects, as {"orders":[...]}; `if_none` is answered when there is none.
void list_orders(Surroundings& around, const OrderQuery& query, const PendingAnswer& answer,
                 std::optional<Error> if_none);

}  // namespace orders::http
