// The port to the stock journal: the ledger of every product this service has touched, its movements and its
// reservations. persistence/stock_journal implements it on PostgreSQL; actors/intent_writer and
// actors/recovery call it, each from one thread of its own: calls block for a round trip or more, and one
// object serves one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "domain/recovery.hpp"
#include "domain/result.hpp"
#include "domain/stock_cycle.hpp"

namespace orders {

/// What nobody needs any more (rule R16).
enum class Prunable : std::uint8_t { movements, reservations };

struct PruneQuery {
  Prunable what = Prunable::movements;
  std::int64_t after = 0;          ///< from here on: a product's id, or an order's
  std::chrono::milliseconds keep;  ///< what is younger stays
};

struct PruneStep {
  std::int64_t removed = 0;
  std::int64_t last = 0;  ///< where the next step goes on
  bool more = false;      ///< there may be more behind it
};

class StockJournal {
 public:
  virtual ~StockJournal() = default;

  /// The ledger rows of these products, in the order asked; none where there is no row yet.
  /// Errors: storage_unavailable.
  virtual Result<std::vector<std::optional<Ledger>>> read(const std::vector<ProductId>& products) = 0;

  /// Whether each of these products is this instance's turn now (rule R15); it then is until end_turns(), or
  /// until the connection is lost. Only for several instances on one database. Errors: storage_unavailable.
  virtual Result<std::vector<bool>> take_turns(const std::vector<ProductId>& products) = 0;
  virtual Result<Done> end_turns(const std::vector<ProductId>& products) = 0;

  /// T_intent: runs the cycles of several products (each at most once in a batch) in one transaction and
  /// returns their results in the order asked. Errors:
  ///   storage_unavailable  nothing was written: call again with the same batch
  ///   outcome_unknown      the connection was lost around the COMMIT: call again with the same batch until
  ///   it tells (R7) internal             a cycle is impossible (a bug); nothing was written: run them one by
  ///   one to find which
  virtual Result<std::vector<CycleResult>> record(const std::vector<CycleRequest>& cycles) = 0;

  /// Marks movement `seq` of each product as applied where the ledger still is at (seq, intended). Only for
  /// movements of which this instance sent every PUT and got an answer to each. May be lost without harm.
  /// Errors: storage_unavailable, outcome_unknown.
  virtual Result<Done> mark_applied(const std::vector<Ledger>& rows) = 0;

  /// A page of the products about which something is left to do, ascending; fewer than the limit: there are
  /// no more. Errors: storage_unavailable, internal.
  virtual Result<std::vector<Unfinished>> unfinished(const UnfinishedQuery& query) = 0;

  /// Removes a bounded number of rows. Errors: storage_unavailable, outcome_unknown, internal; nothing
  /// depends on whether it was done.
  virtual Result<PruneStep> prune(const PruneQuery& query) = 0;
};

}  // namespace orders
