#include "config/check.hpp"

#include <functional>

#include <boost/test/unit_test.hpp>

#include "tests/config/support.hpp"

namespace orders::config::test {

namespace {

/// The faults of the defaults after a change: "path detail", a line each.
std::string faults_after(const std::function<void(Config&)>& change) {
  Config config;
  change(config);
  std::string all;
  for (const auto& fault : check(config)) all += fault.path + " " + fault.detail + "\n";
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_suite)

BOOST_AUTO_TEST_CASE(the_defaults_break_no_rule) {
  BOOST_TEST(faults_after([](Config&) {}) == "");
}

BOOST_AUTO_TEST_CASE(lower_bounds_must_not_exceed_upper_bounds) {
  BOOST_TEST(faults_after([](Config& c) { c.database.reconnect_min = seconds(5); }) ==
             "database.reconnect_min must not be more than database.reconnect_max (1s), but is 5s\n");
  BOOST_TEST(faults_after([](Config& c) { c.catalog.retry_min = seconds(5); }) ==
             "catalog.retry_min must not be more than catalog.retry_max (2s), but is 5s\n");
  BOOST_TEST(faults_after([](Config& c) { c.cart.retry_min = seconds(90); }) ==
             "cart.retry_min must not be more than cart.retry_max (30s), but is 90s\n");
  BOOST_TEST(
      faults_after([](Config& c) { c.http.pending_bytes_total_max = 65'536; }) ==
      "http.pending_bytes_max must not be more than http.pending_bytes_total_max (64KiB), but is 1MiB\n");
  BOOST_TEST(faults_after([](Config& c) { c.http.target_bytes_max = 32'768; }) ==
             "http.target_bytes_max must not be more than http.header_bytes_max (16KiB), but is 32KiB\n");
  BOOST_TEST(faults_after([](Config& c) { c.orders.parked_poll = seconds(6); }) ==
             "orders.parked_poll must not be more than orders.deadline (5s), but is 6s\n");
  BOOST_TEST(faults_after([](Config& c) { c.cart.connect_timeout = seconds(6); }) ==
             "cart.connect_timeout must not be more than cart.call_timeout (2s), but is 6s\n");
  BOOST_TEST(faults_after([](Config& c) { c.catalog.connect_timeout = seconds(6); }) ==
             "catalog.connect_timeout must not be more than catalog.call_timeout (2s), but is 6s\n");
  BOOST_TEST(faults_after([](Config& c) { c.catalog.doubt = seconds(1); }) ==
             "catalog.call_timeout must not be more than catalog.doubt (1s), but is 2s\n");
  BOOST_TEST(faults_after([](Config& c) { c.database.reconnect_min = c.database.reconnect_max; }) == "");
}

BOOST_AUTO_TEST_CASE(an_order_must_be_able_to_end_before_its_request_does) {
  BOOST_TEST(faults_after([](Config& c) { c.http.handler_timeout = c.orders.deadline; }) ==
             "orders.deadline must be less than http.handler_timeout (5s), but is 5s\n");
}

BOOST_AUTO_TEST_CASE(statuses_that_give_stock_back_are_final) {
  BOOST_TEST(contains(faults_after([](Config& c) {
                        c.orders.transitions = {{"Cancelled", {"Ordered"}}};
                      }),
                      "orders.transitions must not lead away from \"Cancelled\""));
  BOOST_TEST(faults_after([](Config& c) {
               c.orders.transitions = {{"Cancelled", {}}, {"Canceled", {"Canceled"}}};
             }) == "");
  BOOST_TEST(contains(faults_after([](Config& c) { c.orders.restock_on = {"Ordered"}; }),
                      "orders.restock_on must not list Ordered"));
}

BOOST_AUTO_TEST_CASE(the_host_must_be_one_word) {
  for (const auto* host : {"", "a b", "a\n", "http://a", "a/b", "\xC3\xBC"}) {
    BOOST_TEST(contains(faults_after([&](Config& c) { c.http.host = host; }), "http.host must be an address"),
               host);
  }
  for (const auto* host : {"0.0.0.0", "localhost", "::1", "my-host.example"}) {
    BOOST_TEST(faults_after([&](Config& c) { c.http.host = host; }) == "", host);
  }
}

BOOST_AUTO_TEST_CASE(running_needs_a_database_a_catalog_and_a_cart) {
  Config config;
  const auto missing = check_runnable(config);
  BOOST_REQUIRE(missing.size() == 3U);
  BOOST_TEST(
      contains(missing[0], "database.url: is needed to run; set it in the file or as ORDERD_DATABASE__URL="));
  BOOST_TEST(contains(missing[1], "catalog.url: is needed to run"));
  BOOST_TEST(contains(missing[2], "cart.url: is needed to run"));
  config.database.url = "dbname=orderd";
  config.catalog.url = config.cart.url = "http://localhost:1";
  BOOST_TEST(check_runnable(config).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::config::test
