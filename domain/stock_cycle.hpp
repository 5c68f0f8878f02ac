// One cycle of a product's stock: what the ledger says, what the catalog shows, which holds and releases are
// queued, and what follows from it. The decision is a pure function (any thread); persistence/stock_journal
// calls it inside the transaction that locks the ledger row, so that it always decides on the truth.
// ARCHITECTURE.md has the rules R1 to R17.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/ids.hpp"

namespace orders {

/// A product as the catalog shows it.
struct CatalogProduct {
  ProductId id;
  std::string name;
  std::int64_t price = 0;  ///< whatever the catalog counts in; only ever echoed back to it
  std::int32_t quantity = 0;
  std::string etag;  ///< empty when the catalog sends none
};

/// Row of product_stock: what the catalog must show, and how far that has come. `seq` counts the product's
/// movements.
struct Ledger {
  ProductId product;
  std::int64_t seq = 0;
  std::int32_t quantity = 0;
  bool intended =
      false;         ///< movement `seq` is committed, but nobody has recorded yet that its PUT was answered
  std::string name;  ///< name and price of the last GET while nothing was in doubt: a repair restores them
  std::int64_t price = 0;
};

/// Which try of which order: an order that met a conflict asks again with the next attempt.
struct HoldKey {
  OrderId order;
  std::int32_t attempt = 0;

  friend bool operator==(const HoldKey& a, const HoldKey& b) {
    return a.order == b.order && a.attempt == b.attempt;
  }
};

struct Hold {
  HoldKey key;
  std::int32_t quantity = 0;
};

/// A cycle as its product actor asks for it.
struct CycleRequest {
  ProductId product;
  /// The ledger row as it was read *before* the GET (rule R2); none: there was no row. If the row has changed
  /// since in (seq, intended), the cycle is stale and decides nothing (rule R3).
  std::optional<Ledger> read;
  bool answered = true;  ///< this instance sent every PUT of movement read->seq and all were answered
  CatalogProduct seen;
  bool gone = false;  ///< the catalog does not know the product any more: `seen` says nothing (rule R17)
  std::chrono::steady_clock::time_point asked_at;  ///< when the catalog was asked for `seen`
  std::vector<Hold> holds;                         ///< first come, first served
  std::vector<HoldKey> releases;  ///< of reservations that are held or owed; others are passed over
};

enum class HoldVerdict : std::uint8_t {
  undecided,  ///< the cycle was stale: ask again
  granted,    ///< reserved as `held`; certain once the cycle's PUT, or a later one, is answered
  refused,    ///< short even if every undecided hold of other orders came back (rule R12)
  conflict,   ///< short only because other orders have not decided yet (rule R13)
};

struct CycleResult {
  bool stale = false;
  Ledger ledger;     ///< as it stands after the cycle (stale: as it stands)
  bool put = false;  ///< the catalog must be told ledger.quantity
  std::vector<HoldVerdict>
      holds;              ///< one for each CycleRequest::holds. When stale, `granted` marks those that an
                          ///< earlier COMMIT of unknown outcome turns out to have reserved (rule R7)
  bool foreign = false;   ///< somebody else had changed the catalog's quantity: the ledger was re-based on it
  bool repaired = false;  ///< a late write of our own was found in the catalog
  bool moved = false;     ///< a movement was written
  bool closed = false;  ///< the product was gone: whatever was held or owed is given up, and nothing is left
};

/// What a movement is for; recorded with it, for people.
enum class MovementKind : std::uint8_t { order, settle, foreign, repair, gone };
const char* to_string(MovementKind kind);

/// What to write, as decided on the locked ledger row.
struct CycleDecision {
  std::int32_t before =
      0;  ///< the ledger's quantity the movement starts from (after a re-base: the catalog's)
  std::int32_t after = 0;
  bool changed = false;    ///< a movement must be written
  bool applied = false;    ///< the catalog shows `after` already: no PUT
  bool unsettled = false;  ///< the movement before this one gets a doubt: its PUT may still land
  MovementKind kind = MovementKind::order;
  std::vector<bool> granted;  ///< one a hold
};

/// The most units that may come back to a product in one cycle, so that the catalog is never told more than
/// it can count (rule R17). Whatever it shows may become the ledger's quantity.
std::int64_t room_for_releases(const Ledger& row, const CycleRequest& request);

/// Rules R1, R2, R4 and R5. `row` is the ledger row, locked; `live_doubts` are the quantities of PUTs that
/// may still land, or may have landed since the catalog was last compared (needed only when the catalog shows
/// something else than the row); `released` is what the releases gave back.
CycleDecision decide_cycle(const Ledger& row, const CycleRequest& request,
                           const std::vector<std::int32_t>& live_doubts, std::int64_t released);

}  // namespace orders
