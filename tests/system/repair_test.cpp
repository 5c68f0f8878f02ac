// `orderd audit --repair`, as operators meet it: it says what it will do, does it, and audits again; beside a
// running orderd it leaves everything alone.
#include <csignal>

#include <boost/test/unit_test.hpp>

#include "tests/system/rig.hpp"

namespace orders::test {

namespace {

using nlohmann::json;

struct Outcome {
  int status = 0;
  std::string printed;
};

struct RepairFixture {
  Outcome audit(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {ORDERD_PROGRAM, "audit"});
    const auto file = folder.path() + "/printed";
    write_file(file, "");
    auto environment = rig.environment();
    environment["ORDERD_LOG__LEVEL"] = "error";  // its lines would stand among the JSON
    Outcome outcome;
    outcome.status = run(arguments, {environment, file, {}}, std::chrono::seconds(120));
    outcome.printed = read_file(file);
    return outcome;
  }
  Outcome repair() { return audit({"--repair"}); }

  void kill() {
    rig.orderd().signal(SIGKILL);
    BOOST_REQUIRE(rig.orderd().wait(std::chrono::seconds(10)).has_value());
  }
  /// Places an order that nobody waits for, and kills orderd in the middle of it.
  void kill_in_the_middle(int customer, const std::string& body) {
    try {
      (void)http_call("POST", rig.url("/orders/" + std::to_string(customer)), body,
                      {"Content-Type: application/json"}, std::chrono::milliseconds(500));
    } catch (const std::runtime_error&) {  // it is not answered
    }
    kill();
  }
  void order(int what, int quantity) {
    BOOST_REQUIRE_EQUAL(rig.post(1, Rig::lines({{what, quantity}})).status, 201);
  }
  /// Every movement has arrived and is recorded so.
  void check_rests() {
    BOOST_TEST(eventually(
        [this] { return rig.query("SELECT count(*) FROM product_stock WHERE state = 'intended'") == "0"; }));
  }
  void stop_at_rest() {
    check_rests();
    BOOST_REQUIRE_EQUAL(rig.orderd().stop(), 0);
  }
  void check_says(const Outcome& outcome, const std::string& words) {
    BOOST_TEST_CONTEXT(outcome.printed) { BOOST_TEST(outcome.printed.find(words) != std::string::npos); }
  }

  Rig rig{{{},
           {{"ORDERD_CATALOG__CALL_TIMEOUT", "500ms"}, {"ORDERD_CART__CALL_TIMEOUT", "500ms"}},
           nullptr,
           true}};
  TemporaryFolder folder;
  const int product = rig.product(10);
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(repair, RepairFixture)

BOOST_AUTO_TEST_CASE(has_nothing_to_do_when_nothing_is_off) {
  order(product, 3);
  stop_at_rest();
  const auto outcome = repair();
  BOOST_TEST(outcome.status == 0);
  check_says(outcome, "nothing is to be repaired");
}

BOOST_AUTO_TEST_CASE(gives_back_what_a_killed_process_held_and_tells_the_catalog_again) {
  order(product, 3);
  rig.sandbox().fault({{"route", "PUT /products/{id}"}, {"answer", "hang"}, {"apply", "never"}});
  kill_in_the_middle(2, Rig::lines({{product, 2}}));
  rig.sandbox().clear_faults();
  BOOST_TEST(audit({}).status == 1);
  const auto outcome = repair();
  BOOST_TEST(outcome.status == 0);
  check_says(outcome,
             "repairs    product " + std::to_string(product) + ": 2 units held by a process that is gone");
  check_says(outcome, "after the repair:");
  BOOST_TEST(audit({}).status == 0);
  BOOST_TEST(*rig.sandbox().stock(product) == 7);
  BOOST_TEST(rig.query("SELECT count(*) FROM reservations WHERE state IN ('held', 'owed')") == "0");
}

BOOST_AUTO_TEST_CASE(gives_back_what_is_owed_closes_carts_and_follows_what_others_wrote) {
  const int second = rig.product(20);
  const auto placed = rig.post(1, Rig::lines({{product, 4}}));
  BOOST_REQUIRE_EQUAL(placed.status, 201);
  order(second, 1);
  rig.add_to_cart(7, product, 2);
  rig.sandbox().fault({{"route", "PUT /carts/{id}"}, {"answer", "500"}, {"apply", "never"}});
  BOOST_REQUIRE_EQUAL(rig.post(7, "").status, 201);
  check_rests();
  rig.sandbox().fault({{"service", "catalog"}, {"answer", "500"}});
  const auto id = std::to_string(parsed(placed).at("id").get<std::int64_t>());
  BOOST_TEST(rig.call("PUT", "/orders/" + id, R"({"status":"Cancelled"})").status == 200);
  kill();
  rig.sandbox().clear_faults();
  rig.sandbox().set_stock(second, 5);
  const auto outcome = audit({"--repair", "--json"});
  BOOST_TEST(outcome.status == 0);
  const auto said = json::parse(outcome.printed, nullptr, false);
  BOOST_REQUIRE(said.is_object());
  BOOST_TEST(said.at("before").at("verdict") == "off");
  BOOST_TEST(said.at("plan").size() >= 3U);
  BOOST_TEST(said.at("after").at("verdict") == "clean");
  BOOST_TEST(*rig.sandbox().stock(product) == 8);
  BOOST_TEST(rig.sandbox().cart_statuses(7).front() == "Ordered");
  BOOST_TEST(*rig.sandbox().stock(second) == 5);
  BOOST_TEST(rig.query("SELECT count(*) FROM stock_movements WHERE kind = 'foreign'") == "1");
}

BOOST_AUTO_TEST_CASE(leaves_a_database_alone_that_a_running_orderd_has) {
  order(product, 3);
  check_rests();
  rig.sandbox().set_stock(product, 4);
  const auto outcome = repair();
  BOOST_TEST(outcome.status == 2);
  check_says(outcome, "plan:");
  check_says(outcome, "nothing was repaired: another instance is using this database");
  check_says(outcome, "GET /recovery");
  BOOST_TEST(rig.query("SELECT count(*) FROM stock_movements WHERE kind = 'foreign'") == "0");
  order(product, 1);  // it works as before
}

BOOST_AUTO_TEST_CASE(says_what_only_people_can_repair) {
  order(product, 3);
  stop_at_rest();
  (void)rig.query("INSERT INTO orders (id, customer_id, status) VALUES (20000000001, 9, 'Ordered')");
  const auto outcome = repair();
  BOOST_TEST(outcome.status == 1);
  check_says(outcome, "cannot     order 20000000001: has no items");
  check_says(outcome, "delete it, or give it the lines it had");
  BOOST_TEST(rig.query("SELECT count(*) FROM orders") == "2");
}

BOOST_AUTO_TEST_CASE(says_when_it_cannot_tell_for_want_of_the_catalog) {
  order(product, 3);
  stop_at_rest();
  rig.sandbox().fault({{"service", "catalog"}, {"answer", "500"}});
  const auto outcome = repair();
  BOOST_TEST(outcome.status == 2);
  check_says(outcome, "the catalog did not answer");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
