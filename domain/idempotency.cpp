#include "domain/idempotency.hpp"

#include <utility>

namespace orders {

std::string canonical_request(const std::optional<std::vector<OrderLine>>& lines) {
  if (!lines) return "cart";
  std::string text = "items";
  for (const auto& line : *lines) {
    text += ' ' + std::to_string(line.product.value) + 'x' + std::to_string(line.quantity);
  }
  return text;
}

bool is_remembered(ErrorCode code) {
  return code == ErrorCode::insufficient_inventory || code == ErrorCode::no_active_cart ||
         code == ErrorCode::empty_cart;
}

Result<PlacedOrder> replay_of(KeptAnswer kept) {
  if (!kept.same_request) {
    return Error{ErrorCode::key_reused, "this Idempotency-Key was used for another request of the customer"};
  }
  if (kept.order) return PlacedOrder{std::move(*kept.order), true};
  if (kept.refusal) return std::move(*kept.refusal);
  return Error{ErrorCode::contended, "the key's answer expired while the request was carried out"};
}

}  // namespace orders
