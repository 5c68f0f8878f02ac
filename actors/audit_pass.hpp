// One pass of the audit over some products: reads their facts, asks the catalog about each, compares, and
// asks again about those whose ledger moved meanwhile. Blocks on PostgreSQL and on the catalog, so it has a
// thread of its own: the auditor actor's, or that of `orderd audit`. Its GETs go a few at a time, so that
// those of orders never wait long behind them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "config/config.hpp"
#include "domain/audit.hpp"
#include "domain/audit_book.hpp"
#include "domain/neighbours.hpp"

namespace orders {

struct AuditQuery {
  ProductId after{0};                ///< only products with larger ids
  std::int32_t limit = 0;            ///< at most this many
  bool orders = true;                ///< what is to be said about orders, too
  Deadline until = Deadline::max();  ///< then the catalog is not asked any more
};

struct AuditPage {
  std::vector<ProductAudit> products;  ///< ascending
  bool more = false;                   ///< there are further products
  std::optional<OrderFacts> orders;
  AuditSum sum;  ///< of this page
};

class AuditPass {
 public:
  /// All outlive it.
  AuditPass(AuditBook& book, CatalogClient& catalog, const config::Config& settings)
      : book_(book), catalog_(catalog), settings_(settings) {}

  /// Errors: storage_unavailable, internal. A catalog that does not answer is no error: the page says so.
  Result<AuditPage> page(const AuditQuery& query);

 private:
  Result<std::vector<ProductAudit>> look(std::vector<ProductFacts> facts, Deadline until);
  std::vector<CatalogSight> ask(const std::vector<ProductFacts>& facts, Deadline until);
  std::vector<CatalogSight> ask_at_once(const std::vector<ProductFacts>& facts, std::size_t from,
                                        std::size_t to);
  [[nodiscard]] std::chrono::seconds grace() const;

  AuditBook& book_;
  CatalogClient& catalog_;
  const config::Config& settings_;
};

}  // namespace orders
