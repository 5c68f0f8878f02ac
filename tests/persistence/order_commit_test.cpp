// T_order on a real server.
#include <atomic>
#include <chrono>
#include <string>

#include "persistence/order_store.hpp"
#include "persistence/stock_journal.hpp"
#include "tests/persistence/cutting_proxy.hpp"
#include "tests/persistence/prepared_database.hpp"
#include "tests/support/eventually.hpp"

namespace orders::persistence {

namespace {

using test::check_same;
using test::code_of;
using test::commit_at_once;
using test::commit_of;
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

CartId new_cart() {
  static std::atomic<std::int64_t> next{1};
  return CartId{next++};
}

OrderCommit from_cart(OrderCommit commit, CartId cart) {
  commit.cart = cart;
  return commit;
}

struct CommitFixture {
  [[nodiscard]] std::string states(OrderId id) const {
    return database().ask(
        "SELECT string_agg(state, ' ' ORDER BY product_id) FROM reservations WHERE order_id = " +
        std::to_string(id.value));
  }
  [[nodiscard]] std::string count(OrderId id) const {
    return database().ask(
        "SELECT (SELECT count(*) FROM orders WHERE id = " + std::to_string(id.value) +
        "), (SELECT count(*) FROM order_items WHERE order_id = " + std::to_string(id.value) + ")");
  }
  // An order for one unit of `product`, held.
  OrderCommit held() {
    const auto id = new_order();
    hold_all(journal, id, {{product, 1}});
    return commit_of(id, {{product, 1}});
  }

  CuttingProxy proxy{PostgresCluster::shared().port()};
  PostgresStockJournal journal{database().settings(), 1, std::chrono::hours(24)};
  PostgresOrderStore store{database().settings(proxy.port())};
  const ProductId product = new_product();
  const ProductId other = new_product();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(order_commit, CommitFixture)

BOOST_AUTO_TEST_CASE(stores_an_order_with_its_lines_as_sent) {
  const auto id = new_order();
  hold_all(journal, id, {{product, 5}, {other, 2}});
  const auto begin = std::chrono::system_clock::now() - std::chrono::minutes(1);
  const auto outcome =
      value_of(store.commit({commit_of(id, {{product, 3}, {other, 2}, {product, 2}})})).at(0);
  BOOST_TEST(outcome.verdict == CommitVerdict::committed);
  const auto& order = outcome.order;
  BOOST_TEST(order.id.value == id.value);
  BOOST_TEST(order.customer.value == 7);
  BOOST_TEST(order.status == "Ordered");
  BOOST_REQUIRE_EQUAL(order.items.size(), 3U);
  BOOST_TEST(order.items[0].quantity == 3);
  BOOST_TEST(order.items[1].product.value == other.value);
  BOOST_TEST(order.items[2].quantity == 2);
  BOOST_TEST(order.items[0].id < order.items[1].id);
  BOOST_TEST(order.items[1].id < order.items[2].id);
  BOOST_TEST((order.created_at > begin));
  BOOST_TEST((order.created_at == order.updated_at));
  BOOST_TEST(states(id) == "sold sold");
  check_same(order, *value_of(store.find(id)));
}

BOOST_AUTO_TEST_CASE(inserts_nothing_of_an_order_that_is_not_held_any_more) {
  const auto id = new_order();
  hold_all(journal, id, {{product, 1}, {other, 1}});
  const auto good = held();
  const auto read = value_of(journal.read({other})).at(0);
  record_one(journal, cycle(other, read, read->quantity, {}, {{id, 0}}));
  const auto outcomes = value_of(store.commit({commit_of(id, {{product, 1}, {other, 1}}), good}));
  BOOST_TEST(outcomes.at(0).verdict == CommitVerdict::not_held);
  BOOST_TEST(outcomes.at(1).verdict == CommitVerdict::committed);
  BOOST_TEST(count(id) == "0|0");
  BOOST_TEST(states(id) == "held released");
}

BOOST_AUTO_TEST_CASE(counts_only_the_reservations_of_the_attempt) {
  const auto id = new_order();
  hold_all(journal, id, {{product, 1}});
  auto commit = commit_of(id, {{product, 1}});
  commit.attempt = 1;
  BOOST_TEST(value_of(store.commit({commit})).at(0).verdict == CommitVerdict::not_held);
  commit.attempt = 0;
  commit.products = 2;
  BOOST_TEST(value_of(store.commit({commit})).at(0).verdict == CommitVerdict::not_held);
  BOOST_TEST(states(id) == "held");
}

BOOST_AUTO_TEST_CASE(says_committed_again_with_the_same_items) {
  const auto first_commit = held();
  const auto first = value_of(store.commit({first_commit})).at(0);
  const auto second = value_of(store.commit({held(), first_commit})).at(1);
  BOOST_TEST(second.verdict == CommitVerdict::committed);
  check_same(first.order, second.order);
  BOOST_TEST(count(first_commit.id) == "1|1");
}

BOOST_AUTO_TEST_CASE(tells_in_the_end_whether_an_unknown_commit_took_place) {
  for (const auto moment : {CuttingProxy::Moment::before_sending, CuttingProxy::Moment::before_answering}) {
    const auto batch = std::vector<OrderCommit>{from_cart(held(), new_cart()), held()};
    proxy.cut("COMMIT", moment);
    BOOST_TEST(code_of(store.commit(batch)) == ErrorCode::outcome_unknown);
    for (const auto& outcome : value_of(store.commit(batch))) {
      BOOST_TEST(outcome.verdict == CommitVerdict::committed);
      BOOST_TEST(outcome.order.items.size() == 1U);
      BOOST_TEST(count(outcome.order.id) == "1|1");
      BOOST_TEST(states(outcome.order.id) == "sold");
    }
  }
  BOOST_TEST(proxy.cuts() == 2);
}

BOOST_AUTO_TEST_CASE(keeps_an_acknowledged_order_over_a_crash_of_the_server) {
  const auto commit = held();
  const auto outcome = value_of(store.commit({commit})).at(0);
  auto& cluster = PostgresCluster::shared();
  cluster.stop_immediate();
  BOOST_TEST(code_of(store.commit({commit})) == ErrorCode::storage_unavailable);
  cluster.start();
  check_same(outcome.order, *value_of(store.find(commit.id)));
}

BOOST_AUTO_TEST_CASE(makes_one_order_of_a_cart_within_a_batch) {
  const auto cart = new_cart();
  const auto first = from_cart(held(), cart);
  const auto second = from_cart(held(), cart);
  const auto third = from_cart(held(), new_cart());
  const auto outcomes = value_of(store.commit({first, second, third}));
  BOOST_TEST(outcomes.at(0).verdict == CommitVerdict::committed);
  BOOST_TEST(outcomes.at(1).verdict == CommitVerdict::cart_already_ordered);
  BOOST_TEST(outcomes.at(2).verdict == CommitVerdict::committed);
  BOOST_TEST(count(second.id) == "0|0");
  BOOST_TEST(states(second.id) == "held");
}

BOOST_AUTO_TEST_CASE(makes_one_order_of_a_cart_in_two_batches) {
  const auto cart = new_cart();
  const auto first = from_cart(held(), cart);
  BOOST_TEST(value_of(store.commit({first})).at(0).verdict == CommitVerdict::committed);
  const auto second = from_cart(held(), cart);
  BOOST_TEST(value_of(store.commit({second})).at(0).verdict == CommitVerdict::cart_already_ordered);
  BOOST_TEST(value_of(store.commit({first})).at(0).verdict ==
             CommitVerdict::committed);  // it is the cart's order
}

BOOST_AUTO_TEST_CASE(makes_one_order_of_a_cart_from_two_threads) {
  for (int round = 0; round < 20; ++round) {
    std::vector<CartId> carts{new_cart(), new_cart(), new_cart()};
    std::vector<OrderCommit> forwards, backwards;
    for (std::size_t n = 0; n < carts.size(); ++n) {
      forwards.push_back(from_cart(held(), carts[n]));
      backwards.push_back(from_cart(held(), carts[carts.size() - 1 - n]));
    }
    const auto [ours, theirs] = commit_at_once(store, forwards, backwards, database().settings());
    for (std::size_t n = 0; n < carts.size(); ++n) {
      const bool mine = ours[n].verdict == CommitVerdict::committed;
      const bool yours = theirs[carts.size() - 1 - n].verdict == CommitVerdict::committed;
      BOOST_TEST(mine != yours);
    }
  }
}

BOOST_AUTO_TEST_CASE(lists_open_carts_until_they_are_closed) {
  const auto first = from_cart(held(), new_cart());
  const auto second = from_cart(held(), new_cart());
  value_of(store.close_carts({}));
  (void)database().ask("UPDATE cart_closings SET closed = true");
  value_of(store.commit({first}));
  value_of(store.commit({second}));
  auto open = value_of(store.open_carts(10));
  BOOST_REQUIRE_EQUAL(open.size(), 2U);
  BOOST_TEST(open[0].cart.value == first.cart->value);
  BOOST_TEST(open[0].customer.value == 7);
  BOOST_TEST(open[0].order.value == first.id.value);
  BOOST_TEST(value_of(store.open_carts(1)).size() == 1U);
  value_of(store.close_carts({{*first.cart, first.customer}, {new_cart(), first.customer}}));
  value_of(store.close_carts({{*first.cart, first.customer}}));
  open = value_of(store.open_carts(10));
  BOOST_REQUIRE_EQUAL(open.size(), 1U);
  BOOST_TEST(open[0].cart.value == second.cart->value);
}

BOOST_AUTO_TEST_CASE(refuses_an_order_without_lines_or_twice_in_a_batch) {
  const auto good = held();
  BOOST_TEST(code_of(store.commit({commit_of(new_order(), {})})) == ErrorCode::internal);
  BOOST_TEST(code_of(store.commit({good, good})) == ErrorCode::internal);
  BOOST_TEST(states(good.id) == "held");
  BOOST_TEST(value_of(store.commit({})).empty());
}

// Statements are planned once a session, and the checks of foreign keys too, here on tables that are empty.
BOOST_AUTO_TEST_CASE(reaches_its_rows_by_their_keys_however_large_the_tables_have_become) {
  const test::PreparedDatabase fresh;
  {
    PostgresStockJournal fresh_journal{fresh.settings(), 1, std::chrono::hours(24)};
    PostgresOrderStore fresh_store{fresh.settings()};
    for (int n = 0; n < 20; ++n) {
      const auto id = new_order();
      const std::vector<OrderLine> lines{{ProductId{1}, 1}, {ProductId{2}, 2}};
      hold_all(fresh_journal, id, lines);
      const auto outcomes = value_of(fresh_store.commit({commit_of(id, lines)}));
      BOOST_TEST(outcomes.front().verdict == CommitVerdict::committed);
    }
  }
  const auto counted = [&fresh](const std::string& what) {
    return fresh.ask("SELECT sum(" + what +
                     ") FROM pg_stat_user_tables WHERE relname IN ('orders', 'order_items', 'reservations', "
                     "'stock_movements', 'product_stock')");
  };
  // 20 orders, 40 items, 40 reservations, 40 movements and two ledger rows: the server counts when a session
  // has ended.
  BOOST_TEST(test::eventually([&] { return counted("n_tup_ins") == "142"; }));
  BOOST_TEST(counted("seq_tup_read") == "0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
