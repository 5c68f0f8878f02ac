// Several instances on one database and one catalog (rule R15): nothing is sold twice, nothing waits for
// ever, and what a killed one leaves is put right by those that live.
#include <atomic>
#include <csignal>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/system/second_instance.hpp"

namespace orders::test {

namespace {

using nlohmann::json;

struct TwoFixture {
  static std::map<std::string, std::string> settings() {
    return {{"ORDERD_CLUSTER__ENABLED", "true"},
            {"ORDERD_RECOVERY__INTERVAL", "100ms"},
            {"ORDERD_CART__RETRY_MIN", "50ms"}};
  }
  /// The answers of `count` orders of one unit, every other one asked of the second instance.
  std::vector<int> order_at_both(int count, const std::vector<int>& products) {
    std::vector<int> statuses(static_cast<std::size_t>(count));
    at_once(count, [&](int client) {
      const auto body = Rig::lines({{products[static_cast<std::size_t>(client / 2) % products.size()], 1}});
      const auto target = "/orders/" + std::to_string(client + 1);
      try {
        const auto reply = client % 2 == 0 ? rig.post(client + 1, body) : second.call("POST", target, body);
        statuses[static_cast<std::size_t>(client)] = reply.status;
      } catch (const std::runtime_error&) {  // killed meanwhile
      }
    });
    return statuses;
  }
  static long count(const std::vector<int>& statuses, int status) {
    return std::count(statuses.begin(), statuses.end(), status);
  }
  bool clean() {
    return eventually(
        [this] {
          const auto said = parsed(rig.call("GET", "/audit"));
          return said.at("verdict") == "clean" && said.at("under_way") == 0;
        },
        std::chrono::seconds(30));
  }

  Rig rig{{{}, settings(), nullptr, true}};
  SecondInstance second{rig};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(two_instances, TwoFixture)

BOOST_AUTO_TEST_CASE(sell_every_unit_once) {
  const auto product = rig.product(30);
  const auto statuses = order_at_both(48, {product});
  BOOST_TEST(count(statuses, 201) == 30);
  BOOST_TEST(count(statuses, 400) == 18);
  BOOST_TEST(rig.sold(product) == 30);
  BOOST_TEST(rig.sandbox().stock(product).value() == 0);
  BOOST_TEST(clean());
  BOOST_TEST(rig.metric("orderd_stock_foreign_edits_total") == "0");
}

BOOST_AUTO_TEST_CASE(r15_get_their_turns_both) {
  const auto product = rig.product(1'000);
  for (int round = 0; round < 5; ++round) BOOST_TEST(count(order_at_both(16, {product}), 201) == 16);
  const auto of_second = second.call("GET", "/metrics").body;
  BOOST_TEST(of_second.find("orderd_orders_total{outcome=\"placed\"} 40") != std::string::npos);
  BOOST_TEST(clean());
  BOOST_TEST(rig.sandbox().stock(product).value() == 920);
}

BOOST_AUTO_TEST_CASE(put_right_what_a_killed_one_leaves) {
  std::vector<int> products;
  for (int i = 0; i < 4; ++i) products.push_back(rig.product(50));
  rig.sandbox().fault({{"route", "PUT /products/{id}"}, {"delay_ms", 500}});
  std::thread clients([&] { (void)order_at_both(32, products); });
  BOOST_TEST(eventually([&] {
    return rig.query("SELECT count(DISTINCT owner_epoch) FROM reservations WHERE state = 'held'") == "2";
  }));
  second.kill();
  clients.join();
  rig.sandbox().clear_faults();
  BOOST_TEST(eventually(
      [&] { return rig.query("SELECT count(*) FROM reservations WHERE state IN ('held', 'owed')") == "0"; },
      std::chrono::seconds(30)));
  BOOST_TEST(clean());
  BOOST_TEST(rig.settles());
  const auto later = parsed(rig.call("GET", "/recovery")).at("later");
  BOOST_TEST(later.at("orphaned_holds").get<int>() > 0);
  for (const auto product : products) {
    BOOST_TEST(rig.sandbox().stock(product).value() == 50 - rig.sold(product));
  }
}

BOOST_AUTO_TEST_CASE(an_order_parked_behind_the_other_ones_units_gets_them) {
  const auto first = rig.product(1);
  const auto other = rig.product(1);
  // Both want both units: one wins, whichever instance it asked.
  std::vector<int> statuses(2);
  at_once(2, [&](int client) {
    const auto body = Rig::lines({{first, 1}, {other, 1}});
    statuses[static_cast<std::size_t>(client)] =
        client == 0 ? rig.post(1, body).status : second.call("POST", "/orders/2", body).status;
  });
  BOOST_TEST(count(statuses, 201) == 1);
  BOOST_TEST(count(statuses, 400) == 1);
  BOOST_TEST(clean());
}

BOOST_AUTO_TEST_CASE(close_the_carts_of_a_killed_one) {
  const auto product = rig.product(10);
  rig.add_to_cart(7, product, 2);
  rig.sandbox().fault({{"route", "PUT /carts/{id}"}, {"answer", "500"}, {"apply", "never"}});
  BOOST_TEST(second.call("POST", "/orders/7", "{}").status == 201);
  second.kill();
  rig.sandbox().clear_faults();
  BOOST_TEST(
      eventually([&] { return rig.query("SELECT count(*) FROM cart_closings WHERE NOT closed") == "0"; }));
  BOOST_TEST(rig.sandbox().cart_statuses(7) == std::vector<std::string>{"Ordered"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
