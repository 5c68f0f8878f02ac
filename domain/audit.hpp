// The audit: what the database says about each product's stock and about each order, set against what the
// catalog shows, and judged. Facts are what persistence/audit_book reads, each batch in one snapshot; the
// judgement is pure. actors/audit_pass brings the two together, for GET /audit and for `orderd audit`. Plain
// values and pure functions, any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/ids.hpp"

namespace orders {

/// Everything the database knows about the stock of one product, in one snapshot. Units unless said
/// otherwise.
struct ProductFacts {
  ProductId product;
  // The ledger.
  std::int64_t seq = 0;
  std::int64_t quantity = 0;
  bool intended = false;
  // Orders and their reservations.
  std::int64_t ordered = 0;  ///< lines of orders that were not given back
  std::int64_t sold = 0;     ///< reservations, pruned ones too
  std::int64_t held = 0;
  std::int64_t orphaned = 0;  ///< of `held`: the process that held them is gone
  std::int64_t owed = 0;
  std::int64_t released = 0;  ///< reservations given back that are still kept
  // The movements.
  std::int64_t opening = 0;       ///< what there was before the first movement
  std::int64_t foreign = 0;       ///< what somebody else added (or took: negative), as recorded
  std::int64_t broken_links = 0;  ///< movements that do not continue the one before, or the ledger the last
  std::vector<std::int32_t> doubts;  ///< quantities of our PUTs that may still be carried out
  // How long it has been so.
  std::chrono::seconds since_movement{0};     ///< since the last one
  std::chrono::seconds longest_undecided{0};  ///< the oldest of `held` and `owed`
  bool served = false;                        ///< a running instance is there to finish what is under way
};

/// What the catalog shows of a product.
struct CatalogSight {
  bool answered = false;                 ///< false: the catalog did not answer, or was not asked
  std::optional<std::int32_t> quantity;  ///< none: it does not know the product
  bool moved = false;                    ///< the ledger moved on each time the catalog was being asked
};

/// Why the catalog shows another quantity than the ledger.
enum class Lag : std::uint8_t {
  none,        ///< it does not
  unsettled,   ///< the last movement's PUT is unanswered, or on its way
  late_write,  ///< it shows a value that an unanswered PUT of ours may have written late
  moving,      ///< the ledger moved while the catalog was being asked: nothing can be said
  gone,        ///< the catalog does not know the product any more
  unknown,     ///< somebody else wrote it, and no cycle has followed yet; or it is wrong
  unseen,      ///< the catalog did not answer
};
const char* to_string(Lag lag);

/// A product's facts, what the catalog shows, and what is to be thought of it.
struct ProductAudit {
  ProductFacts facts;
  CatalogSight catalog;
  /// How far the catalog is from `opening - ordered`; `facts.foreign`, `-facts.held`, `-facts.owed`, `behind`
  /// and `unaccounted` make it up.
  std::int64_t drift = 0;
  std::int64_t behind = 0;  ///< catalog - ledger
  Lag lag = Lag::none;
  std::int64_t unaccounted = 0;  ///< ledger - (opening + foreign - sold - held - owed): never anything but 0
  std::vector<std::string> faults;     ///< what is off, in words; empty: nothing
  std::vector<std::string> under_way;  ///< what is unfinished but being worked on
};

/// `grace`: how long unfinished work of a running instance is no fault.
ProductAudit judge(ProductFacts facts, const CatalogSight& catalog, std::chrono::seconds grace);

/// What is wrong, or unfinished, about orders, reservations, carts and movements.
enum class FindingKind : std::uint8_t {
  order_without_items,
  order_differs,       ///< `units` in the order's lines, `other` in its sold reservations
  orphaned_hold,       ///< `units` held for an order by a process that is gone
  cart_open,           ///< a cart whose order is committed and which is not marked so; `other` is the cart
  movement_unsettled,  ///< `units` is its quantity, `other` its number
  movement_in_doubt,   ///< its PUT may still be carried out; `units` is its quantity, `other` its number
};
const char* to_string(FindingKind kind);

struct Finding {
  FindingKind kind = FindingKind::order_differs;
  OrderId order{0};
  ProductId product{0};
  std::int64_t units = 0;
  std::int64_t other = 0;
  std::chrono::seconds age{0};
};

/// All findings of a kind, the first few by name.
struct FindingGroup {
  FindingKind kind = FindingKind::order_differs;
  std::int64_t count = 0;
  std::int64_t old = 0;  ///< of them: unfinished for longer than the grace
  std::vector<Finding> first;
};

/// What the database says beside the products.
struct OrderFacts {
  std::int64_t orders = 0;
  std::int64_t live_orders = 0;
  std::vector<FindingGroup> groups;
  bool served = false;
};

enum class Verdict : std::uint8_t {
  clean,
  off,      ///< something is wrong, or unfinished with nobody at work on it
  unknown,  ///< the catalog could not be asked about everything
};
const char* to_string(Verdict verdict);

/// How a group counts: faults, and what is only under way.
struct GroupJudgement {
  std::int64_t faults = 0;
  std::int64_t under_way = 0;
};
GroupJudgement judge(const FindingGroup& group, bool served);

/// What it comes to, added up over any number of products and groups.
struct AuditSum {
  std::int64_t products = 0;
  std::int64_t faults = 0;
  std::int64_t under_way = 0;
  std::int64_t unseen = 0;

  void add(const ProductAudit& product);
  void add(const OrderFacts& orders);
  [[nodiscard]] Verdict verdict() const;
};

}  // namespace orders
