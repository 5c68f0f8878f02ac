// What the service counts about orders and stock, as plain atomics: whoever does a thing counts it, and
// http/metrics renders all of it for GET /metrics. Any thread; one object for the process, owned by main.cpp.
#pragma once

#include <atomic>
#include <cstdint>

namespace orders {

using Count = std::atomic<std::uint64_t>;
using Gauge = std::atomic<std::int64_t>;

struct Counters {
  // Orders, by how they ended.
  Count orders_placed{0};
  Count orders_refused{0};     ///< short of stock
  Count orders_failed{0};      ///< a neighbour or the database failed, or the deadline passed
  Count answers_replayed{0};   ///< given again to a request with the same Idempotency-Key
  Count answers_forgotten{0};  ///< kept under an Idempotency-Key for long enough
  Count order_conflicts{0};    ///< tries that had to begin again one product after another (rule R13)
  Gauge orders_in_flight{0};   ///< accepted by admission, not yet answered and settled
  Gauge placements{0};         ///< orders being carried out, also those whose client has its answer already
  Gauge placements_giving_back{0};  ///< of those, the ones that only wait until their units are given back
  Gauge reads_in_flight{0};
  Gauge audits_in_flight{0};
  Count admissions_refused{0};
  Count orders_abandoned{0};  ///< skipped, because the client had gone before anything was held or changed
  Count reads_abandoned{0};   ///< likewise, before anything was read

  // Stock.
  Count cycles{0};        ///< committed or read-only cycles of products
  Count cycles_stale{0};  ///< the ledger row had moved under them
  Count movements{0};
  Count foreign_edits{0};  ///< somebody else changed the catalog's stock
  Count late_writes{0};    ///< own late PUTs found and repaired
  Count puts_refused{0};   ///< with If-Match: somebody else had changed the product since its GET
  Count puts_unanswered{0};
  Count puts_too_late{0};  ///< not sent, since their movement was too old by then (rule R17)
  Count products_gone{0};  ///< left the catalog while units were held or owed
  Gauge holds_parked{0};

  // Recovery: what was found undone and dealt with.
  Count recovery_walks{0};
  Count recovered_movements{0};
  Count recovered_orphans{0};
  Count recovered_owed{0};
  Count doubts_looked_at{0};
  Count movements_pruned{0};
  Count reservations_pruned{0};
  Gauge recovery_unresolved{0};  ///< products of the last walk that could not be dealt with yet

  // Group commit.
  Count intent_batches{0};
  Count order_batches{0};
  Count commits_unknown{0};  ///< COMMITs that had to be repeated to learn their outcome
  Count storage_retries{0};

  // Actors.
  Gauge customers_resident{0};
  Gauge products_resident{0};
  Count actors_restarted{0};
  Count carts_closed{0};
  Count carts_close_retries{0};
  Gauge carts_closing{0};     ///< ordered, and not known to be marked so; only those in memory
  Count carts_taken_over{0};  ///< from instances that are dead
  Count carts_reopened{0};    ///< recorded as closed, but found active again
};

}  // namespace orders
