// The port to stored orders. persistence/order_store implements it on PostgreSQL; actors/order_writer and
// actors/reader call it, each from one thread of its own: calls block for a round trip or more, and one
// object serves one thread.
//
// Errors of every call, unless it says otherwise:
//   storage_unavailable  the server could not be reached; nothing was written
//   outcome_unknown      (writes) the connection was lost around the COMMIT: repeat the very same call until
//   it tells internal             the server refused the statement (a bug or a broken schema); nothing was
//   written
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/order.hpp"
#include "domain/order_rules.hpp"
#include "domain/result.hpp"

namespace orders {

/// An order whose every product is held, to be committed (T_order).
struct OrderCommit {
  OrderId id;
  CustomerId customer;
  std::vector<OrderLine> lines;  ///< as sent
  std::int32_t attempt = 0;      ///< the attempt that holds its products
  std::int32_t products = 0;     ///< how many different products: as many reservations must be held
  std::optional<CartId> cart;    ///< set when the lines came from a cart
};

enum class CommitVerdict : std::uint8_t {
  committed,             ///< durable; CommitOutcome::order is it
  not_held,              ///< a reservation was not held any more: no order (rule R6)
  cart_already_ordered,  ///< another order has been made of this cart: no order
};

struct CommitOutcome {
  CommitVerdict verdict = CommitVerdict::not_held;
  Order order;
};

struct StatusChange {
  OrderId id;
  std::string status;
};

/// Held by an order that was cancelled: units to give back (`owed`), by product.
struct OwedUnits {
  ProductId product;
  std::int32_t attempt = 0;
};

struct StatusOutcome {
  std::optional<Order> order;   ///< as it stands now; none: there is no such order
  std::string fault;            ///< why the step is forbidden (StatusRules::fault); empty when it was done
  std::vector<OwedUnits> owed;  ///< reservations that became `owed` with this change
};

/// A run of ids that nobody else has or will have, also after a crash.
struct IdBlock {
  OrderId first;
  std::int64_t count = 0;
};

struct OrderQuery {
  std::optional<CustomerId> customer;
  std::optional<std::string> status;
  OrderId after{0};        ///< only orders with larger ids
  std::int32_t limit = 0;  ///< at most this many, 1 to 10,000
};

/// A cart whose order is committed but which may not be marked as ordered yet.
struct OpenCart {
  CartId cart;
  CustomerId customer;
  OrderId order;
};

class OrderStore {
 public:
  virtual ~OrderStore() = default;

  /// T_order for a whole batch, one outcome for each in the order asked. Repeating a batch of unknown outcome
  /// finds what the first try did: `committed` for orders that are there.
  virtual Result<std::vector<CommitOutcome>> commit(const std::vector<OrderCommit>& batch) = 0;

  /// Changes the status of each (every order at most once in a batch), under `rules`; a change that restocks
  /// turns the order's reservations from sold to owed in the same transaction (rule R10).
  virtual Result<std::vector<StatusOutcome>> change_status(const std::vector<StatusChange>& batch,
                                                           const StatusRules& rules) = 0;

  virtual Result<IdBlock> reserve_order_ids() = 0;

  /// Records that these carts are marked as ordered.
  virtual Result<Done> close_carts(const std::vector<CartId>& carts) = 0;
  /// Carts of committed orders that are not recorded as closed and that no other living instance closes: they
  /// are this one's now. The oldest, at most `limit`.
  virtual Result<std::vector<OpenCart>> open_carts(std::int32_t limit) = 0;

  virtual Result<std::optional<Order>> find(OrderId id) = 0;
  /// Ascending by id.
  virtual Result<std::vector<Order>> list(const OrderQuery& query) = 0;
  /// Items with ids larger than `after`, ascending, at most `limit` (1 to 10,000).
  virtual Result<std::vector<OrderItemRow>> list_items(std::int64_t after, std::int32_t limit) = 0;

  /// Writes a row and commits it: whether the database can be written just now.
  virtual Result<Done> check_writable() = 0;
};

}  // namespace orders
