// The audit, as operators meet it: GET /audit of a running orderd, and `orderd audit` with and without one.
#include <csignal>

#include <boost/test/unit_test.hpp>

#include "tests/system/rig.hpp"

namespace orders::test {

namespace {

using nlohmann::json;

struct CommandOutcome {
  int status = 0;
  std::string printed;
};

struct AuditFixture {
  CommandOutcome command(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {ORDERD_PROGRAM, "audit"});
    const auto file = folder.path() + "/printed";
    write_file(file, "");
    CommandOutcome outcome;
    outcome.status = run(arguments, {rig.environment(), file, {}});
    outcome.printed = read_file(file);
    return outcome;
  }
  json audited() {
    const auto reply = rig.call("GET", "/audit");
    BOOST_REQUIRE_EQUAL(reply.status, 200);
    return parsed(reply);
  }
  bool clean() {
    const auto audit = audited();
    return audit.at("verdict") == "clean" && audit.at("under_way") == 0;
  }
  void order(int customer, int quantity) {
    BOOST_REQUIRE_EQUAL(rig.post(customer, Rig::lines({{product, quantity}})).status, 201);
  }

  Rig rig;
  TemporaryFolder folder;
  const int product = rig.product(10);
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit, AuditFixture)

BOOST_AUTO_TEST_CASE(is_clean_when_nothing_is_off) {
  order(1, 3);
  order(2, 2);
  BOOST_TEST(eventually([this] { return clean(); }));
  const auto audit = audited();
  const auto& row = audit.at("products").at(0);
  BOOST_TEST(row.at("product_id") == product);
  BOOST_TEST(row.at("opening") == 10);
  BOOST_TEST(row.at("in_live_orders") == 5);
  BOOST_TEST(row.at("ledger") == 5);
  BOOST_TEST(row.at("catalog") == 5);
  BOOST_TEST(row.at("drift") == 0);
  BOOST_TEST(audit.at("orders").at("count") == 2);
  BOOST_TEST(audit.at("orders").at("instance_running") == true);
  const auto table = command({});
  BOOST_TEST(table.status == 0);
  BOOST_TEST(table.printed.find("clean: 1 products") != std::string::npos, table.printed);
}

BOOST_AUTO_TEST_CASE(tells_what_somebody_else_did_to_the_stock) {
  order(1, 3);
  BOOST_TEST(eventually([this] { return clean(); }));
  rig.sandbox().set_stock(product, 4);
  const auto audit = audited();
  BOOST_TEST(audit.at("verdict") == "off");
  BOOST_TEST(audit.at("products").at(0).at("drift") == -3);
  BOOST_TEST(audit.at("products").at(0).at("explanation").at("because") == "unknown");
  BOOST_TEST(command({"--json"}).status == 1);
  order(2, 1);  // a cycle, which follows the edit and records it
  BOOST_TEST(eventually([this] { return clean(); }));
  BOOST_TEST(audited().at("products").at(0).at("explanation").at("foreign") == -3);
}

BOOST_AUTO_TEST_CASE(comes_in_pages) {
  std::vector<int> products{product, rig.product(10), rig.product(10)};
  for (const auto each : products) BOOST_REQUIRE_EQUAL(rig.post(1, Rig::lines({{each, 1}})).status, 201);
  std::vector<int> seen;
  std::string next = "/audit?limit=2";
  while (!next.empty()) {
    const auto page = parsed(rig.call("GET", next));
    for (const auto& row : page.at("products")) seen.push_back(row.at("product_id").get<int>());
    next = page.value("next", "");
  }
  BOOST_TEST(seen == products, boost::test_tools::per_element());
  BOOST_TEST(rig.call("GET", "/audit?limit=0").status == 422);
  BOOST_TEST(rig.call("GET", "/audit?page=2").status == 422);
}

BOOST_AUTO_TEST_CASE(says_that_it_cannot_tell_without_the_catalog) {
  order(1, 3);
  BOOST_TEST(eventually([this] { return clean(); }));
  rig.sandbox().fault({{"service", "catalog"}, {"answer", "500"}});
  const auto audit = command({"--json"});
  BOOST_TEST(audit.status == 2);
  const auto said = json::parse(audit.printed, nullptr, false);
  BOOST_REQUIRE(said.is_object());
  BOOST_TEST(said.at("verdict") == "unknown");
  BOOST_TEST(said.at("products").at(0).at("in_catalog") == "unknown");
}

BOOST_AUTO_TEST_CASE(finds_what_a_killed_process_left) {
  order(1, 3);
  rig.sandbox().fault({{"route", "PUT /products/{id}"}, {"answer", "hang"}, {"apply", "never"}});
  at_once(1, [this](int) {
    try {
      (void)http_call("POST", "http://127.0.0.1:" + std::to_string(rig.port()) + "/orders/2",
                      Rig::lines({{product, 2}}), {}, std::chrono::milliseconds(500));
    } catch (const std::runtime_error&) {  // it is not answered
    }
  });
  rig.orderd().signal(SIGKILL);
  BOOST_REQUIRE(rig.orderd().wait(std::chrono::seconds(10)));
  rig.sandbox().clear_faults();
  const auto audit = command({"--json"});
  BOOST_TEST(audit.status == 1);
  const auto said = json::parse(audit.printed, nullptr, false);
  BOOST_REQUIRE(said.is_object());
  BOOST_TEST(said.at("products").at(0).at("held") == 2);
  BOOST_TEST(said.at("products").at(0).at("explanation").at("because") == "unsettled");
  BOOST_TEST(said.at("orders").at("instance_running") == false);
}

BOOST_AUTO_TEST_CASE(says_that_it_cannot_tell_without_the_database) {
  auto environment = rig.environment();
  environment["ORDERD_DATABASE__URL"] =
      "postgresql://postgres@127.0.0.1:" + std::to_string(free_port()) + "/none";
  BOOST_TEST(run({ORDERD_PROGRAM, "audit"}, {environment, {}, {}}) == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
