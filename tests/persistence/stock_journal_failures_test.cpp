// Rule R7 for T_intent: the very same batch, run again until it tells.
#include <chrono>

#include "persistence/order_store.hpp"
#include "persistence/stock_journal.hpp"
#include "tests/persistence/cutting_proxy.hpp"
#include "tests/persistence/prepared_database.hpp"

namespace orders::persistence {

namespace {

using test::code_of;
using test::CuttingProxy;
using test::cycle;
using test::hold_all;
using test::new_order;
using test::new_product;
using test::PostgresCluster;
using test::record_one;
using test::value_of;

test::PreparedDatabase& database() {
  static test::PreparedDatabase prepared;
  return prepared;
}

struct FailingJournalFixture {
  [[nodiscard]] std::string reserved() const {
    return database().ask(
        "SELECT count(*), sum(quantity) FROM reservations WHERE state = 'held' AND product_id = " +
        std::to_string(product.value));
  }

  CuttingProxy proxy{PostgresCluster::shared().port()};
  PostgresStockJournal journal{database().settings(proxy.port()), 1, std::chrono::hours(24)};
  PostgresStockJournal direct{database().settings(), 2, std::chrono::hours(24)};
  const ProductId product = new_product();
  const OrderId order = new_order();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(stock_journal_failures, FailingJournalFixture)

BOOST_AUTO_TEST_CASE(finds_its_holds_when_an_unknown_commit_took_place) {
  const auto request = cycle(product, {}, 10, {{{order, 0}, 3}});
  proxy.cut("COMMIT", CuttingProxy::Moment::before_answering);
  BOOST_TEST(code_of(journal.record({request})) == ErrorCode::outcome_unknown);
  const auto result = record_one(journal, request);
  BOOST_TEST(result.stale);
  BOOST_TEST(result.holds.at(0) == HoldVerdict::granted);
  BOOST_TEST(result.ledger.quantity == 7);
  BOOST_TEST(reserved() == "1|3");
}

BOOST_AUTO_TEST_CASE(reserves_when_an_unknown_commit_did_not_take_place) {
  const auto request = cycle(product, {}, 10, {{{order, 0}, 3}});
  proxy.cut("COMMIT", CuttingProxy::Moment::before_sending);
  BOOST_TEST(code_of(journal.record({request})) == ErrorCode::outcome_unknown);
  const auto result = record_one(journal, request);
  BOOST_TEST(!result.stale);
  BOOST_TEST(result.holds.at(0) == HoldVerdict::granted);
  BOOST_TEST(reserved() == "1|3");
}

BOOST_AUTO_TEST_CASE(does_not_release_twice_when_an_unknown_commit_took_place) {
  hold_all(direct, order, {{product, 4}}, 10);
  const auto read = value_of(journal.read({product})).at(0);
  const auto request = cycle(product, read, 6, {{{new_order(), 0}, 2}}, {{order, 0}});
  proxy.cut("COMMIT", CuttingProxy::Moment::before_answering);
  BOOST_TEST(code_of(journal.record({request})) == ErrorCode::outcome_unknown);
  const auto result = record_one(journal, request);
  BOOST_TEST(result.stale);
  BOOST_TEST(result.holds.at(0) == HoldVerdict::granted);
  BOOST_TEST(result.ledger.quantity == 8);
  const auto again = record_one(journal, cycle(product, result.ledger, 8, {}, {{order, 0}}));
  BOOST_TEST(again.ledger.quantity == 8);
}

BOOST_AUTO_TEST_CASE(is_certain_that_nothing_is_written_before_the_commit) {
  const auto request = cycle(product, {}, 10, {{{order, 0}, 3}});
  proxy.cut("INSERT INTO stock_movements", CuttingProxy::Moment::before_answering);
  BOOST_TEST(code_of(journal.record({request})) == ErrorCode::storage_unavailable);
  BOOST_TEST(reserved() == "0|");
  BOOST_TEST(!record_one(journal, request).stale);
}

BOOST_AUTO_TEST_CASE(survives_a_crash_of_the_server) {
  hold_all(journal, order, {{product, 3}}, 10);
  const auto read = value_of(journal.read({product})).at(0);
  auto& cluster = PostgresCluster::shared();
  cluster.stop_immediate();
  const auto request = cycle(product, read, 7, {{{new_order(), 0}, 1}});
  BOOST_TEST(code_of(journal.record({request})) == ErrorCode::storage_unavailable);
  BOOST_TEST(code_of(journal.read({product})) == ErrorCode::storage_unavailable);
  cluster.start();
  BOOST_TEST(record_one(journal, request).ledger.quantity == 6);
}

BOOST_AUTO_TEST_CASE(may_lose_a_mark_without_harm) {
  hold_all(direct, order, {{product, 3}}, 10);
  const auto row = *value_of(journal.read({product})).at(0);
  proxy.cut("SET state = 'applied' FROM locked", CuttingProxy::Moment::before_answering);
  value_of(journal.mark_applied({row}));  // it ran, was lost, ran again
  BOOST_TEST(proxy.cuts() == 1);
  BOOST_TEST(!value_of(direct.read({product})).at(0)->intended);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
