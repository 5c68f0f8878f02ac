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

/// Whether an ETag can name a version: a strong one (RFC 9110 section 8.8.3), such as If-Match compares.
bool is_strong_etag(const std::string& etag);

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
  bool answered = true;   ///< this instance sent every PUT of movement read->seq and all were answered
  bool void_put = false;  ///< this instance knows that no PUT of movement read->seq, or of an unsettled one
                          ///< before it, was or will be applied: the catalog refused the only one there was
  bool conditional = false;  ///< the PUT that may follow carries If-Match with the version of `seen`
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
      holds;  ///< one for each CycleRequest::holds. When stale, `granted` marks those that an
              ///< earlier COMMIT of unknown outcome turns out to have reserved (rule R7)
  std::vector<HoldKey> voided;  ///< of earlier cycles, not sold: there is nothing left to hold for them
  bool unsettled = false;       ///< the movement was decided while a PUT of ours may still take effect
  bool foreign = false;   ///< somebody else had changed the catalog's quantity: the ledger was re-based on it
  bool repaired = false;  ///< a late write of our own was found in the catalog
  bool moved = false;     ///< a movement was written
  bool closed = false;  ///< the product was gone: whatever was held or owed is given up, and nothing is left
};

/// What a movement is for; recorded with it, for people.
enum class MovementKind : std::uint8_t { order, settle, foreign, repair, gone };
const char* to_string(MovementKind kind);

/// The movements since the catalog last showed the ledger's quantity for certain, when none of their PUTs has
/// been answered: which of them it has carried out is not known.
struct Unsettled {
  std::int32_t base = 0;             ///< what the catalog showed before the first of them
  std::vector<std::int32_t> afters;  ///< what it was to show after each
  std::int64_t held = 0;             ///< units that they reserved and that are not sold
  bool conditional = false;          ///< a PUT with If-Match is among them
};

/// What the database knows about a product when its cycle is decided.
struct CycleFacts {
  /// Quantities of PUTs that may still land, or may have landed since the catalog was last compared. Needed
  /// only when the catalog shows something else than the ledger, or `void_put`.
  std::vector<std::int32_t> live_doubts;
  std::int64_t released = 0;           ///< what the releases gave back
  std::optional<Unsettled> unsettled;  ///< if the ledger is
};

/// What to write, as decided on the locked ledger row.
struct CycleDecision {
  std::int32_t before =
      0;  ///< the ledger's quantity the movement starts from (after a re-base: the catalog's)
  std::int32_t after = 0;
  bool changed = false;    ///< a movement must be written
  bool applied = false;    ///< the catalog shows `after` already: no PUT
  bool unsettled = false;  ///< the PUT of the movement before this one may still land
  /// What the catalog shows, where that is not `before`: a late write of ours, or somebody else's edit while
  /// movements were not settled.
  std::optional<std::int32_t> shown;
  bool follows_texts = false;  ///< the ledger takes name and price over from the catalog
  MovementKind kind = MovementKind::order;
  std::vector<bool> granted;  ///< one a hold
};

/// Whether the catalog may not have been told of the ledger's last movement.
bool is_unsettled(const Ledger& row, const CycleRequest& request);

/// Whether the catalog's quantity has to be compared with those of PUTs that may still land.
bool needs_doubts(const Ledger& row, const CycleRequest& request);

/// The most units that may come back to a product in one cycle, so that the catalog is never told more than
/// it can count (rule R17). Whatever it shows may become the ledger's quantity.
std::int64_t room_for_releases(const Ledger& row, const CycleRequest& request,
                               const std::optional<Unsettled>& unsettled);

/// How many units of earlier holds must be given up, since somebody else took them before the catalog was
/// told of them. Whoever gives them up adds them to `released`.
std::int64_t overdrawn(const Ledger& row, const CycleRequest& request, const CycleFacts& facts);

/// Rules R1, R2, R4 and R5. `row` is the ledger row, locked.
CycleDecision decide_cycle(const Ledger& row, const CycleRequest& request, const CycleFacts& facts);

}  // namespace orders
