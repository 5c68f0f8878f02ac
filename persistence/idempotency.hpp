// The answers kept under Idempotency-Keys: claiming keys inside the transaction that writes the order (rule
// R6), keeping refusals, finding and forgetting. Called inside a Session's body, whose thread they belong to;
// they throw what the session throws.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "domain/order_store.hpp"

namespace orders::persistence {

class Session;

/// A key that an answer is to be kept under: an order's, or a refusal's.
struct KeyClaim {
  CustomerId customer;
  const RequestKey* key = nullptr;
  OrderId order{0};
  const Error* refusal = nullptr;
};

/// Claims the keys, each at most once in `claims` (std::invalid_argument otherwise), in the transaction at
/// hand; true for those that were free or whose answer is older than `kept_for`. Waits for whoever is just
/// claiming one of them.
std::vector<bool> claim_keys(Session& session, const std::vector<KeyClaim>& claims,
                             std::chrono::milliseconds kept_for);

/// Gives back what the transaction at hand has claimed.
void give_back_keys(Session& session, const std::vector<KeyClaim>& claims);

/// What is kept under each key.
std::vector<std::optional<KeptAnswer>> find_answers(Session& session, const std::vector<KeyClaim>& keys,
                                                    std::chrono::milliseconds kept_for);

/// A transaction: keeps refusals. OrderStore::keep_refusals has the rest.
std::vector<std::optional<KeptAnswer>> keep_refusals(Session& session, const std::vector<KeyedRefusal>& batch,
                                                     std::chrono::milliseconds kept_for);

/// A single statement: forgets at most `limit` answers older than `kept_for`; how many there were.
std::int32_t forget_answers(Session& session, std::int32_t limit, std::chrono::milliseconds kept_for);

}  // namespace orders::persistence
