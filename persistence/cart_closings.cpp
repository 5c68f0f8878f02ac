#include "persistence/cart_closings.hpp"

#include <string>

#include "persistence/alive_epochs.hpp"
#include "persistence/session.hpp"
#include "persistence/sql_array.hpp"

namespace orders::persistence {

namespace {

// One order a cart, whoever asks first. Ascending by cart, so that two batches never wait for each other.
constexpr const char* claim = R"sql(
INSERT INTO cart_closings (cart_id, customer_id, order_id, owner_epoch)
SELECT cart_id, customer_id, order_id, :p4::bigint
FROM unnest(:p1::bigint[], :p2::int[], :p3::bigint[]) WITH ORDINALITY AS c (cart_id, customer_id, order_id, place)
ORDER BY cart_id, customer_id, place
ON CONFLICT (cart_id, customer_id) DO NOTHING
RETURNING order_id
)sql";

// From now on it is overdue, not since it was ordered.
constexpr const char* reopen = R"sql(
WITH locked AS MATERIALIZED (
  SELECT c.cart_id, c.customer_id
  FROM unnest(:p1::bigint[], :p2::int[]) AS k (cart_id, customer_id) JOIN cart_closings c USING (cart_id, customer_id)
  WHERE c.closed ORDER BY c.cart_id, c.customer_id FOR UPDATE OF c)
UPDATE cart_closings c SET closed = false, owner_epoch = :p3::bigint, ordered_at = now() FROM locked
WHERE c.cart_id = locked.cart_id AND c.customer_id = locked.customer_id AND c.closed RETURNING c.cart_id, c.customer_id
)sql";

constexpr const char* close = R"sql(
WITH locked AS MATERIALIZED (
  SELECT c.cart_id, c.customer_id
  FROM unnest(:p1::bigint[], :p2::int[]) AS k (cart_id, customer_id) JOIN cart_closings c USING (cart_id, customer_id)
  WHERE NOT c.closed ORDER BY c.cart_id, c.customer_id FOR UPDATE OF c)
UPDATE cart_closings c SET closed = true FROM locked
WHERE c.cart_id = locked.cart_id AND c.customer_id = locked.customer_id
)sql";

constexpr const char* open = R"sql(
SELECT cart_id, customer_id, order_id FROM cart_closings WHERE NOT closed
ORDER BY ordered_at, cart_id, customer_id LIMIT :p1::int
)sql";

constexpr const char* ours = R"sql(
SELECT c.cart_id, c.customer_id
FROM unnest(:p1::bigint[], :p2::int[]) AS k (cart_id, customer_id) JOIN cart_closings c USING (cart_id, customer_id)
WHERE NOT c.closed AND c.owner_epoch = :p3::bigint
)sql";

// Two instances never wait for each other's, and take different ones.
constexpr const char* take = R"sql(,
wanted AS MATERIALIZED (
  SELECT cart_id, customer_id, owner_epoch FROM cart_closings c
  WHERE NOT closed
    AND NOT EXISTS (SELECT FROM unnest(:p1::bigint[], :p2::int[]) AS k (cart_id, customer_id)
                    WHERE k.cart_id = c.cart_id AND k.customer_id = c.customer_id)
    AND (owner_epoch = :p3::bigint OR owner_epoch NOT IN (SELECT epoch FROM alive))
  ORDER BY ordered_at, cart_id, customer_id LIMIT :p4::int FOR UPDATE OF c SKIP LOCKED)
UPDATE cart_closings c SET owner_epoch = :p3::bigint FROM wanted
WHERE c.cart_id = wanted.cart_id AND c.customer_id = wanted.customer_id
RETURNING c.cart_id, c.customer_id, c.order_id, (wanted.owner_epoch <> :p3::bigint)::int
)sql";

/// As two arrays of the same length.
struct Keys {
  explicit Keys(const std::vector<CartKey>& keys) {
    for (const auto& key : keys) {
      carts.add(key.cart.value);
      customers.add(key.customer.value);
    }
  }
  SqlArray carts, customers;
};

}  // namespace

std::vector<OrderId> claim_carts(Session& session, const std::vector<const OrderCommit*>& orders,
                                 std::int64_t epoch) {
  std::vector<OrderId> winners;
  if (orders.empty()) return winners;
  SqlArray carts, customers, ids;
  for (const auto* order : orders) {
    carts.add(order->cart->value);
    customers.add(order->customer.value);
    ids.add(order->id.value);
  }
  for (const auto& [id] :
       session.rows<std::int64_t>(claim, carts.text(), customers.text(), ids.text(), epoch)) {
    winners.push_back(OrderId{id});
  }
  return winners;
}

std::vector<CartKey> reopen_carts(Session& session, const std::vector<CartKey>& carts, std::int64_t epoch) {
  std::vector<CartKey> reopened;
  if (carts.empty()) return reopened;
  const Keys keys(carts);
  for (const auto& [cart, customer] :
       session.rows<std::int64_t, int>(reopen, keys.carts.text(), keys.customers.text(), epoch)) {
    reopened.push_back({CartId{cart}, CustomerId{customer}});
  }
  return reopened;
}

void close_carts(Session& session, const std::vector<CartKey>& carts) {
  const Keys keys(carts);
  session.rows<>(close, keys.carts.text(), keys.customers.text());
}

std::vector<OpenCart> open_carts(Session& session, std::int32_t limit) {
  std::vector<OpenCart> carts;
  for (const auto& [cart, customer, order] : session.rows<std::int64_t, int, std::int64_t>(open, limit)) {
    carts.push_back({CartId{cart}, CustomerId{customer}, OrderId{order}});
  }
  return carts;
}

CartTurn take_open_carts(Session& session, const std::vector<CartKey>& at_work, std::int32_t limit,
                         std::int64_t epoch) {
  static const std::string take_sql = std::string("WITH ") + alive_epochs + take;
  CartTurn turn;
  const Keys keys(at_work);
  for (const auto& [cart, customer] :
       session.rows<std::int64_t, int>(ours, keys.carts.text(), keys.customers.text(), epoch)) {
    turn.still_ours.push_back({CartId{cart}, CustomerId{customer}});
  }
  if (limit <= 0) return turn;
  for (const auto& [cart, customer, order, taken_over] : session.rows<std::int64_t, int, std::int64_t, int>(
           take_sql.c_str(), keys.carts.text(), keys.customers.text(), epoch, limit)) {
    turn.taken.push_back({CartId{cart}, CustomerId{customer}, OrderId{order}});
    turn.taken_over += taken_over;
  }
  return turn;
}

}  // namespace orders::persistence
