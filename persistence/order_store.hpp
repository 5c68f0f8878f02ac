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

namespace orders::persistence {

class Session;

class PostgresOrderStore : public OrderStore {
 public:
  /// Does not connect yet. `epoch` (of persistence/instance) is whose carts this store closes.
  explicit PostgresOrderStore(const config::Database& settings, std::int64_t epoch = 0);
  ~PostgresOrderStore() override;
  PostgresOrderStore(const PostgresOrderStore&) = delete;
  PostgresOrderStore& operator=(const PostgresOrderStore&) = delete;

  Result<std::vector<CommitOutcome>> commit(const std::vector<OrderCommit>& batch) override;
  Result<std::vector<StatusOutcome>> change_status(const std::vector<StatusChange>& batch,
                                                   const StatusRules& rules) override;
  Result<IdBlock> reserve_order_ids() override;
  Result<Done> close_carts(const std::vector<CartId>& carts) override;
  Result<std::vector<OpenCart>> open_carts(std::int32_t limit) override;
  Result<std::optional<Order>> find(OrderId id) override;
  Result<std::vector<Order>> list(const OrderQuery& query) override;
  Result<std::vector<OrderItemRow>> list_items(std::int64_t after, std::int32_t limit) override;
  Result<Done> check_writable() override;

 private:
  const std::unique_ptr<Session> session_;
  const std::int64_t ids_block_;
  const std::int64_t epoch_;
};

}  // namespace orders::persistence
