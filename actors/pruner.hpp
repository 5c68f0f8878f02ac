// Removes from the stock journal what nobody needs any more, a bounded step at a time (rule R16). Used by the
// recovery actor between its walks, with its journal; lives in that actor.
#pragma once

#include <chrono>

#include "actors/context.hpp"
#include "domain/stock_journal.hpp"

namespace orders::actors {

class Pruner {
 public:
  Pruner(const Context& context, StockJournal& journal) : context_(context), journal_(journal) {}

  /// A few steps, if it is time for them; blocks on the journal. True: it is not through yet.
  bool work();

 private:
  using Clock = std::chrono::steady_clock;

  const Context& context_;
  StockJournal& journal_;
  PruneQuery query_;
  Clock::time_point next_pass_;  ///< the first one at once
};

}  // namespace orders::actors
