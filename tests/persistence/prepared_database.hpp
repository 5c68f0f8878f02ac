// A fresh database with our schema on the test executable's PostgreSQL, and short ways to ask it. One for
// each suite; any thread may use the settings, the rest belongs to the test's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "config/config.hpp"
#include "domain/order_store.hpp"
#include "domain/stock_journal.hpp"
#include "tests/support/postgres.hpp"

namespace orders::test {

/// Settings for a database of the shared cluster, with patient timeouts; through another port if given (a
/// proxy's).
config::Database settings_for(const std::string& database, int port = 0);

class PreparedDatabase {
 public:
  PreparedDatabase();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] config::Database settings(int port = 0) const { return settings_for(name_, port); }
  [[nodiscard]] std::string ask(const std::string& sql) const {
    return PostgresCluster::shared().execute(sql, name_);
  }

 private:
  std::string name_;
};

/// Ids nobody else in this process gets.
OrderId new_order();
ProductId new_product();

/// The value, or the test ends with the error's detail.
template <class T>
T value_of(Result<T> result) {
  BOOST_REQUIRE_MESSAGE(result.ok(), (result.ok() ? std::string() : result.error().detail));
  return std::move(result.value());
}

/// The error's code, or the test ends.
template <class T>
ErrorCode code_of(const Result<T>& result) {
  BOOST_REQUIRE_MESSAGE(!result.ok(), "an error was expected");
  return result.error().code;
}

/// A cycle of a product whose ledger was read as `read` while the catalog shows `shown`.
CycleRequest cycle(ProductId product, std::optional<Ledger> read, std::int32_t shown,
                   std::vector<Hold> holds = {}, std::vector<HoldKey> releases = {});

/// Runs one cycle; the test ends when it fails.
CycleResult record_one(StockJournal& journal, const CycleRequest& request);

/// Holds units of each product for an order, first try, whatever is there already; the test ends unless all
/// are granted.
void hold_all(StockJournal& journal, OrderId order, const std::vector<OrderLine>& lines,
              std::int32_t stock = 1'000);

/// An order for one of each product, as T_order takes it.
OrderCommit commit_of(OrderId order, const std::vector<OrderLine>& lines);

/// Commits two batches at the same time, each through a store of its own: what became of `ours` and of
/// `theirs`. The test ends when one of them fails.
std::pair<std::vector<CommitOutcome>, std::vector<CommitOutcome>> commit_at_once(
    OrderStore& store, const std::vector<OrderCommit>& ours, const std::vector<OrderCommit>& theirs,
    const config::Database& another);

void check_same(const Order& a, const Order& b);

}  // namespace orders::test

namespace orders {
std::ostream& operator<<(std::ostream& out, ErrorCode code);
std::ostream& operator<<(std::ostream& out, HoldVerdict verdict);
std::ostream& operator<<(std::ostream& out, CommitVerdict verdict);
}  // namespace orders
