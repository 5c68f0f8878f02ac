#include "http/listing.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "domain/order_rules.hpp"
#include "http/list_page.hpp"
#include "http/list_stream.hpp"
#include "http/parameters.hpp"

namespace orders::http {

namespace {

constexpr std::int64_t id_max = std::numeric_limits<std::int64_t>::max();

template <class Row>
void stream(Surroundings& around, const char* name, ReadRows<Row> read, const PendingAnswer& answer,
            std::optional<Error> if_none) {
  std::make_shared<ListStream<Row>>(fmt::format("{{\"{}\":[", name), std::move(read), around.settings, answer,
                                    std::move(if_none))
      ->next();
}

std::string percent_encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

/// limit and after, checked.
struct Paging {
  std::optional<std::int64_t> limit;
  std::int64_t after = 0;
};

Result<Paging> paging_of(const Request& request) {
  Paging paging;
  if (const auto text = parameter(request, "limit")) {
    const auto limit = whole_number("limit", *text, 1, page_limit_max);
    if (!limit.ok()) return limit.error();
    paging.limit = limit.value();
  }
  if (const auto text = parameter(request, "after")) {
    const auto after = whole_number("after", *text, 0, id_max);
    if (!after.ok()) return after.error();
    paging.after = after.value();
  }
  return paging;
}

ReadRows<Order> orders_read_by(Surroundings& around, const OrderQuery& query) {
  return [&around, query](std::int64_t after, std::size_t rows, Reading reading,
                          Reply<std::vector<Order>> reply) {
    auto next = query;
    next.after = OrderId{std::max(after, query.after.value)};
    next.limit = static_cast<std::int32_t>(rows);
    around.orders.list(next, std::move(reply), reading);
  };
}

ReadRows<OrderItemRow> items_read_by(Surroundings& around, std::int64_t first) {
  return [&around, first](std::int64_t after, std::size_t rows, Reading reading,
                          Reply<std::vector<OrderItemRow>> reply) {
    around.orders.list_items(std::max(after, first), static_cast<std::int32_t>(rows), std::move(reply),
                             reading);
  };
}

template <class Row>
void send_page(Surroundings& around, typename ListPage<Row>::Place place, ReadRows<Row> read,
               const PendingAnswer& answer) {
  std::make_shared<ListPage<Row>>(std::move(place), std::move(read), around.settings, answer)->next();
}

}  // namespace

void list_orders(Surroundings& around, const OrderQuery& query, const PendingAnswer& answer,
                 std::optional<Error> if_none) {
  stream<Order>(around, "orders", orders_read_by(around, query), answer, std::move(if_none));
}

void get_orders(Surroundings& around, const RoutedRequest& routed, const PendingAnswer& answer) {
  const auto& request = routed.request;
  if (const auto unknown = unknown_parameter(request, {"limit", "after", "customer_id", "status"})) {
    return answer.fail(*unknown);
  }
  const auto paging = paging_of(request);
  if (!paging.ok()) return answer.fail(paging.error());
  OrderQuery query;
  query.after = OrderId{paging.value().after};
  std::string path = "/orders?";
  if (const auto text = parameter(request, "customer_id")) {
    const auto customer = customer_id(*text);
    if (!customer.ok()) return answer.fail(customer.error());
    query.customer = customer.value();
    path += "customer_id=" + *text + "&";
  }
  if (const auto text = parameter(request, "status")) {
    const auto wrong = status_fault(*text);
    if (!wrong.empty()) return answer.fail({ErrorCode::invalid_parameter, "status " + wrong, {}});
    query.status = *text;
    path += "status=" + percent_encoded(*text) + "&";
  }
  if (!paging.value().limit) return list_orders(around, query, answer, std::nullopt);
  send_page<Order>(around,
                   {"orders", path, paging.value().after, static_cast<std::size_t>(*paging.value().limit)},
                   orders_read_by(around, query), answer);
}

void get_order_items(Surroundings& around, const RoutedRequest& routed, const PendingAnswer& answer) {
  if (const auto unknown = unknown_parameter(routed.request, {"limit", "after"}))
    return answer.fail(*unknown);
  const auto paging = paging_of(routed.request);
  if (!paging.ok()) return answer.fail(paging.error());
  const auto first = paging.value().after;
  const auto read = items_read_by(around, first);
  if (!paging.value().limit) return stream<OrderItemRow>(around, "items", read, answer, std::nullopt);
  send_page<OrderItemRow>(around,
                          {"items", "/order_items?", first, static_cast<std::size_t>(*paging.value().limit)},
                          read, answer);
}

}  // namespace orders::http
