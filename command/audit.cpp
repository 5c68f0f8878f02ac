#include "command/audit.hpp"

#include <iostream>
#include <string>
#include <vector>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "actors/audit_pass.hpp"
#include "command/audit_table.hpp"
#include "http/audit_json.hpp"
#include "http/client/catalog_client.hpp"
#include "http/client/http_client.hpp"
#include "persistence/audit_book.hpp"

namespace orders::command {

namespace {

constexpr std::int32_t products_at_a_time = 10'000;

struct Outcome {
  std::vector<AuditPage> pages;
  AuditSum sum;
  std::string failure;  ///< why it could not be finished; empty: it was
};

Outcome audit_all(AuditBook& book, CatalogClient& catalog, const config::Config& settings) {
  Outcome outcome;
  AuditPass pass(book, catalog, settings);
  AuditQuery query;
  query.limit = products_at_a_time;
  for (bool more = true; more;) {
    auto page = pass.page(query);
    if (!page.ok()) {
      outcome.failure = page.error().detail;
      return outcome;
    }
    more = page.value().more;
    if (more) query.after = page.value().products.back().facts.product;
    query.orders = false;  // they were in the first page
    outcome.pages.push_back(std::move(page.value()));
  }
  for (const auto& page : outcome.pages) {
    for (const auto& product : page.products) outcome.sum.add(product);
    if (page.orders) outcome.sum.add(*page.orders);
  }
  return outcome;
}

int exit_status(const Outcome& outcome) {
  if (!outcome.failure.empty()) return 2;
  switch (outcome.sum.verdict()) {
    case Verdict::clean:
      return 0;
    case Verdict::off:
      return 1;
    case Verdict::unknown:
      break;
  }
  return 2;
}

void print(const Outcome& outcome, bool json) {
  if (!outcome.failure.empty()) {
    std::cerr << "orderd: the audit could not be made: " << outcome.failure << "\n";
  } else if (json) {
    std::cout << http::to_json(outcome.pages, outcome.sum) << "\n";
  } else {
    std::cout << table(outcome.pages, outcome.sum);
  }
}

}  // namespace

int audit(const config::Config& settings, bool json) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("audit"));  // standard output is the result's
  persistence::PostgresAuditBook book(settings.database);
  http::HttpClient client(settings.catalog, settings.cart);
  http::HttpCatalogClient catalog(client, settings.catalog.tries);
  const auto outcome = audit_all(book, catalog, settings);
  print(outcome, json);
  client.stop();
  return exit_status(outcome);
}

}  // namespace orders::command
