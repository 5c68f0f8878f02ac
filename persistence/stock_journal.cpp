#include "persistence/stock_journal.hpp"

#include <algorithm>
#include <unordered_map>

#include "domain/crash_point.hpp"
#include "persistence/intent.hpp"
#include "persistence/prune.hpp"
#include "persistence/session.hpp"
#include "persistence/sql_array.hpp"
#include "persistence/unfinished.hpp"

namespace orders::persistence {

namespace {

constexpr const char* read_ledger = R"sql(
SELECT product_id, seq, quantity, (state = 'intended')::int, name, price
FROM product_stock WHERE product_id = ANY (:p1::int[])
)sql";

// Losing this mark does no harm (the next cycle settles the movement), so its COMMIT need not wait for the
// disk. Rows are locked in the order T_intent locks them.
constexpr const char* mark = R"sql(
WITH locked AS (
  SELECT p.product_id, p.seq FROM product_stock p
    JOIN unnest(:p1::int[], :p2::bigint[]) AS asked (product_id, seq) USING (product_id, seq)
    JOIN stock_movements m USING (product_id, seq)
  WHERE p.state = 'intended' AND m.state = 'intended' AND m.doubt_until IS NULL
  ORDER BY p.product_id FOR UPDATE OF p),
ledger AS (
  UPDATE product_stock p SET state = 'applied' FROM locked WHERE p.product_id = locked.product_id AND p.seq = locked.seq
  RETURNING p.product_id, p.seq),
movements AS (
  UPDATE stock_movements m SET state = 'applied' FROM ledger
  WHERE m.product_id = ledger.product_id AND m.seq = ledger.seq)
SELECT 1 FROM set_config('synchronous_commit', 'off', true)
)sql";

}  // namespace

PostgresStockJournal::PostgresStockJournal(const config::Database& settings, std::int64_t epoch,
                                           std::chrono::milliseconds doubt)
    : session_(std::make_unique<Session>(settings, Access::by_key)), epoch_(epoch), doubt_(doubt) {}

PostgresStockJournal::~PostgresStockJournal() = default;

Result<std::vector<std::optional<Ledger>>> PostgresStockJournal::read(
    const std::vector<ProductId>& products) {
  return session_->read([&] {
    SqlArray ids;
    for (const auto product : products) ids.add(product.value);
    std::unordered_map<ProductId, Ledger> found;
    for (auto& row :
         session_->rows<int, std::int64_t, int, int, std::string, std::int64_t>(read_ledger, ids.text())) {
      auto& [id, seq, quantity, intended, name, price] = row;
      const ProductId product{id};
      found.emplace(product, Ledger{product, seq, quantity, intended != 0, std::move(name), price});
    }
    std::vector<std::optional<Ledger>> ledgers;
    ledgers.reserve(products.size());
    for (const auto product : products) {
      const auto at = found.find(product);
      ledgers.push_back(at == found.end() ? std::nullopt : std::optional<Ledger>(at->second));
    }
    return ledgers;
  });
}

// A statement that failed half way keeps the locks it has taken, or did not give back, and nobody knows
// which: they go with the connection.
template <class T>
Result<T> PostgresStockJournal::whole_turns(Result<T> result) {
  if (!result.ok()) session_->drop();
  return result;
}

Result<std::vector<bool>> PostgresStockJournal::take_turns(const std::vector<ProductId>& products) {
  return whole_turns(session_->read([&] { return turns_.take(*session_, products); }));
}

Result<Done> PostgresStockJournal::end_turns(const std::vector<ProductId>& products) {
  return whole_turns(session_->read([&] {
    turns_.end(*session_, products);
    return Done{};
  }));
}

Result<std::vector<CycleResult>> PostgresStockJournal::record(const std::vector<CycleRequest>& cycles) {
  if (cycles.empty()) return std::vector<CycleResult>{};
  crash_point("intent.begins");
  auto recorded = session_->transact([&] {
    auto results = Intent(*session_, cycles, epoch_, doubt_).run();
    crash_point("intent.commits");
    return results;
  });
  crash_point("intent.committed");
  return recorded;
}

Result<Done> PostgresStockJournal::mark_applied(const std::vector<Ledger>& rows) {
  if (rows.empty()) return Done{};
  crash_point("mark.begins");
  auto marked = session_->write([&] {
    SqlArray products;
    SqlArray seqs;
    for (const auto& row : rows) {
      products.add(row.product.value);
      seqs.add(row.seq);
    }
    session_->rows<int>(mark, products.text(), seqs.text());
    return Done{};
  });
  crash_point("mark.done");
  return marked;
}

Result<std::vector<Unfinished>> PostgresStockJournal::unfinished(const UnfinishedQuery& query) {
  return session_->read([&] { return find_unfinished(*session_, query, epoch_); });
}

Result<PruneStep> PostgresStockJournal::prune(const PruneQuery& query) {
  return session_->transact([&] {
    return query.what == Prunable::movements ? prune_movements(*session_, query)
                                             : prune_reservations(*session_, query);
  });
}

}  // namespace orders::persistence
