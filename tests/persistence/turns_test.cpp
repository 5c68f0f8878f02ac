// Turns of instances at products, and whose carts are whose, on a real server.
#include "persistence/turns.hpp"

#include <chrono>
#include <string>
#include <thread>

#include "persistence/instance.hpp"
#include "persistence/order_store.hpp"
#include "persistence/stock_journal.hpp"
#include "tests/persistence/prepared_database.hpp"

namespace orders::persistence {

namespace {

using test::hold_all;
using test::new_order;
using test::new_product;
using test::value_of;

test::PreparedDatabase& database() {
  static test::PreparedDatabase prepared;
  return prepared;
}

struct TwoInstances {
  const std::unique_ptr<Instance> one = value_of(Instance::start(database().settings(), true));
  std::unique_ptr<Instance> two = value_of(Instance::start(database().settings(), true));
  PostgresStockJournal journal_one{database().settings(), one->epoch(), std::chrono::hours(24)};
  PostgresStockJournal journal_two{database().settings(), two->epoch(), std::chrono::hours(24)};
  PostgresOrderStore store_one{database().settings(), one->epoch()};
  PostgresOrderStore store_two{database().settings(), two->epoch()};
  const ProductId product = new_product();
  const ProductId other = new_product();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(turns, TwoInstances)

BOOST_AUTO_TEST_CASE(r15_a_product_is_one_instances_turn_at_a_time) {
  BOOST_TEST(value_of(journal_one.take_turns({product})) == std::vector<bool>{true});
  BOOST_TEST((value_of(journal_two.take_turns({product, other})) == std::vector<bool>{false, true}));
  value_of(journal_one.end_turns({product}));
  BOOST_TEST(value_of(journal_two.take_turns({product})) == std::vector<bool>{true});
  BOOST_TEST(value_of(journal_one.take_turns({product})) == std::vector<bool>{false});
}

BOOST_AUTO_TEST_CASE(r15_taking_twice_is_taking_once) {
  (void)value_of(journal_one.take_turns({product, product}));
  (void)value_of(journal_one.take_turns({product}));
  value_of(journal_one.end_turns({product}));
  BOOST_TEST(value_of(journal_two.take_turns({product})) == std::vector<bool>{true});
  value_of(journal_one.end_turns({product}));  // which is not its own: nothing happens
  BOOST_TEST(value_of(journal_one.take_turns({product})) == std::vector<bool>{false});
}

BOOST_AUTO_TEST_CASE(r15_turns_end_with_their_connection) {
  {
    PostgresStockJournal brief(database().settings(), one->epoch(), std::chrono::hours(24));
    BOOST_TEST(value_of(brief.take_turns({product})) == std::vector<bool>{true});
  }
  bool taken = false;
  for (int tries = 0; tries < 100 && !taken; ++tries) {  // the server notices in its own time
    taken = value_of(journal_two.take_turns({product})).front();
    if (!taken) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  BOOST_TEST(taken);
}

BOOST_AUTO_TEST_CASE(a_cart_is_closed_by_the_instance_of_its_order_or_by_its_heir) {
  const auto order = new_order();
  hold_all(journal_two, order, {{product, 1}});
  auto commit = test::commit_of(order, {{product, 1}});
  commit.cart = CartId{4711};
  BOOST_TEST(value_of(store_two.commit({commit})).front().verdict == CommitVerdict::committed);
  BOOST_TEST(value_of(store_one.open_carts(10)).empty());
  BOOST_TEST(value_of(store_two.open_carts(10)).size() == 1U);
  two.reset();
  std::vector<OpenCart> inherited;
  for (int tries = 0; tries < 100 && inherited.empty(); ++tries) {
    inherited = value_of(store_one.open_carts(10));
    if (inherited.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  BOOST_REQUIRE_EQUAL(inherited.size(), 1U);
  BOOST_TEST(inherited.front().order.value == order.value);
  const auto three = value_of(Instance::start(database().settings(), true));
  PostgresOrderStore store_three(database().settings(), three->epoch());
  BOOST_TEST(value_of(store_three.open_carts(10)).empty());
  BOOST_TEST(value_of(store_one.open_carts(10)).size() == 1U);  // still, until it is closed
  value_of(store_one.close_carts({CartId{4711}}));
  BOOST_TEST(value_of(store_one.open_carts(10)).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
