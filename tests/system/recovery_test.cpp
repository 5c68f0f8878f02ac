// What a killed orderd leaves behind is put right at the next start, and told: GET /recovery.
#include <csignal>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/system/rig.hpp"

namespace orders::test {

namespace {

using nlohmann::json;

struct RecoveryFixture {
  /// Places orders that nobody waits for.
  void shoot(int count, const std::vector<int>& products) {
    at_once(count, [&](int client) {
      try {
        const auto first = products[static_cast<std::size_t>(client) % products.size()];
        const auto second = products[static_cast<std::size_t>(client + 1) % products.size()];
        (void)http_call("POST", rig.url("/orders/" + std::to_string(client + 1)),
                        Rig::lines({{first, 1 + client % 3}, {second, 1}}),
                        {"Content-Type: application/json"}, std::chrono::milliseconds(700));
      } catch (const std::runtime_error&) {  // the process was killed, or the answer never came
      }
    });
  }
  void kill() {
    rig.orderd().signal(SIGKILL);
    BOOST_REQUIRE(rig.orderd().wait(std::chrono::seconds(10)).has_value());
  }
  json report() { return parsed(rig.call("GET", "/recovery")); }
  bool finished() {
    return eventually([this] { return report().at("status") == "finished"; }, std::chrono::seconds(60));
  }
  /// The verdict of `orderd audit`, once nothing is under way any more.
  std::string audit() {
    std::string verdict;
    (void)eventually([&] {
      const auto said = parsed(rig.call("GET", "/audit"));
      verdict = said.at("verdict").get<std::string>();
      return verdict == "clean" && said.at("under_way") == 0;
    });
    const auto file = folder.path() + "/printed";
    write_file(file, "");
    const auto status = run({ORDERD_PROGRAM, "audit", "--json"}, {rig.environment(), file, {}});
    return status == 0 ? verdict : read_file(file);
  }
  [[nodiscard]] std::string undecided() const {
    return rig.query("SELECT count(*) FROM reservations WHERE state IN ('held', 'owed')");
  }

  /// A product of ten of which three are sold, and whose first PUT (9 units) has not landed yet.
  int leave_a_late_write() {
    const auto product = rig.product(10);
    rig.sandbox().fault(
        {{"route", "PUT /products/{id}"}, {"answer", "close"}, {"apply", "later"}, {"count", 1}});
    BOOST_REQUIRE_EQUAL(rig.post(1, Rig::lines({{product, 1}})).status, 201);
    BOOST_REQUIRE_EQUAL(rig.post(2, Rig::lines({{product, 2}})).status, 201);
    BOOST_REQUIRE_EQUAL(rig.sandbox().stock(product).value(), 7);
    return product;
  }

  Rig rig{{{},
           {{"ORDERD_RECOVERY__INTERVAL", "200ms"}, {"ORDERD_CATALOG__CALL_TIMEOUT", "500ms"}},
           nullptr,
           true}};
  TemporaryFolder folder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(recovery, RecoveryFixture)

BOOST_AUTO_TEST_CASE(of_a_first_start_is_finished_at_once_and_empty) {
  BOOST_TEST(finished());
  const auto said = report();
  BOOST_TEST(said.at("at_start").at("unsettled_movements") == 0);
  BOOST_TEST(said.at("products").empty());
  BOOST_TEST(said.contains("finished_at"));
  BOOST_TEST(rig.log().find("recovery: finished in") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(gives_back_everything_that_was_held_in_the_middle_of_orders) {
  std::vector<int> products;
  for (int i = 0; i < 8; ++i) products.push_back(rig.product(20));
  BOOST_REQUIRE_EQUAL(rig.post(99, Rig::lines({{products[0], 2}})).status, 201);
  rig.sandbox().fault({{"route", "PUT /products/{id}"}, {"delay_ms", 150}});
  std::thread clients([&] { shoot(24, products); });
  BOOST_TEST(eventually([this] { return undecided() != "0"; }));
  kill();
  clients.join();
  BOOST_TEST(undecided() != "0");
  rig.sandbox().clear_faults();
  rig.start();
  BOOST_REQUIRE(finished());
  BOOST_TEST(undecided() == "0");
  const auto said = report();
  BOOST_TEST(said.at("at_start").at("orphaned_holds").get<int>() > 0);
  BOOST_TEST(said.at("at_start").at("orphaned_units").get<int>() > 0);
  BOOST_TEST(!said.at("products").empty());
  BOOST_TEST(rig.settles());
  BOOST_TEST(audit() == "clean");
  for (const auto product : products) {
    BOOST_TEST(rig.sandbox().stock(product).value() == 20 - rig.sold(product));
  }
}

BOOST_AUTO_TEST_CASE(waits_for_a_catalog_that_is_down) {
  const auto product = rig.product(10);
  BOOST_REQUIRE_EQUAL(rig.post(1, Rig::lines({{product, 1}})).status, 201);
  rig.sandbox().fault({{"route", "PUT /products/{id}"}, {"answer", "hang"}, {"apply", "never"}});
  std::thread client([&] { shoot(1, {product}); });
  BOOST_TEST(eventually([this] { return undecided() != "0"; }));
  kill();
  client.join();
  rig.sandbox().fault({{"service", "catalog"}, {"answer", "500"}});
  rig.start();
  BOOST_TEST(eventually([this] { return report().at("walks").get<int>() > 0; }, std::chrono::seconds(60)));
  BOOST_TEST(report().at("status") == "running");
  BOOST_TEST(undecided() != "0");
  rig.sandbox().clear_faults();
  BOOST_TEST(finished());
  BOOST_TEST(undecided() == "0");
  BOOST_TEST(audit() == "clean");
  BOOST_TEST(rig.sandbox().stock(product).value() == 9);
}

BOOST_AUTO_TEST_CASE(gives_back_what_cancelled_orders_are_owed) {
  const auto product = rig.product(10);
  const auto placed = rig.post(1, Rig::lines({{product, 4}}));
  BOOST_REQUIRE_EQUAL(placed.status, 201);
  rig.sandbox().fault({{"service", "catalog"}, {"answer", "500"}});
  const auto id = std::to_string(parsed(placed).at("id").get<std::int64_t>());
  BOOST_TEST(rig.call("PUT", "/orders/" + id, R"({"status":"Cancelled"})").status == 200);
  kill();
  rig.sandbox().clear_faults();
  BOOST_TEST(undecided() == "1");
  rig.start();
  BOOST_TEST(finished());
  BOOST_TEST(report().at("at_start").at("owed_units") == 4);
  BOOST_TEST(audit() == "clean");
  BOOST_TEST(rig.sandbox().stock(product).value() == 10);
}

BOOST_AUTO_TEST_CASE(finds_the_orphans_of_others_while_it_runs) {
  const auto product = rig.product(10);
  BOOST_REQUIRE_EQUAL(rig.post(1, Rig::lines({{product, 1}})).status, 201);
  BOOST_TEST(rig.settles());
  // What another instance leaves that is killed between its intent and its PUT.
  const auto id = std::to_string(product);
  (void)rig.query(
      "WITH ledger AS (UPDATE product_stock SET seq = seq + 1, quantity = quantity - 3, state = 'intended' "
      "WHERE product_id = " +
      id +
      " RETURNING *), moved AS (INSERT INTO stock_movements "
      "(product_id, seq, before, after, state, kind) SELECT product_id, seq, quantity + 3, quantity, "
      "'intended', "
      "'order' FROM ledger) INSERT INTO reservations (order_id, product_id, attempt, quantity, owner_epoch, "
      "seq, "
      "state) SELECT 10000999999, product_id, 0, 3, 2000000000, seq, 'held' FROM ledger");
  BOOST_TEST(eventually([this] { return undecided() == "0"; }));
  BOOST_TEST(report().at("later").at("orphaned_units") == 3);
  BOOST_TEST(audit() == "clean");
  BOOST_TEST(rig.sandbox().stock(product).value() == 9);
}

// ---- PUTs in doubt (rule R5) ----

BOOST_AUTO_TEST_CASE(r5_a_late_write_is_repaired_although_nobody_orders) {
  const auto product = leave_a_late_write();
  BOOST_TEST(rig.sandbox().land() == 1);
  BOOST_TEST(eventually([&] { return rig.sandbox().stock(product) == 7; }));
  BOOST_TEST(rig.metric("orderd_stock_late_writes_total") == "1");
  BOOST_TEST(rig.metric("orderd_stock_foreign_edits_total") == "0");
  BOOST_TEST(rig.query("SELECT count(*) FROM stock_movements WHERE kind = 'repair'") == "1");
  BOOST_TEST(audit() == "clean");
}

BOOST_AUTO_TEST_CASE(r5_a_late_write_that_lands_while_nobody_looks_is_repaired_at_the_next_start) {
  const auto product = leave_a_late_write();
  // Otherwise the next start settles a movement, which overwrites the late write without noticing.
  BOOST_TEST(eventually([this] { return rig.query("SELECT state FROM product_stock") == "applied"; }));
  kill();
  BOOST_TEST(rig.sandbox().land() == 1);
  BOOST_TEST(rig.sandbox().stock(product).value() == 9);
  rig.start();
  BOOST_REQUIRE(finished());
  BOOST_TEST(rig.sandbox().stock(product).value() == 7);
  BOOST_TEST(report().at("at_start").at("doubts").get<int>() > 0);
  const auto resolution = report().at("products").at(0).at("resolution").get<std::string>();
  BOOST_TEST(resolution.find("a late write of our own was overwritten") != std::string::npos, resolution);
}

BOOST_AUTO_TEST_CASE(r5_somebody_elses_change_during_a_doubt_is_followed) {
  const auto product = leave_a_late_write();
  rig.sandbox().set_stock(product, 4);
  BOOST_TEST(eventually([&] {
    return rig.query("SELECT quantity FROM product_stock WHERE product_id = " + std::to_string(product)) ==
           "4";
  }));
  BOOST_TEST(rig.metric("orderd_stock_foreign_edits_total") == "1");
  BOOST_TEST(rig.sandbox().stock(product).value() == 4);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test

namespace orders::test {

BOOST_AUTO_TEST_SUITE(doubt)

BOOST_AUTO_TEST_CASE(r5_ends_after_its_time_with_a_last_look) {
  Rig rig{{{}, {{"ORDERD_RECOVERY__INTERVAL", "100ms"}, {"ORDERD_CATALOG__DOUBT", "2s"}}, nullptr, true}};
  const auto product = rig.product(10);
  rig.sandbox().fault(
      {{"route", "PUT /products/{id}"}, {"answer", "close"}, {"apply", "never"}, {"count", 1}});
  BOOST_REQUIRE_EQUAL(rig.post(1, Rig::lines({{product, 1}})).status, 201);
  BOOST_TEST(rig.query("SELECT count(*) FROM product_stock WHERE next_audit IS NOT NULL") == "1");
  BOOST_TEST(eventually(
      [&] { return rig.query("SELECT count(*) FROM product_stock WHERE next_audit IS NOT NULL") == "0"; }));
  BOOST_TEST(rig.query("SELECT count(*) FROM stock_movements WHERE doubt_until IS NOT NULL") == "0");
  BOOST_REQUIRE_EQUAL(rig.post(2, Rig::lines({{product, 2}})).status, 201);
  rig.sandbox().set_stock(product,
                          9);  // as the first PUT would, if it landed now: it counts as somebody else's
  BOOST_REQUIRE_EQUAL(rig.post(3, Rig::lines({{product, 1}})).status, 201);
  BOOST_TEST(rig.metric("orderd_stock_foreign_edits_total") == "1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
