// Neighbours and the database failing in every way they can: clients are told within the deadline, and
// nothing is left half done.
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/system/rig.hpp"

using namespace orders::test;
using nlohmann::json;

namespace {

using Clock = std::chrono::steady_clock;
constexpr const char* get_product = "GET /products/{id}";
constexpr const char* put_product = "PUT /products/{id}";

Rig::Options quick() {
  Rig::Options options;
  options.settings = {{"ORDERD_ORDERS__DEADLINE", "1500ms"}};
  for (const auto* service : {"ORDERD_CATALOG__", "ORDERD_CART__"}) {
    options.settings[std::string(service) + "CALL_TIMEOUT"] = "400ms";
    options.settings[std::string(service) + "CONNECT_TIMEOUT"] = "400ms";
  }
  return options;
}

struct Service {
  Rig rig{quick()};
  int tea = rig.product(10);
  int pot = rig.product(10);

  /// Posts, and checks that the answer came within the deadline (with a margin for a busy machine).
  HttpReply timely_post(int customer, const std::string& body) const {
    const auto began = Clock::now();
    auto reply = rig.post(customer, body);
    BOOST_TEST(((Clock::now() - began) < std::chrono::milliseconds(4'000)));
    return reply;
  }

  void check_failed(const HttpReply& reply, int status, const std::string& slug) const {
    BOOST_TEST_CONTEXT(reply.body) {
      BOOST_TEST(reply.status == status);
      BOOST_TEST(parsed(reply).value("type", "") == "urn:orderd:problem:" + slug);
      BOOST_TEST((reply.headers.count("Retry-After") == 1) == (status == 503));
    }
  }

  /// Nothing was ordered, and all stock is there.
  void check_untouched() {
    BOOST_TEST(rig.settles());
    BOOST_TEST(*rig.sandbox().stock(tea) == 10);
    BOOST_TEST(*rig.sandbox().stock(pot) == 10);
    BOOST_TEST(rig.query("SELECT count(*) FROM orders") == "0");
  }

  void check_works() {
    BOOST_TEST(eventually([this] { return rig.post(50, Rig::lines({{tea, 1}, {pot, 1}})).status == 201; }));
    BOOST_TEST(rig.settles());
    BOOST_TEST(*rig.sandbox().stock(tea) + rig.sold(tea) == 10);
    BOOST_TEST(*rig.sandbox().stock(pot) + rig.sold(pot) == 10);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(catalog_fails, Service)

BOOST_AUTO_TEST_CASE(a_get_that_fails_ends_the_order_and_takes_nothing) {
  for (const auto* answer : {"500", "close", "hang", "garbage", "invalid_json", "truncated", "other_row"}) {
    BOOST_TEST_CONTEXT(answer) {
      rig.sandbox().fault({{"route", get_product}, {"id", pot}, {"answer", answer}});
      check_failed(timely_post(7, Rig::lines({{tea, 1}, {pot, 1}})), 500, "catalog-unavailable");
      rig.sandbox().clear_faults();
      check_untouched();
    }
  }
  check_works();
}

BOOST_AUTO_TEST_CASE(a_lie_that_a_product_is_unknown_is_checked_before_it_is_believed) {
  rig.sandbox().fault({{"route", get_product}, {"id", tea}, {"answer", "not_found"}, {"count", 1}});
  BOOST_TEST(timely_post(7, Rig::lines({{tea, 1}})).status == 201);
}

BOOST_AUTO_TEST_CASE(a_put_that_is_not_confirmed_at_first_is_settled_by_the_next) {
  int ordered = 0;
  for (const auto* apply : {"now", "never", "later"}) {
    for (const auto* answer : {"500", "close", "not_found", "truncated"}) {
      BOOST_TEST_CONTEXT(apply << " " << answer) {
        json fault{{"route", put_product}, {"id", pot}, {"answer", answer}, {"apply", apply}, {"count", 1}};
        if (std::string(apply) == "later") fault["after_ms"] = 1;
        const int before = rig.product(5);
        fault["id"] = before;
        rig.sandbox().fault(fault);
        const auto reply = timely_post(7, Rig::lines({{before, 2}}));
        BOOST_TEST(reply.status == 201);
        ++ordered;
        rig.sandbox().clear_faults();
        BOOST_TEST(rig.settles());
        BOOST_TEST(*rig.sandbox().stock(before) == 3);
      }
    }
  }
  BOOST_TEST(rig.query("SELECT count(*) FROM orders") == std::to_string(ordered));
}

BOOST_AUTO_TEST_CASE(a_catalog_that_applies_no_put_fails_the_order_and_gets_its_stock_back) {
  for (const auto* answer : {"500", "close", "hang", "not_found", "other_row", "garbage"}) {
    BOOST_TEST_CONTEXT(answer) {
      rig.sandbox().fault({{"route", put_product}, {"id", pot}, {"answer", answer}, {"apply", "never"}});
      check_failed(timely_post(7, Rig::lines({{tea, 1}, {pot, 1}})), 500, "catalog-unavailable");
      rig.sandbox().clear_faults();
      check_untouched();
    }
  }
  check_works();
}

BOOST_AUTO_TEST_CASE(a_catalog_that_applies_puts_but_never_says_so_is_read_instead) {
  for (const auto* answer : {"500", "close", "not_found", "other_row", "garbage"}) {
    BOOST_TEST_CONTEXT(answer) {
      const int product = rig.product(3);
      rig.sandbox().fault({{"route", put_product}, {"id", product}, {"answer", answer}, {"apply", "now"}});
      BOOST_TEST(timely_post(7, Rig::lines({{product, 1}})).status == 201);
      rig.sandbox().clear_faults();
      BOOST_TEST(rig.settles());
      BOOST_TEST(*rig.sandbox().stock(product) == 2);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_catalog_that_dies_in_the_middle_of_an_order_gets_its_stock_back_when_it_returns) {
  rig.sandbox().fault({{"service", "catalog"}, {"answer", "close"}, {"skip", 3}});
  check_failed(timely_post(7, Rig::lines({{tea, 1}, {pot, 1}})), 500, "catalog-unavailable");
  rig.sandbox().clear_faults();
  check_untouched();
  check_works();
}

BOOST_AUTO_TEST_CASE(a_slow_catalog_is_waited_for_within_the_deadline) {
  rig.sandbox().fault({{"service", "catalog"}, {"delay_ms", 150}});
  BOOST_TEST(timely_post(7, Rig::lines({{tea, 1}, {pot, 1}})).status == 201);
}

BOOST_AUTO_TEST_CASE(a_hung_catalog_does_not_hang_the_service) {
  rig.sandbox().fault({{"service", "catalog"}, {"answer", "hang"}});
  std::vector<HttpReply> replies(8);
  at_once(8, [&](int buyer) {
    replies[static_cast<std::size_t>(buyer)] = rig.post(buyer + 1, Rig::lines({{tea, 1}}));
  });
  for (const auto& reply : replies) check_failed(reply, 500, "catalog-unavailable");
  BOOST_TEST(rig.call("GET", "/orders").status == 200);
  rig.sandbox().clear_faults();
  check_works();
}

BOOST_AUTO_TEST_CASE(orders_that_fail_on_a_catalog_that_is_down_leave_nothing_behind_and_hold_up_no_stop) {
  BOOST_TEST(timely_post(7, Rig::lines({{tea, 1}})).status == 201);
  rig.sandbox().fault({{"service", "catalog"}, {"answer", "close"}});
  at_once(8, [this](int buyer) {
    for (int n = 0; n < 20; ++n) (void)rig.post(buyer + 1, Rig::lines({{tea, 1}, {pot, 1}, {n + 1'000, 1}}));
  });
  BOOST_TEST(eventually([this] { return rig.metric("orderd_placements") == "0"; }));
  const auto began = Clock::now();
  BOOST_TEST(rig.orderd().stop() == 0);
  BOOST_TEST(((Clock::now() - began) < std::chrono::seconds(5)));
}

BOOST_AUTO_TEST_CASE(a_catalog_that_is_slow_but_answers_is_busy_and_has_not_failed) {
  std::vector<int> products;
  for (int n = 0; n < 60; ++n) products.push_back(rig.product(1'000));
  rig.sandbox().fault({{"service", "catalog"}, {"delay_ms", 20}});
  std::atomic<int> placed{0}, busy{0}, failed{0};
  const auto until = Clock::now() + std::chrono::seconds(6);
  at_once(24, [&](int buyer) {
    for (auto n = static_cast<std::size_t>(buyer); Clock::now() < until; n += 7) {
      const auto lines = Rig::lines({{products.at(n % 60), 1}, {products.at((n + 13) % 60), 1}});
      const auto reply = rig.post(buyer + 1, lines);
      (reply.status == 201 ? placed : reply.status == 503 ? busy : failed) += 1;
      if (reply.status == 503) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  });
  BOOST_TEST(failed * 20 <= placed);  // none, unless this machine stands still for a while
  BOOST_TEST(placed > 30);            // 50 calls a second are 12 such orders
  BOOST_TEST(rig.metric("orderd_stock_puts_unanswered_total") == "0");
  rig.sandbox().clear_faults();
  BOOST_TEST(rig.settles());
}

BOOST_AUTO_TEST_CASE(a_change_of_stock_by_somebody_else_is_followed) {
  BOOST_TEST(timely_post(7, Rig::lines({{tea, 4}})).status == 201);
  rig.sandbox().set_stock(tea, 100);
  BOOST_TEST(timely_post(7, Rig::lines({{tea, 50}})).status == 201);
  BOOST_TEST(rig.settles());
  BOOST_TEST(*rig.sandbox().stock(tea) == 50);
  BOOST_TEST(rig.query("SELECT count(*) FROM stock_movements WHERE kind = 'foreign'") == "1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(cart_fails, Service)

BOOST_AUTO_TEST_CASE(a_cart_that_cannot_be_read_makes_no_order) {
  rig.add_to_cart(7, tea, 1);
  for (const auto* route : {"GET /carts/{id}", "GET /cart_items"}) {
    for (const auto* answer : {"500", "close", "hang", "garbage", "invalid_json", "truncated"}) {
      BOOST_TEST_CONTEXT(route << " " << answer) {
        rig.sandbox().fault({{"route", route}, {"answer", answer}});
        check_failed(timely_post(7, ""), 500, "cart-unavailable");
        rig.sandbox().clear_faults();
      }
    }
  }
  check_untouched();
  BOOST_TEST(timely_post(7, "").status == 201);
}

BOOST_AUTO_TEST_CASE(all_of_very_many_cancelled_units_can_be_sold_as_soon_as_the_catalog_is_back) {
  constexpr int orders = 640;  // more than one cycle gives back
  constexpr int clients = 16;
  const int cup = rig.product(orders);
  std::vector<std::string> placed(orders);
  at_once(clients, [&](int client) {
    for (int n = client; n < orders; n += clients)
      placed[static_cast<std::size_t>(n)] =
          parsed(rig.post(n + 1, Rig::lines({{cup, 1}}))).value("id", json()).dump();
  });
  rig.sandbox().fault({{"service", "catalog"}, {"answer", "close"}});
  std::atomic<int> cancelled{0};
  at_once(clients, [&](int client) {
    for (int n = client; n < orders; n += clients) {
      const auto target = "/orders/" + placed[static_cast<std::size_t>(n)];
      cancelled += rig.call("PUT", target, R"({"status":"Cancelled"})").status == 200 ? 1 : 0;
    }
  });
  BOOST_TEST(cancelled == orders);
  rig.sandbox().clear_faults();
  BOOST_TEST(rig.post(99, Rig::lines({{cup, orders - 40}})).status == 201);
  BOOST_TEST(rig.settles());
  BOOST_TEST(*rig.sandbox().stock(cup) == 40);
}

BOOST_AUTO_TEST_CASE(a_cart_that_fails_after_the_commit_is_closed_later_and_ordered_once) {
  for (const auto* answer : {"500", "close", "hang"}) {
    for (const auto* apply : {"now", "never"}) {
      BOOST_TEST_CONTEXT(answer << " " << apply) {
        const int product = rig.product(10);
        const int customer = product + 1'000;
        rig.add_to_cart(customer, product, 1);
        rig.sandbox().fault({{"route", "PUT /carts/{id}"}, {"answer", answer}, {"apply", apply}});
        BOOST_TEST(timely_post(customer, "").status == 201);
        check_failed(timely_post(customer, ""), 400, "no-active-cart");
        rig.sandbox().clear_faults();
        BOOST_TEST(eventually([&] { return rig.sandbox().cart_statuses(customer).front() == "Ordered"; }));
        BOOST_TEST(rig.settles());
        BOOST_TEST(rig.sold(product) == 1);
      }
    }
  }
  BOOST_TEST(
      eventually([this] { return rig.query("SELECT count(*) FROM cart_closings WHERE NOT closed") == "0"; }));
}

BOOST_AUTO_TEST_CASE(a_cart_left_open_by_a_killed_service_is_closed_by_the_next) {
  rig.add_to_cart(7, tea, 1);
  rig.sandbox().fault({{"route", "PUT /carts/{id}"}, {"answer", "500"}, {"apply", "never"}});
  BOOST_TEST(timely_post(7, "").status == 201);
  rig.kill_and_restart();
  rig.sandbox().clear_faults();
  BOOST_TEST(eventually([this] { return rig.sandbox().cart_statuses(7).front() == "Ordered"; }));
  BOOST_TEST(rig.sold(tea) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(database_fails)

BOOST_AUTO_TEST_CASE(without_its_database_the_service_says_so_and_recovers_by_itself) {
  PostgresCluster cluster;
  auto options = quick();
  options.cluster = &cluster;
  Rig rig(options);
  const int tea = rig.product(10);
  BOOST_REQUIRE_EQUAL(rig.post(7, Rig::lines({{tea, 1}})).status, 201);
  cluster.stop_immediate();
  BOOST_TEST(eventually([&] { return !rig.ready(); }));  // what was found last holds for a second
  for (const auto& reply :
       {rig.post(7, Rig::lines({{tea, 1}})), rig.call("GET", "/orders"), rig.call("GET", "/readyz"),
        rig.call("PUT", "/orders/10000000001", R"({"status":"x"})")}) {
    BOOST_TEST_CONTEXT(reply.body) {
      BOOST_TEST(reply.status == 503);
      BOOST_TEST(reply.headers.count("Retry-After") == 1U);
      BOOST_TEST(reply.body.find("127.0.0.1") == std::string::npos);
    }
  }
  BOOST_TEST(rig.call("GET", "/livez").status == 200);
  cluster.start();
  BOOST_TEST(eventually([&] { return rig.post(8, Rig::lines({{tea, 1}})).status == 201; }));
  BOOST_TEST(rig.call("GET", "/readyz").status == 200);
  BOOST_TEST(rig.settles());
  BOOST_TEST(*rig.sandbox().stock(tea) + rig.sold(tea) == 10);
}

BOOST_AUTO_TEST_CASE(a_database_that_restarts_under_load_loses_no_acknowledged_order) {
  PostgresCluster cluster;
  auto options = quick();
  options.cluster = &cluster;
  Rig rig(options);
  const int tea = rig.product(100'000);
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::vector<long long> acknowledged;
  std::thread trouble([&] {
    for (int round = 0; round < 3; ++round) {
      std::this_thread::sleep_for(std::chrono::milliseconds(400));
      cluster.stop_immediate();
      cluster.start();
    }
    stop = true;
  });
  at_once(8, [&](int buyer) {
    while (!stop) {
      const auto reply = rig.post(buyer + 1, Rig::lines({{tea, 1}}));
      if (reply.status != 201) continue;
      const std::lock_guard<std::mutex> guard(mutex);
      acknowledged.push_back(parsed(reply).at("id").get<long long>());
    }
  });
  trouble.join();
  BOOST_TEST(acknowledged.size() > 10U);
  BOOST_TEST(rig.settles(std::chrono::seconds(20)));
  std::string ids;
  for (const auto id : acknowledged) ids += (ids.empty() ? "" : ",") + std::to_string(id);
  BOOST_TEST(rig.query("SELECT count(*) FROM orders WHERE id IN (" + ids + ")") ==
             std::to_string(acknowledged.size()));
  BOOST_TEST(*rig.sandbox().stock(tea) + rig.sold(tea) == 100'000);
}

BOOST_AUTO_TEST_SUITE_END()
