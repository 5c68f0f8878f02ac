// Removes what nobody needs any more (rule R16): movements that are settled and out of doubt, from a
// product's first one on, and reservations that were given back. What the movements came to stays in the
// ledger row, so that the audit remains exact. Used by PostgresStockJournal, each call inside a transaction
// of its own and bounded; belongs to that thread.
//
// Reservations that are sold are kept as long as their orders: whether an order can still be cancelled
// depends on settings that may change tomorrow.
#pragma once

#include "domain/stock_journal.hpp"

namespace orders::persistence {

class Session;

/// A few products with larger ids than `query.after`, or a few orders. Throws what the session throws.
PruneStep prune_movements(Session& session, const PruneQuery& query);
PruneStep prune_reservations(Session& session, const PruneQuery& query);

}  // namespace orders::persistence
