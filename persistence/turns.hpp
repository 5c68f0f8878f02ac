// The turns of this instance at products (rule R15): an advisory lock a product, so that several instances do
// not run useless cycles of the same one. Manners, not safety: a lock that is lost with its connection does
// no harm, since T_intent compares the ledger. Belongs to one PostgresStockJournal and its thread.
#pragma once

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "domain/ids.hpp"

namespace orders::persistence {

class Session;

class Turns {
 public:
  /// Whether each of these products is this instance's turn now; inside Session::read. Throws what the
  /// session throws.
  std::vector<bool> take(Session& session, const std::vector<ProductId>& products);
  /// Lets others have their turn. Likewise.
  void end(Session& session, const std::vector<ProductId>& products);

 private:
  void forget_lost(const Session& session);

  /// A lock that a connection takes twice must be given back twice, so what is held is kept in mind.
  std::unordered_set<ProductId> held_;
  std::uint64_t held_on_ = 0;  ///< the connection that has them
};

}  // namespace orders::persistence
