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

#include "domain/idempotency.hpp"
#include "domain/order.hpp"
#include "domain/order_rules.hpp"
#include "domain/result.hpp"

namespace orders {

/// An order whose every product is held, to be committed (T_order).
struct OrderCommit {
  OrderId id;
  CustomerId customer;
  std::vector<OrderLine> lines;     ///< as sent
  std::int32_t attempt = 0;         ///< the attempt that holds its products
  std::int32_t products = 0;        ///< how many different products: as many reservations must be held
  std::optional<CartId> cart;       ///< set when the lines came from a cart
  std::optional<RequestKey> key{};  ///< whose answer the order becomes
};

enum class CommitVerdict : std::uint8_t {
  committed,             ///< durable; CommitOutcome::order is it
  not_held,              ///< a reservation was not held any more: no order (rule R6)
  cart_already_ordered,  ///< another order has been made of this cart: no order
  key_taken,  ///< another request has been answered under this key: no order; CommitOutcome::kept is the
              ///< answer
};

struct CommitOutcome {
  CommitVerdict verdict = CommitVerdict::not_held;
  Order order;
  KeptAnswer kept{};
  bool cart_reopened = false;  ///< cart_already_ordered, and wrongly recorded as closed: to be closed again
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

/// What names a cart for good: a cart service whose database is made anew numbers its carts from the start
/// again, and then another customer's cart has the number of an old one.
struct CartKey {
  CartId cart;
  CustomerId customer;

  friend bool operator==(CartKey a, CartKey b) { return a.cart == b.cart && a.customer == b.customer; }
  friend bool operator<(CartKey a, CartKey b) {
    return a.cart != b.cart ? a.cart < b.cart : a.customer < b.customer;
  }
};

/// A cart whose order is committed but which may not be marked as ordered yet.
struct OpenCart {
  CartId cart;
  CustomerId customer;
  OrderId order;

  [[nodiscard]] CartKey key() const { return {cart, customer}; }
};

/// What the table of open carts says about this instance's business.
struct CartTurn {
  std::vector<CartKey> still_ours;  ///< of those at work
  std::vector<OpenCart> taken;      ///< to be worked on from now on
  std::int32_t taken_over = 0;      ///< of `taken`: left by an instance that is dead
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

  /// Remembers refusals under their keys (a key at most once in a batch). None: it is remembered; otherwise
  /// what had been remembered before, which stays. Also when it is the very same refusal: repeating a batch
  /// of unknown outcome finds what the first try did.
  virtual Result<std::vector<std::optional<KeptAnswer>>> keep_refusals(
      const std::vector<KeyedRefusal>& batch) = 0;
  /// What is remembered under the key.
  virtual Result<std::optional<KeptAnswer>> find_answer(CustomerId customer, const RequestKey& key) = 0;
  /// Forgets answers that have been kept for long enough, oldest first, at most `limit`; how many there were.
  virtual Result<std::int32_t> forget_answers(std::int32_t limit) = 0;

  /// Records that these carts are marked as ordered.
  virtual Result<Done> close_carts(const std::vector<CartKey>& carts) = 0;
  /// Says which of the carts `at_work` are open and this instance's, and takes up to `limit` others that are
  /// open and this instance's or nobody's: left by an instance that is dead (its lock is free).
  virtual Result<CartTurn> take_open_carts(const std::vector<CartKey>& at_work, std::int32_t limit) = 0;
  /// Carts of committed orders that are not recorded as closed, oldest first, at most `limit`.
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
