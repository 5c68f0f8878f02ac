#include "command/audit_run.hpp"

#include <iostream>
#include <utility>

#include "command/audit_table.hpp"
#include "http/audit_json.hpp"
#include "http/client/catalog_client.hpp"
#include "http/client/http_client.hpp"
#include "persistence/audit_book.hpp"

namespace orders::command {

namespace {

constexpr std::int32_t products_at_a_time = 10'000;

AuditRun audit_all(AuditBook& book, CatalogClient& catalog, const config::Config& settings) {
  AuditRun audit;
  AuditPass pass(book, catalog, settings);
  AuditQuery query;
  query.limit = products_at_a_time;
  for (bool more = true; more;) {
    auto page = pass.page(query);
    if (!page.ok()) {
      audit.failure = page.error().detail;
      return audit;
    }
    more = page.value().more;
    if (more) query.after = page.value().products.back().facts.product;
    query.orders = false;  // they were in the first page
    audit.pages.push_back(std::move(page.value()));
  }
  for (const auto& page : audit.pages) {
    for (const auto& product : page.products) audit.sum.add(product);
    if (page.orders) audit.sum.add(*page.orders);
  }
  return audit;
}

}  // namespace

AuditRun run_audit(const config::Config& settings) {
  persistence::PostgresAuditBook book(settings.database);
  http::HttpClient client(settings.catalog, settings.cart);
  http::HttpCatalogClient catalog(client, settings.catalog.tries);
  auto audit = audit_all(book, catalog, settings);
  client.stop();
  return audit;
}

int exit_status(const AuditRun& audit) {
  if (!audit.failure.empty()) return 2;
  switch (audit.sum.verdict()) {
    case Verdict::clean:
      return 0;
    case Verdict::off:
      return 1;
    case Verdict::unknown:
      break;
  }
  return 2;
}

void print(const AuditRun& audit, bool json) {
  if (!audit.failure.empty()) {
    std::cerr << "orderd: the audit could not be made: " << audit.failure << "\n";
  } else if (json) {
    std::cout << http::to_json(audit.pages, audit.sum) << "\n";
  } else {
    std::cout << table(audit.pages, audit.sum);
  }
}

}  // namespace orders::command
