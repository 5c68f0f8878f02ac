// P5: a POST repeated with the same Idempotency-Key makes one order and gets the same answer, whatever
// happens between.
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/http/server/raw_client.hpp"
#include "tests/system/second_instance.hpp"

using namespace orders::test;
using nlohmann::json;

namespace {

using Settings = std::map<std::string, std::string>;
constexpr const char* get_product = "GET /products/{id}";

bool replayed(const HttpReply& reply) { return reply.headers.count("Idempotency-Replayed") == 1; }

std::string location(const HttpReply& reply) {
  return reply.headers.count("Location") == 1 ? reply.headers.at("Location") : "";
}

void check_replay(const HttpReply& first, const HttpReply& again) {
  BOOST_TEST_CONTEXT(first.body << "\n" << again.body) {
    BOOST_TEST(again.status == first.status);
    BOOST_TEST(again.body == first.body);
    BOOST_TEST(location(again) == location(first));
    BOOST_TEST(!replayed(first));
    BOOST_TEST(replayed(again));
  }
}

/// All got the same order, and one of them as the first.
void check_one_order(const std::vector<HttpReply>& replies) {
  int firsts = 0;
  for (const auto& reply : replies) {
    BOOST_TEST(reply.status == 201);
    BOOST_TEST(reply.body == replies.front().body);
    BOOST_TEST(location(reply) == location(replies.front()));
    firsts += replayed(reply) ? 0 : 1;
  }
  BOOST_TEST(firsts == 1);
}

void check_problem(const HttpReply& reply, int status, const std::string& slug) {
  BOOST_TEST_CONTEXT(reply.body) {
    BOOST_TEST(reply.status == status);
    BOOST_TEST(parsed(reply).value("type", "") == "urn:orderd:problem:" + slug);
    BOOST_TEST(!replayed(reply));
  }
}

struct Shop {
  explicit Shop(Settings settings = {}) : rig({{}, std::move(settings)}) {}

  Rig rig;
  int tea = rig.product(10);
  std::string one = Rig::lines({{tea, 1}});

  [[nodiscard]] HttpReply post(const std::string& key, const std::string& body, int customer = 7) const {
    return rig.keyed_post(customer, key, body);
  }
  [[nodiscard]] std::string orders() const { return rig.query("SELECT count(*) FROM orders"); }
  void check_sold(int units) {
    BOOST_TEST(rig.settles());
    BOOST_TEST(rig.sold(tea) == units);
    BOOST_TEST(*rig.sandbox().stock(tea) == 10 - units);
  }
  /// Asks until the answer is not a 5xx.
  [[nodiscard]] HttpReply insist(const std::string& key, const std::string& body, int customer = 7) const {
    HttpReply reply;
    BOOST_TEST(eventually([&] {
      reply = post(key, body, customer);
      return reply.status < 500;
    }));
    return reply;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(p5_once)

BOOST_AUTO_TEST_CASE(the_same_request_gets_the_same_answer_whatever_has_become_of_the_order) {
  Shop shop;
  const auto body = Rig::lines({{shop.tea, 1}, {shop.tea, 2}});
  const auto first = shop.post("k", body);
  BOOST_TEST(first.status == 201);
  check_replay(first, shop.post("k", body));
  check_replay(first, shop.post("\"k\"", " {\"more\": 1, " + body.substr(1)));
  BOOST_TEST(shop.rig.call("PUT", location(first), R"({"status":"Shipped"})").status == 200);
  check_replay(first, shop.post("k", body));
  BOOST_TEST(shop.orders() == "1");
  BOOST_TEST(shop.rig.metric("orderd_answers_replayed_total") == "3");
  shop.check_sold(3);
  BOOST_TEST(shop.rig.call("PUT", location(first), R"({"status":"Cancelled"})").status == 200);
  check_replay(first, shop.post("k", body));
  shop.check_sold(0);
}

BOOST_AUTO_TEST_CASE(a_cart_is_ordered_once_and_the_next_cart_left_alone) {
  Shop shop;
  shop.rig.add_to_cart(7, shop.tea, 2);
  const auto first = shop.post("k", "");
  BOOST_TEST(first.status == 201);
  check_replay(first, shop.post("k", "{}"));
  shop.rig.add_to_cart(7, shop.tea, 3);
  check_replay(first, shop.post("k", ""));
  BOOST_TEST(shop.rig.sandbox().cart_statuses(7).back() == "Active");
  shop.check_sold(2);
  BOOST_TEST(shop.post("k2", "").status == 201);
  shop.check_sold(5);
}

BOOST_AUTO_TEST_CASE(another_request_with_the_key_is_refused_and_takes_nothing) {
  Shop shop;
  const auto first = shop.post("k", shop.one);
  check_problem(shop.post("k", Rig::lines({{shop.tea, 2}})), 422, "idempotency-key-reused");
  shop.rig.add_to_cart(7, shop.tea, 1);
  check_problem(shop.post("k", ""), 422, "idempotency-key-reused");
  check_replay(first, shop.post("k", shop.one));
  shop.check_sold(1);
}

BOOST_AUTO_TEST_CASE(every_customer_has_keys_of_his_own) {
  Shop shop;
  const auto first = shop.post("k", shop.one, 7);
  const auto second = shop.post("k", shop.one, 8);
  BOOST_TEST(second.status == 201);
  BOOST_TEST(!replayed(second));
  BOOST_TEST(location(second) != location(first));
  shop.check_sold(2);
}

BOOST_AUTO_TEST_CASE(of_many_at_once_one_makes_the_order_and_all_get_its_answer) {
  Shop shop;
  for (const std::string& body : {shop.one, std::string()}) {
    if (body.empty()) shop.rig.add_to_cart(7, shop.tea, 1);
    std::vector<HttpReply> replies(16);
    const std::string key = body.empty() ? "cart" : "lines";
    at_once(16, [&](int n) { replies.at(static_cast<std::size_t>(n)) = shop.post(key, body); });
    check_one_order(replies);
  }
  BOOST_TEST(shop.orders() == "2");
  shop.check_sold(2);
}

BOOST_AUTO_TEST_CASE(a_refusal_for_want_of_stock_is_remembered_even_when_there_is_stock_again) {
  Shop shop;
  const auto much = Rig::lines({{shop.tea, 11}});
  const auto first = shop.post("k", much);
  check_problem(first, 400, "insufficient-inventory");
  shop.rig.sandbox().set_stock(shop.tea, 100);
  check_replay(first, shop.post("k", much));
  shop.rig.kill_and_restart();
  check_replay(first, shop.post("k", much));
  BOOST_TEST(shop.post("k2", much).status == 201);
  BOOST_TEST(shop.orders() == "1");
}

BOOST_AUTO_TEST_CASE(a_refusal_for_want_of_a_cart_is_remembered_until_another_key_asks) {
  Shop shop;
  const auto first = shop.post("k", "");
  check_problem(first, 400, "no-active-cart");
  shop.rig.add_to_cart(7, shop.tea, 1);
  check_replay(first, shop.post("k", ""));
  BOOST_TEST(shop.post("k2", "").status == 201);
}

BOOST_AUTO_TEST_CASE(failures_and_requests_that_were_not_valid_are_not_remembered) {
  Shop shop;
  check_problem(shop.post("k", R"({"items":[]})"), 422, "validation-failed");
  shop.rig.sandbox().fault({{"route", get_product}, {"answer", "500"}});
  check_problem(shop.post("k", shop.one), 500, "catalog-unavailable");
  shop.rig.sandbox().clear_faults();
  const auto first = shop.post("k", shop.one);
  BOOST_TEST(first.status == 201);
  check_replay(first, shop.post("k", shop.one));
  shop.check_sold(1);
}

BOOST_AUTO_TEST_CASE(answers_outlive_the_process) {
  Shop shop;
  shop.rig.add_to_cart(8, shop.tea, 1);
  const auto lines = shop.post("k", shop.one);
  const auto cart = shop.post("k", "", 8);
  BOOST_TEST(shop.rig.orderd().stop() == 0);
  shop.rig.start();
  check_replay(lines, shop.post("k", shop.one));
  shop.rig.kill_and_restart();
  check_replay(lines, shop.post("k", shop.one));
  check_replay(cart, shop.post("k", "", 8));
  shop.check_sold(2);
}

BOOST_AUTO_TEST_CASE(a_process_killed_in_the_middle_leaves_one_order_a_key) {
  Shop shop;
  const int product = shop.rig.product(100'000);
  const auto body = Rig::lines({{product, 1}});
  std::atomic<bool> stop{false};
  std::thread killer([&] {
    for (int round = 0; round < 4; ++round) {
      std::this_thread::sleep_for(std::chrono::milliseconds(150 + 70 * round));
      shop.rig.kill_and_restart();
    }
    stop = true;
  });
  std::mutex mutex;
  std::map<std::string, int> locations;
  std::atomic<int> wrong{0};
  at_once(8, [&](int buyer) {
    for (int n = 0; !stop; ++n) {
      const auto key = "k" + std::to_string(n);
      std::string first;
      for (int round = 0; round < 2; ++round) {
        HttpReply reply;
        while (reply.status != 201) {
          try {
            reply = shop.post(key, body, buyer + 1);
          } catch (const std::runtime_error&) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
          }
        }
        if (round == 1 && (reply.body != first || !replayed(reply))) ++wrong;
        first = reply.body;
        const std::lock_guard<std::mutex> guard(mutex);
        ++locations[location(reply)];
      }
    }
  });
  killer.join();
  BOOST_TEST(wrong == 0);
  BOOST_TEST(locations.size() > 20U);
  for (const auto& [place, times] : locations) BOOST_TEST(times == 2, place);
  BOOST_TEST(shop.orders() == std::to_string(locations.size()));
}

BOOST_AUTO_TEST_CASE(answers_expire_and_are_deleted) {
  Shop shop(Settings{{"ORDERD_ORDERS__IDEMPOTENCY_TTL", "1s"}});
  const auto first = shop.post("k", shop.one);
  check_replay(first, shop.post("k", shop.one));
  std::this_thread::sleep_for(std::chrono::milliseconds(1'100));
  const auto second = shop.post("k", Rig::lines({{shop.tea, 2}}));
  BOOST_TEST(second.status == 201);
  BOOST_TEST(!replayed(second));
  BOOST_TEST(eventually([&] { return shop.rig.query("SELECT count(*) FROM idempotency") == "0"; },
                        std::chrono::seconds(20)));
  BOOST_TEST(eventually([&] { return shop.rig.metric("orderd_answers_forgotten_total") == "1"; }));
  shop.check_sold(3);
}

BOOST_AUTO_TEST_CASE(a_first_client_that_vanished_makes_no_second_order) {
  Shop shop;
  for (const bool waits : {true, false}) {
    const std::string key = waits ? "waiting" : "later";
    shop.rig.sandbox().fault({{"route", get_product}, {"delay_ms", 500}, {"count", 1}});
    RawClient vanishing(static_cast<std::uint16_t>(shop.rig.port()));
    BOOST_REQUIRE(
        vanishing.send(orders::test::post("/orders/7", shop.one, "Idempotency-Key: " + key + "\r\n")));
    BOOST_REQUIRE(eventually([&] { return shop.rig.metric("orderd_orders_in_flight") == "1"; }));
    std::thread second;
    HttpReply reply;
    if (waits) {
      second = std::thread([&] { reply = shop.post(key, shop.one); });
      BOOST_TEST(eventually([&] { return shop.rig.metric("orderd_orders_in_flight") == "2"; }));
    }
    vanishing.close();
    if (waits) second.join();
    BOOST_TEST(eventually([&] { return shop.rig.metric("orderd_orders_in_flight") == "0"; }));
    const auto later = shop.post(key, shop.one);
    BOOST_TEST(later.status == 201);
    if (waits) BOOST_TEST(reply.body == later.body);
    shop.rig.sandbox().clear_faults();
  }
  BOOST_TEST(shop.orders() == "2");
  shop.check_sold(2);
}

BOOST_AUTO_TEST_CASE(r7_an_order_in_doubt_is_told_by_the_same_key_later) {
  Shop shop(Settings{{"ORDERD_ORDERS__DEADLINE", "700ms"}});
  shop.rig.add_to_cart(8, shop.tea, 1);
  std::thread locker([&] {
    static_cast<void>(shop.rig.cluster().execute(
        "BEGIN; LOCK TABLE order_items IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(2.5); COMMIT",
        shop.rig.database()));
  });
  BOOST_REQUIRE(eventually([&] {
    return shop.rig.query(
               "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND "
               "relation = 'order_items'::regclass") == "1";
  }));
  std::vector<HttpReply> replies(2);
  at_once(2, [&](int n) {
    replies[static_cast<std::size_t>(n)] = n == 0 ? shop.post("k", shop.one) : shop.post("k", "", 8);
  });
  for (const auto& reply : replies) check_problem(reply, 503, "outcome-unknown");
  locker.join();
  const auto lines = shop.insist("k", shop.one);
  const auto cart = shop.insist("k", "", 8);
  BOOST_TEST((lines.status == 201 && cart.status == 201));
  BOOST_TEST(shop.post("k", shop.one).body == lines.body);
  BOOST_TEST(shop.post("k", "", 8).body == cart.body);
  BOOST_TEST(shop.orders() == "2");
  shop.check_sold(2);
}

BOOST_AUTO_TEST_CASE(of_two_instances_one_makes_the_order_and_the_other_gives_its_answer) {
  Shop shop(Settings{{"ORDERD_CLUSTER__ENABLED", "true"}});
  const SecondInstance second(shop.rig);
  for (int round = 0; round < 5; ++round) {
    const std::string key = "k" + std::to_string(round);
    std::vector<HttpReply> replies(8);
    at_once(8, [&](int n) {
      replies[static_cast<std::size_t>(n)] =
          shop.rig.keyed_post(7, key, shop.one, n % 2 == 0 ? 0 : second.port);
    });
    check_one_order(replies);
  }
  BOOST_TEST(shop.orders() == "5");
  BOOST_TEST(second.process->stop() == 0);
  shop.check_sold(5);
}

BOOST_AUTO_TEST_CASE(hostile_keys_are_refused_and_odd_ones_kept_apart) {
  Shop shop;
  const std::vector<std::string> hostile{"\"open", "\"a\\n\"",    "a b",     "a,b",
                                         "\"\"",   "caf\xc3\xa9", "\"a\";b", std::string(256, 'x')};
  for (const auto& key : hostile) check_problem(shop.post(key, shop.one), 422, "invalid-parameter");
  RawClient twice(static_cast<std::uint16_t>(shop.rig.port()));
  BOOST_REQUIRE(
      twice.send(orders::test::post("/orders/7", shop.one, "Idempotency-Key: a\r\nIdempotency-Key: a\r\n")));
  const auto answer = twice.read_answer();
  BOOST_TEST((answer && answer->status == 422));
  BOOST_TEST(shop.orders() == "0");
  const std::vector<std::string> odd{"\"'; DROP TABLE orders --\"", R"("{a,\"b\"}")", "NULL", "null",
                                     std::string(255, 'x')};
  for (const auto& key : odd) {
    const auto first = shop.post(key, shop.one);
    BOOST_TEST(first.status == 201);
    check_replay(first, shop.post(key, shop.one));
  }
  shop.check_sold(static_cast<int>(odd.size()));
}

BOOST_AUTO_TEST_SUITE_END()
