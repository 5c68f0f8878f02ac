// What can go wrong, as one closed list: every folder turns its own troubles into an Error, and http/problem
// turns an Error into an answer. Plain values, safe in any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/ids.hpp"

namespace orders {

enum class ErrorCode : std::uint8_t {
  malformed_json,     ///< the body is not JSON
  validation_failed,  ///< understood, but some field is not allowed; Error::fields says which
  invalid_parameter,  ///< a path or query parameter is not what it must be
  route_not_found,
  method_not_allowed,
  order_not_found,
  customer_has_no_orders,
  insufficient_inventory,  ///< Error::shortages says what is short
  no_active_cart,
  empty_cart,
  key_reused,           ///< an Idempotency-Key that came with another request before
  illegal_transition,   ///< the operator's settings forbid this change of status
  catalog_unavailable,  ///< the product catalog failed, and the order was not placed
  cart_unavailable,     ///< the shopping cart failed, and the order was not placed
  storage_unavailable,  ///< PostgreSQL could not be reached; certainly nothing was written
  outcome_unknown,      ///< a COMMIT whose outcome is not known yet (protocol rule R7)
  overloaded,           ///< a limit is reached; nothing was begun
  contended,            ///< the deadline passed while other orders were deciding on the same stock (rule R13)
  timed_out,            ///< the deadline passed; nothing was placed
  shutting_down,
  client_gone,  ///< nobody waits for the answer any more; nothing was begun
  lost,         ///< whoever was to answer is gone; what it has done is unknown
  internal,
};

/// One thing wrong with one field. `pointer` is a JSON pointer (RFC 6901) into the body, e.g.
/// "/items/0/quantity".
struct FieldError {
  std::string pointer;
  std::string detail;
};

/// A line of an order that the stock does not suffice for.
struct Shortage {
  ProductId product;
  std::int32_t requested = 0;
  std::int32_t available = 0;
  bool in_catalog = true;  ///< false: the catalog does not know the product
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string detail;  ///< a sentence; for 5xx it goes to the log only, never to the client
  std::vector<FieldError> fields{};
  std::vector<Shortage> shortages{};
  /// The request this very refusal was first given to, when it is given again (Idempotency-Key); else empty.
  std::string first_told_in{};
};

}  // namespace orders
