// The ports to the two services orders talk to. http/client implements them over HTTP; the catalog and cart
// proxy actors call them. Calls return at once; `done` is called exactly once, from a thread of the
// implementation (or from the caller's, when refused at once): it must not block. Every call ends by its
// deadline; a PUT begins by its deadline, and ends a time limit of its own after that.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "domain/order_rules.hpp"
#include "domain/result.hpp"
#include "domain/stock_cycle.hpp"

namespace orders {

using Deadline = std::chrono::steady_clock::time_point;

/// How things stand with the catalog.
struct CatalogTraffic {
  bool answering = false;             ///< it has been answering just now: it may be busy, but has not failed
  std::chrono::milliseconds wait{0};  ///< how long it takes until it has been asked and told
};

/// What the catalog said to a PUT.
enum class PutAnswer : std::uint8_t {
  accepted,         ///< this very product now has this quantity
  version_changed,  ///< not applied, and it never will be: somebody else has changed the product since its
                    ///< GET
};

class CatalogClient {
 public:
  virtual ~CatalogClient() = default;

  /// The product, or none if the catalog does not know it (confirmed by asking once more, alone).
  /// Errors: overloaded (not asked in time, since there was too much else to ask); catalog_unavailable, also
  /// when the answers were about other products until the tries were used up.
  using Got = std::function<void(Result<std::optional<CatalogProduct>>)>;
  virtual void get(ProductId product, Deadline deadline, Got done) = 0;

  /// Replaces the product, if it still is at the version its `etag` names; an empty one asks for nothing. An
  /// error (catalog_unavailable) means nothing: it may have been applied, may not, or may be applied later
  /// (rule R2). Sent at most once: never repeated by the implementation (rule R4).
  using PutDone = std::function<void(Result<PutAnswer>)>;
  virtual void put(const CatalogProduct& product, Deadline deadline, PutDone done) = 0;

  /// What to expect for so many more products, without asking the catalog; any thread.
  [[nodiscard]] virtual CatalogTraffic traffic(std::size_t products) const {
    (void)products;
    return {};
  }
};

/// A customer's active cart. `lines` is there only if the cart service sent them with the cart.
struct Cart {
  CartId id;
  std::optional<std::vector<CartLine>> lines;
};

/// A line of some cart, as the list of all lines has it.
struct CartItemRow {
  CartId cart;
  CartLine line;
};

class CartClient {
 public:
  virtual ~CartClient() = default;

  /// The customer's active cart, or none (confirmed by asking once more, alone). Errors: cart_unavailable.
  using GotCart = std::function<void(Result<std::optional<Cart>>)>;
  virtual void get_cart(CustomerId customer, Deadline deadline, GotCart done) = 0;

  /// Lines of these carts out of all lines of all carts (the service offers nothing narrower).
  /// Errors: cart_unavailable.
  using GotItems = std::function<void(Result<std::vector<CartItemRow>>)>;
  virtual void get_items(const std::vector<CartId>& carts, Deadline deadline, GotItems done) = 0;

  /// Marks whichever cart of the customer is active as ordered. Done: the service answered so. An error
  /// (cart_unavailable) means nothing about whether it happened. Sent at most once.
  using ClosedCart = std::function<void(Result<Done>)>;
  virtual void close_cart(CustomerId customer, Deadline deadline, ClosedCart done) = 0;
};

}  // namespace orders
