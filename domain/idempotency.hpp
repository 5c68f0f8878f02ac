// What is remembered of a POST that carries an Idempotency-Key (promise P5): the same key and the same
// request get the same answer again, whatever has happened since. http/ makes the key, actors/keyed_orders
// lets a repeated request wait for the first, persistence/idempotency keeps the answers. Plain values and
// pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/order.hpp"
#include "domain/result.hpp"

namespace orders {

/// Keys have 1 to this many printable ASCII characters.
inline constexpr std::size_t idempotency_key_length_max = 255;

/// A customer's key for one request. Every customer has keys of his own.
struct RequestKey {
  std::string key;
  std::string request;     ///< what is asked for: the same text for the same request (canonical_request)
  std::string request_id;  ///< of the HTTP request that carries it
};

/// An order that was placed, and whether it was before: with an earlier request of the same key.
struct PlacedOrder {
  Order order;
  bool replayed = false;
};

/// What is kept under a key: an order, as it was first answered, or a refusal.
struct KeptAnswer {
  bool same_request = true;      ///< false: the key was used for another request
  std::optional<Order> order{};  ///< with the status and the times it began with
  std::optional<Error> refusal{};
};

/// A refusal that is to be remembered under a key.
struct KeyedRefusal {
  CustomerId customer;
  RequestKey key;
  Error refusal;
};

/// The lines as sent, or that the cart is to be ordered, whatever may be in it.
std::string canonical_request(const std::optional<std::vector<OrderLine>>& lines);

/// Refusals that are answers: the request was carried out, and this is what came of it. Everything else that
/// goes wrong may go well the next time, so a repeated request is carried out anew.
bool is_remembered(ErrorCode code);

/// What a request gets that finds `kept` under its key: the order or refusal, marked as a replay, or
/// key_reused.
Result<PlacedOrder> replay_of(KeptAnswer kept);

}  // namespace orders
