#include "http/order_handlers.hpp"

#include <limits>

#include "http/idempotency_key.hpp"
#include "http/json_body.hpp"
#include "http/listing.hpp"
#include "http/order_json.hpp"
#include "http/parameters.hpp"
#include "http/problem.hpp"

namespace orders::http {

namespace {

Response placed_order(const PlacedOrder& placed) {
  Response response;
  response.status = 201;
  response.content_type = "application/json";
  response.headers.emplace_back("Location", "/orders/" + std::to_string(placed.order.id.value));
  if (placed.replayed) response.headers.emplace_back(replayed_header, "true");
  response.body = to_json(placed.order);
  return response;
}

void place_order(Surroundings& around, const RoutedRequest& routed, const PendingAnswer& answer) {
  if (const auto unknown = unknown_parameter(routed.request, {})) return answer.fail(*unknown);
  const auto customer = customer_id(routed.parameters[0]);
  if (!customer.ok()) return answer.fail(customer.error());
  auto lines = read_order_lines(routed.request.body, around.settings.orders.lines_max);
  if (!lines.ok()) return answer.fail(lines.error());
  auto key_text = read_idempotency_key(routed.request);
  if (!key_text.ok()) return answer.fail(key_text.error());
  std::optional<RequestKey> key;
  if (key_text.value()) {
    key = RequestKey{std::move(*key_text.value()), canonical_request(lines.value()), routed.request.id};
  }
  around.orders.place(customer.value(), std::move(lines.value()), std::move(key),
                      Reply<PlacedOrder>(
                          [answer](const Result<PlacedOrder>& placed) {
                            if (!placed.ok()) return answer.fail(placed.error());
                            answer.send(placed_order(placed.value()));
                          },
                          answer.watch()));
}

void change_status(Surroundings& around, const RoutedRequest& routed, const PendingAnswer& answer) {
  if (const auto unknown = unknown_parameter(routed.request, {})) return answer.fail(*unknown);
  const auto id = order_id(routed.parameters[0]);
  if (!id.ok()) return answer.fail(id.error());
  auto status = read_status(routed.request.body);
  if (!status.ok()) return answer.fail(status.error());
  around.orders.change_status({id.value(), std::move(status.value())},
                              Reply<Order>(
                                  [answer](const Result<Order>& changed) {
                                    if (!changed.ok()) return answer.fail(changed.error());
                                    answer.json(200, to_json(changed.value()));
                                  },
                                  answer.watch()));
}

void find_order(Surroundings& around, OrderId id, const PendingAnswer& answer) {
  around.orders.find(
      id,
      Reply<std::optional<Order>>(
          [answer, id](const Result<std::optional<Order>>& found) {
            if (!found.ok()) return answer.fail(found.error());
            if (found.value()) return answer.json(200, to_json(*found.value()));
            answer.fail({ErrorCode::order_not_found, "there is no order " + std::to_string(id.value), {}});
          },
          answer.watch()));
}

void orders_of_customer(Surroundings& around, const RoutedRequest& routed, const PendingAnswer& answer) {
  const auto customer = customer_id(routed.parameters[0]);
  if (!customer.ok()) return answer.fail(customer.error());
  OrderQuery query;
  query.customer = customer.value();
  list_orders(around, query, answer,
              Error{ErrorCode::customer_has_no_orders,
                    "customer " + std::to_string(customer.value().value) + " has no orders",
                    {}});
}

void customer_orders(Surroundings& around, const RoutedRequest& routed, const PendingAnswer& answer) {
  if (const auto unknown = unknown_parameter(routed.request, {})) return answer.fail(*unknown);
  orders_of_customer(around, routed, answer);
}

/// Two documented routes share this path; the number itself says which is meant: customer ids have 32 bits,
/// order ids begin above them. ?by= says it explicitly, which orders of an older installation need.
void order_or_customer(Surroundings& around, const RoutedRequest& routed, const PendingAnswer& answer) {
  if (const auto unknown = unknown_parameter(routed.request, {"by"})) return answer.fail(*unknown);
  const auto id = order_id(routed.parameters[0]);
  if (!id.ok()) return answer.fail(id.error());
  const auto by = parameter(routed.request, "by");
  if (by && *by != "order" && *by != "customer") {
    return answer.fail({ErrorCode::invalid_parameter, "by must be order or customer", {}});
  }
  const bool is_customer =
      by ? *by == "customer" : id.value().value <= std::numeric_limits<std::int32_t>::max();
  if (is_customer) return orders_of_customer(around, routed, answer);
  find_order(around, id.value(), answer);
}

RouteHandler with(Surroundings& around,
                  void (*handle)(Surroundings&, const RoutedRequest&, const PendingAnswer&)) {
  return [&around, handle](const RoutedRequest& routed, const PendingAnswer& answer) {
    handle(around, routed, answer);
  };
}

}  // namespace

std::vector<Route> order_routes(Surroundings& around) {
  return {
      {"GET", "/orders", "all orders, or a page or selection of them", with(around, &get_orders)},
      {"GET", "/orders/{id}", "an order, or the orders of a customer", with(around, &order_or_customer)},
      {"POST", "/orders/{id}", "place an order for a customer", with(around, &place_order)},
      {"PUT", "/orders/{id}", "change the status of an order", with(around, &change_status)},
      {"GET", "/customers/{id}/orders", "the orders of a customer", with(around, &customer_orders)},
      {"GET", "/order_items", "the lines of all orders", with(around, &get_order_items)},
  };
}

}  // namespace orders::http
