#include "persistence/order_store.hpp"

#include "domain/crash_point.hpp"
#include "persistence/cart_closings.hpp"
#include "persistence/idempotency.hpp"
#include "persistence/order_reads.hpp"
#include "persistence/order_writes.hpp"
#include "persistence/session.hpp"

namespace orders::persistence {

namespace {

constexpr const char* take_ids = R"sql(
UPDATE order_id_blocks SET next_id = next_id + :p1::bigint RETURNING next_id - :p2::bigint
)sql";

constexpr const char* touch = R"sql(
INSERT INTO writable_check (checked_at) VALUES (now()) ON CONFLICT (only_row) DO UPDATE SET checked_at = now()
)sql";

}  // namespace

PostgresOrderStore::PostgresOrderStore(const config::Database& database, StoreSettings settings)
    : session_(std::make_unique<Session>(database, Access::by_key)),
      ids_block_(database.order_ids_block),
      settings_(settings) {}

PostgresOrderStore::~PostgresOrderStore() = default;

Result<std::vector<CommitOutcome>> PostgresOrderStore::commit(const std::vector<OrderCommit>& batch) {
  if (batch.empty()) return std::vector<CommitOutcome>{};
  crash_point("order.writes");
  auto outcomes = session_->transact([&] {
    auto written = commit_orders(*session_, batch, settings_);
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

Result<std::vector<std::optional<KeptAnswer>>> PostgresOrderStore::keep_refusals(
    const std::vector<KeyedRefusal>& batch) {
  if (batch.empty()) return std::vector<std::optional<KeptAnswer>>{};
  crash_point("refusal.writes");
  auto kept = session_->transact([&] {
    auto written = persistence::keep_refusals(*session_, batch, settings_.answers_kept_for);
    crash_point("refusal.commits");
    return written;
  });
  crash_point("refusal.committed");
  return kept;
}

Result<std::optional<KeptAnswer>> PostgresOrderStore::find_answer(CustomerId customer,
                                                                  const RequestKey& key) {
  return session_->read([&]() -> std::optional<KeptAnswer> {
    auto found = find_answers(*session_, {{customer, &key}}, settings_.answers_kept_for);
    return std::move(found.front());
  });
}

Result<std::int32_t> PostgresOrderStore::forget_answers(std::int32_t limit) {
  return session_->write(
      [&] { return persistence::forget_answers(*session_, limit, settings_.answers_kept_for); });
}

Result<Done> PostgresOrderStore::close_carts(const std::vector<CartKey>& carts) {
  if (carts.empty()) return Done{};
  crash_point("cart.records");
  auto closed = session_->write([&] {
    persistence::close_carts(*session_, carts);
    return Done{};
  });
  crash_point("cart.recorded");
  return closed;
}

Result<CartTurn> PostgresOrderStore::take_open_carts(const std::vector<CartKey>& at_work,
                                                     std::int32_t limit) {
  return session_->write(
      [&] { return persistence::take_open_carts(*session_, at_work, limit, settings_.epoch); });
}

Result<std::vector<OpenCart>> PostgresOrderStore::open_carts(std::int32_t limit) {
  return session_->read([&] { return persistence::open_carts(*session_, limit); });
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
