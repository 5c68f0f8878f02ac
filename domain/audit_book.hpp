// The port to what the audit reads. persistence/audit_book implements it on PostgreSQL; actors/audit_pass
// calls it. Calls block, some for as long as it takes to read every reservation once; one object serves one
// thread. Errors of every call: storage_unavailable, internal.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "domain/audit.hpp"
#include "domain/result.hpp"

namespace orders {

/// How far a product's ledger has come: while it is the same before and after the catalog was asked, the
/// answer can be compared with it.
struct LedgerMark {
  ProductId product;
  std::int64_t seq = 0;
  bool intended = false;
};

class AuditBook {
 public:
  virtual ~AuditBook() = default;

  /// The facts of products with larger ids than `after`, ascending, at most `limit`.
  virtual Result<std::vector<ProductFacts>> products_after(ProductId after, std::int32_t limit) = 0;
  /// The facts of these products, ascending.
  virtual Result<std::vector<ProductFacts>> products(const std::vector<ProductId>& wanted) = 0;
  virtual Result<std::vector<LedgerMark>> marks(const std::vector<ProductId>& wanted) = 0;

  /// What is to be said about orders, with at most `limit` findings of each kind by name. `grace`: unfinished
  /// work older than that is counted as old.
  virtual Result<OrderFacts> orders(std::int32_t limit, std::chrono::seconds grace) = 0;
};

}  // namespace orders
