// P2 no oversell and P3 all or nothing, with many clients at once.
#include <atomic>

#include <boost/test/unit_test.hpp>

#include "tests/system/rig.hpp"

using namespace orders::test;
using nlohmann::json;

namespace {

struct Tally {
  std::atomic<int> placed{0};
  std::atomic<int> refused{0};
  std::atomic<int> other{0};

  void count(int status) { ++(status == 201 ? placed : status == 400 ? refused : other); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(p2_no_oversell)

BOOST_AUTO_TEST_CASE(thirty_two_buyers_of_ten_units_make_ten_orders) {
  Rig rig;
  const int product = rig.product(10);
  Tally tally;
  at_once(32, [&](int buyer) { tally.count(rig.post(buyer + 1, Rig::lines({{product, 1}})).status); });
  BOOST_TEST(tally.placed == 10);
  BOOST_TEST(tally.refused == 22);
  BOOST_TEST(rig.settles());
  BOOST_TEST(*rig.sandbox().stock(product) == 0);
  BOOST_TEST(rig.sold(product) == 10);
}

BOOST_AUTO_TEST_CASE(thirty_two_carts_for_ten_units_make_ten_orders) {
  Rig rig;
  const int product = rig.product(10);
  for (int buyer = 1; buyer <= 32; ++buyer) rig.add_to_cart(buyer, product, 1);
  Tally tally;
  at_once(32, [&](int buyer) { tally.count(rig.post(buyer + 1, "").status); });
  BOOST_TEST(tally.placed == 10);
  BOOST_TEST(tally.refused == 22);
  BOOST_TEST(rig.settles());
  BOOST_TEST(*rig.sandbox().stock(product) == 0);
  int ordered = 0;
  for (int buyer = 1; buyer <= 32; ++buyer)
    ordered += rig.sandbox().cart_statuses(buyer).front() == "Ordered" ? 1 : 0;
  BOOST_TEST(ordered == 10);
}

BOOST_AUTO_TEST_CASE(one_customer_asking_many_times_at_once_gets_what_there_is) {
  Rig rig;
  const int product = rig.product(10);
  Tally tally;
  at_once(32, [&](int) { tally.count(rig.post(7, Rig::lines({{product, 1}})).status); });
  BOOST_TEST(tally.placed == 10);
  BOOST_TEST(tally.refused == 22);
}

BOOST_AUTO_TEST_CASE(neighbours_that_confuse_concurrent_requests_do_no_harm) {
  // As the real ones do; one request at a time is the setting for them, and the default.
  Rig rig({{"--racy"}, {{"ORDERD_ORDERS__DEADLINE", "20s"}}});
  const int first = rig.product(10);
  const int second = rig.product(10);
  for (int buyer = 1; buyer <= 8; ++buyer) rig.add_to_cart(buyer, second, 1);
  Tally bodies;
  Tally carts;
  at_once(24, [&](int buyer) {
    if (buyer < 16) {
      bodies.count(rig.post(buyer + 100, Rig::lines({{first, 1}, {second, 1}})).status);
    } else {
      carts.count(rig.post(buyer - 15, "").status);
    }
  });
  BOOST_TEST(bodies.placed + carts.placed == 10);
  BOOST_TEST(bodies.other + carts.other == 0);
  BOOST_TEST(rig.settles());
  BOOST_TEST(*rig.sandbox().stock(first) + rig.sold(first) == 10);
  BOOST_TEST(*rig.sandbox().stock(second) == 0);
}

BOOST_AUTO_TEST_CASE(lies_of_a_catalog_that_is_asked_too_much_at_once_do_no_harm) {
  Rig rig({{"--racy"}, {{"ORDERD_ORDERS__DEADLINE", "20s"}, {"ORDERD_CATALOG__MAX_IN_FLIGHT", "8"}}});
  std::vector<int> products;
  for (int i = 0; i < 6; ++i) products.push_back(rig.product(5));
  Tally tally;
  at_once(40, [&](int buyer) {
    const auto first = products[static_cast<std::size_t>(buyer % 6)];
    const auto second = products[static_cast<std::size_t>((buyer + 1) % 6)];
    tally.count(rig.post(buyer + 1, Rig::lines({{first, 1}, {second, 1}})).status);
  });
  BOOST_TEST(rig.settles(std::chrono::seconds(30)));
  for (const int product : products) {
    BOOST_TEST(rig.sold(product) <= 5);
    BOOST_TEST(*rig.sandbox().stock(product) + rig.sold(product) == 5);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(p3_all_or_nothing)

BOOST_AUTO_TEST_CASE(two_products_in_opposite_order_neither_deadlock_nor_refuse_each_other) {
  Rig rig;
  for (int round = 0; round < 10; ++round) {
    const int a = rig.product(1);
    const int b = rig.product(1);
    Tally tally;
    at_once(2, [&](int buyer) {
      tally.count(
          rig.post(buyer + 1, buyer == 0 ? Rig::lines({{a, 1}, {b, 1}}) : Rig::lines({{b, 1}, {a, 1}}))
              .status);
    });
    BOOST_TEST(tally.placed == 1);
    BOOST_TEST(tally.refused == 1);
    BOOST_TEST(rig.settles());
    BOOST_TEST(*rig.sandbox().stock(a) == 0);
    BOOST_TEST(*rig.sandbox().stock(b) == 0);
  }
}

BOOST_AUTO_TEST_CASE(many_overlapping_orders_take_every_unit_that_can_be_taken) {
  Rig rig;
  std::vector<int> products;
  for (int i = 0; i < 4; ++i) products.push_back(rig.product(20));
  Tally tally;
  at_once(32, [&](int buyer) {
    for (int i = 0; i < 4; ++i) {
      const auto at = [&](int offset) {
        return products[static_cast<std::size_t>((buyer + i + offset) % 4)];
      };
      tally.count(rig.post(buyer + 1, Rig::lines({{at(0), 1}, {at(2), 1}, {at(1), 1}})).status);
    }
  });
  BOOST_TEST(tally.other == 0);
  BOOST_TEST(rig.settles());
  int left = 0;
  for (const int product : products) {
    BOOST_TEST(*rig.sandbox().stock(product) + rig.sold(product) == 20);
    left += *rig.sandbox().stock(product) > 0 ? 1 : 0;
  }
  // An order of three products was refused only because one of them had run out.
  BOOST_TEST(left <= 2);
  BOOST_TEST(rig.query("SELECT count(*) FROM orders o WHERE (SELECT count(*) FROM order_items i WHERE "
                       "i.order_id = o.id) <> 3") == "0");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(p4_no_limbo)

BOOST_AUTO_TEST_CASE(one_cart_ordered_by_sixteen_clients_at_once_makes_one_order) {
  Rig rig;
  const int product = rig.product(100);
  rig.add_to_cart(7, product, 3);
  Tally tally;
  at_once(16, [&](int) { tally.count(rig.post(7, "{}").status); });
  BOOST_TEST(tally.placed == 1);
  BOOST_TEST(tally.refused == 15);
  BOOST_TEST(rig.settles());
  BOOST_TEST(*rig.sandbox().stock(product) == 97);
  BOOST_TEST(rig.sold(product) == 3);
  BOOST_TEST(rig.sandbox().cart_statuses(7) == std::vector<std::string>{"Ordered"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
