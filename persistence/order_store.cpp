#include "persistence/order_store.hpp"

#include "domain/crash_point.hpp"
#include "persistence/alive_epochs.hpp"
#include "persistence/order_reads.hpp"
#include "persistence/order_writes.hpp"
#include "persistence/session.hpp"
#include "persistence/sql_array.hpp"

namespace orders::persistence {

namespace {

constexpr const char* take_ids = R"sql(
UPDATE order_id_blocks SET next_id = next_id + :p1::bigint RETURNING next_id - :p2::bigint
)sql";

constexpr const char* close = R"sql(
WITH locked AS (
  SELECT cart_id FROM cart_closings WHERE cart_id = ANY (:p1::bigint[]) AND NOT closed ORDER BY cart_id FOR UPDATE)
UPDATE cart_closings c SET closed = true FROM locked WHERE c.cart_id = locked.cart_id
)sql";

// Only one instance may close a cart: two closing PUTs could close the customer's next cart as well. It is
// the one that wrote the order, or after its death the first that takes it over.
const std::string open = std::string("WITH ") + alive_epochs + R"sql(,
ours AS MATERIALIZED (
  SELECT c.cart_id FROM cart_closings c WHERE NOT c.closed AND coalesce(c.taken_by,
      (SELECT max(r.owner_epoch) FROM reservations r WHERE r.order_id = c.order_id), 0)
    NOT IN (SELECT epoch FROM alive WHERE epoch <> :p2::bigint)
  ORDER BY c.ordered_at, c.cart_id LIMIT :p1::int FOR UPDATE OF c)
UPDATE cart_closings c SET taken_by = :p2::bigint FROM ours
WHERE c.cart_id = ours.cart_id AND NOT c.closed RETURNING c.cart_id, c.customer_id, c.order_id
)sql";

constexpr const char* touch = R"sql(
INSERT INTO writable_check (checked_at) VALUES (now()) ON CONFLICT (only_row) DO UPDATE SET checked_at = now()
)sql";

}  // namespace

PostgresOrderStore::PostgresOrderStore(const config::Database& settings, std::int64_t epoch)
    : session_(std::make_unique<Session>(settings, Access::by_key)),
      ids_block_(settings.order_ids_block),
      epoch_(epoch) {}

PostgresOrderStore::~PostgresOrderStore() = default;

Result<std::vector<CommitOutcome>> PostgresOrderStore::commit(const std::vector<OrderCommit>& batch) {
  if (batch.empty()) return std::vector<CommitOutcome>{};
  crash_point("order.writes");
  auto outcomes = session_->transact([&] {
    auto written = commit_orders(*session_, batch);
    crash_point("order.commits");
    return written;
  });
  crash_point("order.committed");
  return outcomes;
}

Result<std::vector<StatusOutcome>> PostgresOrderStore::change_status(const std::vector<StatusChange>& batch,
                                                                     const StatusRules& rules) {
  if (batch.empty()) return std::vector<StatusOutcome>{};
  crash_point("cancel.writes");
  auto outcomes = session_->transact([&] {
    auto written = change_statuses(*session_, batch, rules);
    crash_point("cancel.commits");
    return written;
  });
  crash_point("cancel.committed");
  return outcomes;
}

Result<IdBlock> PostgresOrderStore::reserve_order_ids() {
  // Run twice, it only leaves a gap.
  auto block = session_->write([&] {
    const auto rows = session_->rows<std::int64_t>(take_ids, ids_block_, ids_block_);
    return IdBlock{OrderId{std::get<0>(rows.at(0))}, ids_block_};
  });
  crash_point("ids.reserved");
  return block;
}

Result<Done> PostgresOrderStore::close_carts(const std::vector<CartId>& carts) {
  if (carts.empty()) return Done{};
  crash_point("cart.records");
  auto closed = session_->write([&] {
    SqlArray ids;
    for (const auto cart : carts) ids.add(cart.value);
    session_->rows<>(close, ids.text());
    return Done{};
  });
  crash_point("cart.recorded");
  return closed;
}

Result<std::vector<OpenCart>> PostgresOrderStore::open_carts(std::int32_t limit) {
  return session_->write([&] {
    std::vector<OpenCart> carts;
    for (const auto& [cart, customer, order] :
         session_->rows<std::int64_t, int, std::int64_t>(open.c_str(), limit, epoch_)) {
      carts.push_back({CartId{cart}, CustomerId{customer}, OrderId{order}});
    }
    return carts;
  });
}

Result<std::optional<Order>> PostgresOrderStore::find(OrderId id) {
  return session_->read([&]() -> std::optional<Order> {
    auto found = orders_by_id(*session_, {id});
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
  });
}

Result<std::vector<Order>> PostgresOrderStore::list(const OrderQuery& query) {
  return session_->read([&] { return orders_like(*session_, query); });
}

Result<std::vector<OrderItemRow>> PostgresOrderStore::list_items(std::int64_t after, std::int32_t limit) {
  return session_->read([&] { return items_after(*session_, after, limit); });
}

Result<Done> PostgresOrderStore::check_writable() {
  return session_->write([&] {
    session_->rows<>(touch);
    return Done{};
  });
}

}  // namespace orders::persistence
