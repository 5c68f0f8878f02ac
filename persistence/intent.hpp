// T_intent: the cycles of a batch of products in one transaction (rules R1 to R8 and R12), in at most five
// statements however many products and holds there are. Made by PostgresStockJournal for each try of each
// batch, inside Session::transact; belongs to that thread and lives as long as the transaction.
#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "domain/stock_cycle.hpp"

namespace orders::persistence {

class Session;

class Intent {
 public:
  /// `cycles`: each product at most once; must outlive this.
  Intent(Session& session, const std::vector<CycleRequest>& cycles, std::int64_t epoch,
         std::chrono::milliseconds doubt);

  /// Runs the statements and returns one result a cycle. Throws what the session throws;
  /// std::invalid_argument when a product stands twice in the batch.
  std::vector<CycleResult> run();

 private:
  // A cycle while it is worked on.
  struct Work {
    const CycleRequest* request = nullptr;
    CycleResult result;
    bool audit_due = false;  // it is in doubt, and it is time to compare it with the catalog (R5)
    CycleFacts facts;
    std::int64_t unsettled_since = 0;     // the first of the movements in facts.unsettled
    CycleRequest open;                    // the request with only the holds that are still to be decided
    std::vector<std::size_t> open_holds;  // where those stand in request->holds
    CycleDecision decision;
  };

  bool seed_ledger();
  void lock_ledger();
  void gather_unsettled();
  void gather_facts();
  void note_existing(Work& work, const HoldKey& key);
  void void_holds();
  void decide(Work& work);
  bool note_audits();
  void write_changes();
  void judge_ungranted();

  Session& session_;
  const std::int64_t epoch_;
  const std::chrono::milliseconds doubt_;
  std::vector<Work> works_;  // ascending by product, the order of all locks
  std::unordered_map<ProductId, std::size_t> by_product_;
  std::vector<std::size_t> asked_order_;  // asked_order_[n]: where cycle n stands in works_
};

}  // namespace orders::persistence
