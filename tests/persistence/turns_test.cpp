// Turns of instances at products, on a real server.
#include "persistence/turns.hpp"

#include <chrono>
#include <string>
#include <thread>

#include "persistence/instance.hpp"
#include "persistence/stock_journal.hpp"
#include "tests/persistence/prepared_database.hpp"

namespace orders::persistence {

namespace {

using test::new_product;
using test::value_of;

test::PreparedDatabase& database() {
  static test::PreparedDatabase prepared;
  return prepared;
}

struct TwoInstances {
  const std::unique_ptr<Instance> one = value_of(Instance::start(database().settings(), true));
  const std::unique_ptr<Instance> two = value_of(Instance::start(database().settings(), true));
  PostgresStockJournal journal_one{database().settings(), one->epoch(), std::chrono::hours(24)};
  PostgresStockJournal journal_two{database().settings(), two->epoch(), std::chrono::hours(24)};
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

BOOST_AUTO_TEST_CASE(r15_turns_that_could_not_all_be_asked_for_are_not_kept) {
  std::vector<ProductId> too_many{product};  // for PostgreSQL's table of locks
  for (int n = 0; n < 100'000; ++n) too_many.push_back(new_product());
  BOOST_REQUIRE(!journal_one.take_turns(too_many).ok());
  bool taken = false;
  for (int tries = 0; tries < 100 && !taken; ++tries) {  // the server notices in its own time
    taken = value_of(journal_two.take_turns({product})).front();
    if (!taken) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  BOOST_TEST(taken);
  BOOST_TEST(value_of(journal_one.take_turns({product, other})) == (std::vector<bool>{false, true}));
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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
