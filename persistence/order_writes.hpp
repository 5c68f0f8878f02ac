// The two transactions that write orders: T_order (order_commit.cpp) and changes of status
// (order_status.cpp). Called by PostgresOrderStore inside Session::transact, whose thread they belong to;
// they throw what the session throws.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "domain/order_store.hpp"

namespace orders::persistence {

class Session;

/// What a store needs to know besides its connection.
struct StoreSettings {
  std::chrono::milliseconds answers_kept_for = std::chrono::hours(24);  ///< under Idempotency-Keys
  std::int64_t epoch = 0;  ///< of this instance: the owner of the carts its orders are made of
};

/// T_order (rule R6): an outcome for each of the batch, in the order asked. Throws std::invalid_argument for
/// an order without lines, and for an order or a key that stands twice in the batch.
std::vector<CommitOutcome> commit_orders(Session& session, const std::vector<OrderCommit>& batch,
                                         const StoreSettings& settings);

/// T_cancel (rule R10) and every other change of status: an outcome for each of the batch, in the order
/// asked. Setting the status an order has already writes nothing, and says again what is owed.
std::vector<StatusOutcome> change_statuses(Session& session, const std::vector<StatusChange>& batch,
                                           const StatusRules& rules);

}  // namespace orders::persistence
