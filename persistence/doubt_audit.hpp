// When products in doubt are compared with the catalog (rule R5): a PUT that was not answered may land at any
// time until its doubt ends, and only a GET can tell. Used by intent.cpp, inside its transaction and under
// the ledger's locks.
#pragma once

#include <chrono>
#include <vector>

#include "domain/ids.hpp"

namespace orders::persistence {

class Session;

/// A product was compared with what the catalog showed to a GET that was begun at `asked_at`.
struct DoubtAudit {
  ProductId product;
  std::chrono::steady_clock::time_point asked_at;
  bool gone =
      false;  ///< the catalog did not know it: all its doubts are over, for there is nothing to compare
};

/// Ends the doubts that were over when the catalog was asked, and arranges the next audit: after as long
/// again as the newest doubt is old (at least a second, at most an hour), and once when it ends. Throws what
/// the session throws.
void note_doubt_audits(Session& session, const std::vector<DoubtAudit>& audits,
                       std::chrono::milliseconds doubt);

}  // namespace orders::persistence
