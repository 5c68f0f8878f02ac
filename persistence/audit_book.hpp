// What the audit reads, on PostgreSQL: each call one statement a part, so that every part is one snapshot.
// Used by the auditor actor and by `orderd audit` through the port; one object belongs to one thread and owns
// one connection. Takes no locks that anybody could wait for.
#pragma once

#include <memory>
#include <vector>

#include "config/config.hpp"
#include "domain/audit_book.hpp"

namespace orders::persistence {

class Session;

class PostgresAuditBook : public AuditBook {
 public:
  /// Does not connect yet. Statements may take longer than others of the service:
  /// `database.statement_timeout` is for those that read a few rows.
  explicit PostgresAuditBook(const config::Database& settings);
  ~PostgresAuditBook() override;
  PostgresAuditBook(const PostgresAuditBook&) = delete;
  PostgresAuditBook& operator=(const PostgresAuditBook&) = delete;

  Result<std::vector<ProductFacts>> products_after(ProductId after, std::int32_t limit) override;
  Result<std::vector<ProductFacts>> products(const std::vector<ProductId>& wanted) override;
  Result<std::vector<LedgerMark>> marks(const std::vector<ProductId>& wanted) override;
  Result<OrderFacts> orders(std::int32_t limit, std::chrono::seconds grace) override;

 private:
  const std::unique_ptr<Session> session_;
};

}  // namespace orders::persistence
