// Whose business the closing of a cart is, on a real server.
#include <algorithm>
#include <chrono>
#include <thread>

#include "persistence/instance.hpp"
#include "persistence/order_store.hpp"
#include "persistence/stock_journal.hpp"
#include "tests/persistence/prepared_database.hpp"

namespace orders::persistence {

namespace {

using std::chrono::hours;
using test::commit_of;
using test::hold_all;
using test::new_order;
using test::new_product;
using test::value_of;

constexpr std::int64_t dead = 2'000'000'000;

struct ClosingsFixture {
  StoreSettings of(std::int64_t epoch) const { return StoreSettings{hours(24), epoch}; }

  /// An order made of a new cart by that store's instance.
  CartKey order_cart(PostgresOrderStore& by) {
    const CartId cart{next_cart++};
    value_of(by.commit({held(cart)}));
    return {cart, CustomerId{7}};
  }
  OrderCommit held(CartId cart) {
    const auto id = new_order();
    hold_all(journal, id, {{product, 1}});
    auto commit = commit_of(id, {{product, 1}});
    commit.cart = cart;
    return commit;
  }
  /// The server notices that its session has gone a little later.
  void die(std::unique_ptr<Instance>& instance) const {
    const auto lock = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = " +
                      std::to_string(instance->epoch());
    instance.reset();
    for (int tries = 0; database.ask(lock) != "0" && tries < 100; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  static std::vector<std::int64_t> ids(const std::vector<OpenCart>& carts) {
    std::vector<std::int64_t> found;
    for (const auto& cart : carts) found.push_back(cart.cart.value);
    std::sort(found.begin(), found.end());
    return found;
  }

  test::PreparedDatabase database;
  std::unique_ptr<Instance> first = value_of(Instance::start(database.settings(), true));
  std::unique_ptr<Instance> second = value_of(Instance::start(database.settings(), true));
  PostgresStockJournal journal{database.settings(), first->epoch(), hours(24)};
  PostgresOrderStore one{database.settings(), of(first->epoch())};
  PostgresOrderStore two{database.settings(), of(second->epoch())};
  PostgresOrderStore ghost{database.settings(), of(dead)};
  PostgresOrderStore older{database.settings()};
  const ProductId product = new_product();
  std::int64_t next_cart = 1;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cart_closings, ClosingsFixture)

BOOST_AUTO_TEST_CASE(gives_an_instance_its_own_and_what_the_dead_left_but_not_what_others_work_on) {
  const auto mine = order_cart(one);
  const auto theirs = order_cart(two);
  const auto left = order_cart(ghost);
  const auto old = order_cart(older);
  const auto turn = value_of(one.take_open_carts({}, 10));
  BOOST_TEST(turn.still_ours.empty());
  BOOST_TEST(
      (ids(turn.taken) == std::vector<std::int64_t>{mine.cart.value, left.cart.value, old.cart.value}));
  BOOST_TEST(turn.taken_over == 2);
  BOOST_TEST(turn.taken.front().customer.value == 7);
  BOOST_TEST(turn.taken.front().order.value > 0);
  // Now they are its own, and the other finds nothing but its own.
  const auto others = value_of(two.take_open_carts({}, 10));
  BOOST_TEST((ids(others.taken) == std::vector<std::int64_t>{theirs.cart.value}));
  BOOST_TEST(others.taken_over == 0);
}

BOOST_AUTO_TEST_CASE(an_instance_that_dies_leaves_its_carts_to_the_others) {
  const auto cart = order_cart(two);
  BOOST_TEST(value_of(one.take_open_carts({}, 10)).taken.empty());
  die(second);
  const auto turn = value_of(one.take_open_carts({}, 10));
  BOOST_TEST((ids(turn.taken) == std::vector<std::int64_t>{cart.cart.value}));
  BOOST_TEST(turn.taken_over == 1);
  // If it was not dead after all, it is told.
  BOOST_TEST(value_of(two.take_open_carts({cart}, 10)).still_ours.empty());
  BOOST_TEST(value_of(one.take_open_carts({cart}, 10)).still_ours.size() == 1U);
}

BOOST_AUTO_TEST_CASE(takes_as_many_as_asked_for_oldest_first_and_none_at_work) {
  std::vector<CartKey> carts;
  for (int n = 0; n < 5; ++n) carts.push_back(order_cart(ghost));
  BOOST_TEST((ids(value_of(one.take_open_carts({}, 2)).taken) ==
              std::vector<std::int64_t>{carts[0].cart.value, carts[1].cart.value}));
  BOOST_TEST((ids(value_of(one.take_open_carts({carts[0], carts[1]}, 2)).taken) ==
              std::vector<std::int64_t>{carts[2].cart.value, carts[3].cart.value}));
  const auto turn = value_of(one.take_open_carts({carts[0], carts[1]}, 0));
  BOOST_TEST(turn.still_ours.size() == 2U);
  BOOST_TEST(turn.taken.empty());
  value_of(one.close_carts({carts[0]}));
  BOOST_TEST(value_of(one.take_open_carts({carts[0], carts[1]}, 0)).still_ours.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_cart_seen_active_though_recorded_as_closed_is_opened_again) {
  const auto cart = order_cart(two);
  auto again = held(cart.cart);
  auto outcome = value_of(one.commit({again})).at(0);
  BOOST_TEST(outcome.verdict == CommitVerdict::cart_already_ordered);
  BOOST_TEST(!outcome.cart_reopened);  // it is open still, and somebody's business
  value_of(two.close_carts({cart}));
  outcome = value_of(one.commit({again})).at(0);
  BOOST_TEST(outcome.verdict == CommitVerdict::cart_already_ordered);
  BOOST_TEST(outcome.cart_reopened);
  BOOST_TEST(
      (ids(value_of(one.take_open_carts({}, 10)).taken) == std::vector<std::int64_t>{cart.cart.value}));
  value_of(one.close_carts({cart}));
  // Together with an order that is written.
  const auto outcomes = value_of(one.commit({again, held(CartId{next_cart++})}));
  BOOST_TEST(outcomes.at(0).cart_reopened);
  BOOST_TEST(!outcomes.at(1).cart_reopened);
  BOOST_TEST(outcomes.at(1).verdict == CommitVerdict::committed);
  BOOST_TEST(value_of(one.open_carts(10)).size() == 2U);
}

BOOST_AUTO_TEST_CASE(another_customers_cart_of_the_same_number_is_another_cart) {
  const auto cart = order_cart(one);
  value_of(one.close_carts({cart}));
  // The cart service's database was made anew: its numbers begin from the start again.
  auto fresh = held(cart.cart);
  fresh.customer = CustomerId{8};
  const auto outcome = value_of(one.commit({fresh})).at(0);
  BOOST_TEST(outcome.verdict == CommitVerdict::committed);
  BOOST_TEST(!outcome.cart_reopened);
  const auto open = value_of(one.open_carts(10));
  BOOST_REQUIRE_EQUAL(open.size(), 1U);
  BOOST_TEST(open.front().customer.value == 8);
  // The old one's record says nothing about it, and the other way round.
  value_of(one.close_carts({cart}));
  BOOST_TEST(value_of(one.take_open_carts({cart}, 0)).still_ours.empty());
  BOOST_TEST(value_of(one.take_open_carts({open.front().key()}, 0)).still_ours.size() == 1U);
  value_of(one.close_carts({open.front().key()}));
  BOOST_TEST(value_of(one.open_carts(10)).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
