// The stock journal on PostgreSQL: ledger, movements and reservations, by the rules R1 to R12
// (ARCHITECTURE.md). Used by actors/intent_writer and actors/recovery through the port; one object belongs to
// one thread and owns one connection. How T_intent works is in intent.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "config/config.hpp"
#include "domain/stock_journal.hpp"
#include "persistence/turns.hpp"

namespace orders::persistence {

class Session;

class PostgresStockJournal : public StockJournal {
 public:
  /// Does not connect yet. Reservations carry `epoch` (of persistence/instance) as their owner; `doubt` is
  /// how long an unanswered PUT may still land.
  PostgresStockJournal(const config::Database& settings, std::int64_t epoch, std::chrono::milliseconds doubt);
  ~PostgresStockJournal() override;
  PostgresStockJournal(const PostgresStockJournal&) = delete;
  PostgresStockJournal& operator=(const PostgresStockJournal&) = delete;

  Result<std::vector<std::optional<Ledger>>> read(const std::vector<ProductId>& products) override;
  Result<std::vector<bool>> take_turns(const std::vector<ProductId>& products) override;
  Result<Done> end_turns(const std::vector<ProductId>& products) override;
  Result<std::vector<CycleResult>> record(const std::vector<CycleRequest>& cycles) override;
  Result<Done> mark_applied(const std::vector<Ledger>& rows) override;
  Result<std::vector<Unfinished>> unfinished(const UnfinishedQuery& query) override;
  Result<PruneStep> prune(const PruneQuery& query) override;

 private:
  template <class T>
  Result<T> whole_turns(Result<T> result);

  const std::unique_ptr<Session> session_;
  const std::int64_t epoch_;
  const std::chrono::milliseconds doubt_;
  Turns turns_;
};

}  // namespace orders::persistence
