// The header Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header): a string of structured fields
// (RFC 8941), quoted; since many clients send the key bare, that is taken for the same key. Pure functions,
// any thread.
#pragma once

#include <optional>
#include <string>

#include "domain/result.hpp"
#include "http/server/exchange.hpp"

namespace orders::http {

/// The request's key, if it has one: 1 to idempotency_key_length_max printable ASCII characters. Error
/// invalid_parameter says what is wrong with the header.
Result<std::optional<std::string>> read_idempotency_key(const Request& request);

}  // namespace orders::http
