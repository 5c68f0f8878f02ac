// Stored orders on PostgreSQL. Used by actors/order_writer (T_order, order_commit.cpp; changes of status,
// order_status.cpp) and actors/reader (order_reads.cpp) through the port; one object belongs to one thread
// and owns one connection.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "config/config.hpp"
#include "domain/order_store.hpp"
#include "persistence/order_writes.hpp"

namespace orders::persistence {

class Session;

class PostgresOrderStore : public OrderStore {
 public:
  /// Does not connect yet.
  explicit PostgresOrderStore(const config::Database& database, StoreSettings settings = {});
  ~PostgresOrderStore() override;
  PostgresOrderStore(const PostgresOrderStore&) = delete;
  PostgresOrderStore& operator=(const PostgresOrderStore&) = delete;

  Result<std::vector<CommitOutcome>> commit(const std::vector<OrderCommit>& batch) override;
  Result<std::vector<StatusOutcome>> change_status(const std::vector<StatusChange>& batch,
                                                   const StatusRules& rules) override;
  Result<IdBlock> reserve_order_ids() override;
  Result<std::vector<std::optional<KeptAnswer>>> keep_refusals(
      const std::vector<KeyedRefusal>& batch) override;
  Result<std::optional<KeptAnswer>> find_answer(CustomerId customer, const RequestKey& key) override;
  Result<std::int32_t> forget_answers(std::int32_t limit) override;
  Result<Done> close_carts(const std::vector<CartKey>& carts) override;
  Result<CartTurn> take_open_carts(const std::vector<CartKey>& at_work, std::int32_t limit) override;
  Result<std::vector<OpenCart>> open_carts(std::int32_t limit) override;
  Result<std::optional<Order>> find(OrderId id) override;
  Result<std::vector<Order>> list(const OrderQuery& query) override;
  Result<std::vector<OrderItemRow>> list_items(std::int64_t after, std::int32_t limit) override;
  Result<Done> check_writable() override;

 private:
  const std::unique_ptr<Session> session_;
  const std::int64_t ids_block_;
  const StoreSettings settings_;
};

}  // namespace orders::persistence
