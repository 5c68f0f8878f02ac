#include "persistence/order_reads.hpp"

#include <algorithm>
#include <string>

#include "persistence/session.hpp"
#include "persistence/sql_array.hpp"

namespace orders::persistence {

namespace {

// Customers, products and quantities may be NULL in what an older installation left; 0 stands for that.
#define ORDER_COLUMNS                                    \
  "SELECT id, coalesce(customer_id, 0), status, "        \
  "(extract(epoch FROM created_at) * 1000000)::bigint, " \
  "(extract(epoch FROM updated_at) * 1000000)::bigint FROM orders "

constexpr const char* by_id = ORDER_COLUMNS "WHERE id = ANY (:p1::bigint[]) ORDER BY id";
constexpr const char* all = ORDER_COLUMNS "WHERE id > :p1::bigint ORDER BY id LIMIT :p2::int";
constexpr const char* of_customer =
    ORDER_COLUMNS "WHERE customer_id = :p3::int AND id > :p1::bigint ORDER BY id LIMIT :p2::int";
constexpr const char* of_status =
    ORDER_COLUMNS "WHERE status = :p3::text AND id > :p1::bigint ORDER BY id LIMIT :p2::int";
constexpr const char* of_both = ORDER_COLUMNS
    "WHERE customer_id = :p3::int AND status = :p4::text AND id > :p1::bigint ORDER BY id LIMIT :p2::int";

#undef ORDER_COLUMNS

constexpr const char* items = R"sql(
SELECT order_id, id, coalesce(product_id, 0), coalesce(quantity, 0)
FROM order_items WHERE order_id = ANY (:p1::bigint[]) ORDER BY order_id, id
)sql";

constexpr const char* all_items = R"sql(
SELECT coalesce(order_id, 0), id, coalesce(product_id, 0), coalesce(quantity, 0)
FROM order_items WHERE id > :p1::bigint ORDER BY id LIMIT :p2::int
)sql";

using OrderRow = std::tuple<std::int64_t, int, std::string, std::int64_t, std::int64_t>;

Timestamp time_of(std::int64_t microseconds) { return Timestamp(std::chrono::microseconds(microseconds)); }

std::vector<Order> with_items(Session& session, std::vector<OrderRow>&& rows) {
  std::vector<Order> found;
  found.reserve(rows.size());
  SqlArray ids;
  for (auto& [id, customer, status, created, updated] : rows) {
    ids.add(id);
    found.push_back(
        {OrderId{id}, CustomerId{customer}, std::move(status), {}, time_of(created), time_of(updated)});
  }
  if (found.empty()) return found;
  auto at = found.begin();
  // Both are ascending by order.
  for (const auto& [order, id, product, quantity] :
       session.rows<std::int64_t, std::int64_t, int, int>(items, ids.text())) {
    while (at->id.value != order) ++at;
    at->items.push_back({id, ProductId{product}, quantity});
  }
  return found;
}

}  // namespace

std::vector<Order> orders_by_id(Session& session, const std::vector<OrderId>& ids) {
  SqlArray wanted;
  for (const auto id : ids) wanted.add(id.value);
  return with_items(session, session.rows<std::int64_t, int, std::string, std::int64_t, std::int64_t>(
                                 by_id, wanted.text()));
}

std::vector<Order> orders_like(Session& session, const OrderQuery& query) {
  // No order can have such a status, and the session refuses texts with a NUL.
  if (query.status && query.status->find('\0') != std::string::npos) return {};
  const auto page = [&](const char* sql, const auto&... filters) {
    return with_items(session, session.rows<std::int64_t, int, std::string, std::int64_t, std::int64_t>(
                                   sql, query.after.value, query.limit, filters...));
  };
  if (query.customer && query.status) return page(of_both, query.customer->value, *query.status);
  if (query.customer) return page(of_customer, query.customer->value);
  if (query.status) return page(of_status, *query.status);
  return page(all);
}

std::vector<OrderItemRow> items_after(Session& session, std::int64_t after, std::int32_t limit) {
  std::vector<OrderItemRow> found;
  for (const auto& [order, id, product, quantity] :
       session.rows<std::int64_t, std::int64_t, int, int>(all_items, after, limit)) {
    found.push_back({{id, ProductId{product}, quantity}, OrderId{order}});
  }
  return found;
}

}  // namespace orders::persistence
