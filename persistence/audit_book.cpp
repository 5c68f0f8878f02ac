#include "persistence/audit_book.hpp"

#include <algorithm>
#include <sstream>
#include <string>

#include "persistence/audit_sql.hpp"
#include "persistence/session.hpp"
#include "persistence/sql_array.hpp"

namespace orders::persistence {

namespace {

using std::chrono::seconds;

// Reading every reservation of a large installation takes its time.
constexpr std::chrono::minutes statement_timeout_least{5};

config::Database patient(config::Database settings) {
  settings.statement_timeout =
      std::max<std::chrono::milliseconds>(settings.statement_timeout, statement_timeout_least);
  return settings;
}

std::vector<std::int32_t> numbers(const std::string& list) {
  std::vector<std::int32_t> read;
  std::istringstream text(list);
  for (std::int32_t number = 0; text >> number;) read.push_back(number);
  return read;
}

std::string list_of(const std::vector<ProductId>& products) {
  SqlArray list;
  for (const auto product : products) list.add(product.value);
  return list.text();
}

template <class... Parameters>
std::vector<ProductFacts> read_products(Session& session, const std::string& sql,
                                        const Parameters&... parameters) {
  using N = std::int64_t;
  std::vector<ProductFacts> read;
  for (auto& row : session.rows<N, N, N, N, N, N, N, N, N, N, N, N, N, std::string, N, N, N>(sql.c_str(),
                                                                                             parameters...)) {
    auto& [product, seq, quantity, intended, ordered, sold, held, orphaned, owed, released, opening, foreign,
           broken, doubts, since, undecided, served] = row;
    ProductFacts facts;
    facts.product = ProductId{static_cast<std::int32_t>(product)};
    facts.seq = seq;
    facts.quantity = quantity;
    facts.intended = intended != 0;
    facts.ordered = ordered;
    facts.sold = sold;
    facts.held = held;
    facts.orphaned = orphaned;
    facts.owed = owed;
    facts.released = released;
    facts.opening = opening;
    facts.foreign = foreign;
    facts.broken_links = broken;
    facts.doubts = numbers(doubts);
    facts.since_movement = seconds(since);
    facts.longest_undecided = seconds(undecided);
    facts.served = served != 0;
    read.push_back(std::move(facts));
  }
  return read;
}

FindingGroup read_group(Session& session, FindingKind kind, const std::string& sql, std::int32_t limit,
                        seconds grace) {
  using N = std::int64_t;
  FindingGroup group;
  group.kind = kind;
  for (const auto& [order, product, units, other, age, count, old] :
       session.rows<N, N, N, N, N, N, N>(sql.c_str(), limit, grace.count())) {
    group.count = count;
    group.old = old;
    Finding finding;
    finding.kind = kind;
    finding.order = OrderId{order};
    finding.product = ProductId{static_cast<std::int32_t>(product)};
    finding.units = units;
    finding.other = other;
    finding.age = seconds(age);
    group.first.push_back(finding);
  }
  return group;
}

}  // namespace

PostgresAuditBook::PostgresAuditBook(const config::Database& settings)
    : session_(std::make_unique<Session>(patient(settings))) {}

PostgresAuditBook::~PostgresAuditBook() = default;

Result<std::vector<ProductFacts>> PostgresAuditBook::products_after(ProductId after, std::int32_t limit) {
  return session_->read([&] { return read_products(*session_, product_page_facts(), after.value, limit); });
}

Result<std::vector<ProductFacts>> PostgresAuditBook::products(const std::vector<ProductId>& wanted) {
  return session_->read([&] { return read_products(*session_, chosen_product_facts(), list_of(wanted)); });
}

Result<std::vector<LedgerMark>> PostgresAuditBook::marks(const std::vector<ProductId>& wanted) {
  return session_->read([&] {
    std::vector<LedgerMark> read;
    for (const auto& [product, seq, intended] :
         session_->rows<int, std::int64_t, int>(ledger_marks().c_str(), list_of(wanted))) {
      read.push_back({ProductId{product}, seq, intended != 0});
    }
    return read;
  });
}

Result<OrderFacts> PostgresAuditBook::orders(std::int32_t limit, seconds grace) {
  return session_->read([&] {
    OrderFacts facts;
    for (const auto& [orders, live, served] :
         session_->rows<std::int64_t, std::int64_t, int>(order_counts().c_str())) {
      facts.orders = orders;
      facts.live_orders = live;
      facts.served = served != 0;
    }
    for (const auto& [kind, sql] : finding_queries()) {
      facts.groups.push_back(read_group(*session_, kind, sql, limit, grace));
    }
    return facts;
  });
}

}  // namespace orders::persistence
