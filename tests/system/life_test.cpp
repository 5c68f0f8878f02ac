// How orderd starts, stops and limits itself, as an operator sees it.
#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/system/rig.hpp"

using namespace orders::test;
using nlohmann::json;

namespace {

/// Runs orderd to its end; its exit status and what it wrote.
std::pair<int, std::string> run_orderd(const std::vector<std::string>& arguments,
                                       const std::map<std::string, std::string>& environment) {
  const TemporaryFolder folder;
  std::vector<std::string> command{ORDERD_PROGRAM};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const int status = run(command, {environment, folder.path() + "/output", {}});
  return {status, read_file(folder.path() + "/output")};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(start)

BOOST_AUTO_TEST_CASE(wrong_settings_are_all_told_before_anything_is_opened) {
  const TemporaryFolder folder;
  write_file(folder.path() + "/orderd.yaml",
             "http:\n  port: 99999\n  prot: 5\norders:\n  deadline: soon\ncart:\n  url: 5\n");
  const auto [status, output] = run_orderd({"--config", folder.path() + "/orderd.yaml"}, {});
  BOOST_TEST(status == 2);
  for (const auto* part :
       {"orderd.yaml:2", "http.port", "orderd.yaml:3", "http.prot", "orderd.yaml:5", "orders.deadline",
        "orderd.yaml:7: cart.url: ", "database.url: is needed", "catalog.url: is needed"}) {
    BOOST_TEST_CONTEXT(output) { BOOST_TEST(output.find(part) != std::string::npos); }
  }
  BOOST_TEST(output.find("cart.url: is needed") == std::string::npos, output);
}

BOOST_AUTO_TEST_CASE(missing_settings_and_wrong_arguments_are_told) {
  const auto [status, output] = run_orderd({}, {});
  BOOST_TEST(status == 2);
  BOOST_TEST(output.find("database.url") != std::string::npos);
  BOOST_TEST(run_orderd({"--check-config"}, {}).first == 2);
  BOOST_TEST(run_orderd({"--frobnicate"}, {}).first == 2);
  BOOST_TEST(run_orderd({"--help"}, {}).first == 0);
  BOOST_TEST(run_orderd({"--version"}, {}).second.find("orderd ") == 0U);
}

BOOST_AUTO_TEST_CASE(secrets_are_printed_nowhere) {
  Rig rig({{}, {{"ORDERD_DATABASE__PASSWORD", "s3cr3t-word"}}});
  BOOST_TEST(run_orderd({"--print-config"}, rig.environment()).second.find("s3cr3t-word") ==
             std::string::npos);
  BOOST_TEST(rig.log().find("s3cr3t-word") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(it_waits_for_a_database_that_is_not_there_yet) {
  PostgresCluster cluster;
  Rig rig({{}, {}, &cluster, false});
  const auto environment = rig.environment();
  cluster.stop_immediate();
  const TemporaryFolder folder;
  Process orderd({ORDERD_PROGRAM}, {environment, folder.path() + "/log", {}});
  BOOST_TEST(eventually([&] { return read_file(folder.path() + "/log").find("not") != std::string::npos; }));
  BOOST_TEST(orderd.running());
  BOOST_TEST(!rig.ready());
  cluster.start();
  BOOST_TEST(eventually([&] { return rig.ready(); }));
  BOOST_TEST(orderd.stop() == 0);
}

BOOST_AUTO_TEST_CASE(it_can_be_stopped_while_it_waits_for_its_database) {
  PostgresCluster cluster;
  Rig rig({{}, {}, &cluster, false});
  cluster.stop_immediate();
  const TemporaryFolder folder;
  Process orderd({ORDERD_PROGRAM}, {rig.environment(), folder.path() + "/log", {}});
  BOOST_TEST(eventually([&] { return read_file(folder.path() + "/log").find("not") != std::string::npos; }));
  orderd.signal(SIGTERM);
  BOOST_TEST(orderd.wait(std::chrono::seconds(10)).value_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(it_can_be_stopped_while_somebody_locks_its_tables) {
  Rig rig;
  rig.orderd().stop();
  const TemporaryFolder folder;
  const auto lock = "BEGIN; LOCK TABLE orderd_schema; SELECT pg_sleep(60)";
  Process locks({"psql", "--dbname=" + rig.cluster().url(rig.database()), "--command", lock});
  BOOST_TEST(eventually([&] {
    return rig.query(
               "SELECT count(*) FROM pg_locks WHERE granted AND mode = 'AccessExclusiveLock' AND "
               "relation = 'orderd_schema'::regclass") == "1";
  }));
  Process orderd({ORDERD_PROGRAM}, {rig.environment(), folder.path() + "/log", {}});
  BOOST_TEST(eventually([&] { return rig.query("SELECT count(*) FROM pg_locks WHERE NOT granted") == "1"; }));
  orderd.signal(SIGTERM);
  BOOST_TEST(orderd.wait(std::chrono::seconds(10)).value_or(-1) == 0);
  BOOST_TEST(read_file(folder.path() + "/log").find("stopped while") != std::string::npos);
  BOOST_TEST(eventually([&] { return rig.query("SELECT count(*) FROM pg_locks WHERE NOT granted") == "0"; }));
}

BOOST_AUTO_TEST_CASE(a_log_that_nobody_reads_holds_nothing_up) {
  Rig rig({{}, {}, nullptr, false});
  const TemporaryFolder folder;
  const auto pipe = folder.path() + "/log";
  BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int end = ::open(pipe.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  const std::string page(4'096, '.');
  while (::write(end, page.data(), page.size()) > 0) {
  }
  Process orderd({ORDERD_PROGRAM}, {rig.environment(), pipe, {}});
  BOOST_TEST(eventually([&] { return rig.ready(); }));
  const int product = rig.product(5);
  BOOST_TEST(rig.post(7, Rig::lines({{product, 1}})).status == 201);
  orderd.signal(SIGTERM);
  BOOST_TEST(orderd.wait(std::chrono::seconds(10)).value_or(-1) == 0);
  ::close(end);
}

BOOST_AUTO_TEST_CASE(a_second_instance_on_the_same_database_is_told_no) {
  Rig rig;
  auto environment = rig.environment();
  environment["ORDERD_HTTP__PORT"] = "0";
  const auto [status, output] = run_orderd({}, environment);
  BOOST_TEST(status == 1);
  BOOST_TEST(output.find("another") != std::string::npos);
  BOOST_TEST(rig.ready());
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_named) {
  Rig rig({{}, {}, nullptr, false});
  Rig other;
  auto environment = rig.environment();
  environment["ORDERD_HTTP__PORT"] = std::to_string(other.port());
  const auto [status, output] = run_orderd({}, environment);
  BOOST_TEST(status == 1);
  BOOST_TEST(output.find(std::to_string(other.port())) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_database_of_an_older_installation_is_taken_over) {
  Rig rig({{}, {}, nullptr, false});
  rig.query(
      "CREATE TABLE orders (id SERIAL PRIMARY KEY, customer_id INTEGER, status VARCHAR(20));"
      "CREATE TABLE order_items (id SERIAL PRIMARY KEY, product_id INTEGER, quantity INTEGER,"
      " order_id INTEGER REFERENCES orders(id));"
      "INSERT INTO orders (customer_id, status) VALUES (7, 'Ordered'), (8, 'Shipped');"
      "INSERT INTO order_items (product_id, quantity, order_id) VALUES (1, 2, 1), (2, 1, 1), (1, 5, 2)");
  rig.start();
  const auto old = parsed(rig.call("GET", "/orders/1?by=order"));
  BOOST_TEST(old.at("customer_id") == 7);
  BOOST_TEST(old.at("items").size() == 2U);
  BOOST_TEST(parsed(rig.call("GET", "/orders")).at("orders").size() == 2U);
  BOOST_TEST(rig.call("PUT", "/orders/2", R"({"status":"Delivered"})").status == 200);
  const int product = rig.product(5);
  const auto reply = rig.post(7, Rig::lines({{product, 1}}));
  BOOST_REQUIRE_EQUAL(reply.status, 201);
  BOOST_TEST(parsed(reply).at("id").get<long long>() > 10'000'000'000);
  BOOST_TEST(parsed(rig.call("GET", "/orders/7")).at("orders").size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(stop)

BOOST_AUTO_TEST_CASE(sigterm_lets_what_is_in_flight_finish) {
  Rig rig;
  const int product = rig.product(10);
  rig.sandbox().fault({{"route", "GET /products/{id}"}, {"delay_ms", 600}});
  int status = 0;
  std::thread client([&] { status = rig.post(7, Rig::lines({{product, 1}})).status; });
  BOOST_TEST(eventually([&] { return rig.metric("orderd_orders_in_flight") == "1"; }));
  rig.orderd().signal(SIGTERM);
  client.join();
  BOOST_TEST(status == 201);
  BOOST_TEST(rig.orderd().wait(std::chrono::seconds(10)).value_or(-1) == 0);
  BOOST_TEST(rig.log().find("stopped") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(sigterm_ends_within_the_drain_timeout_whatever_is_in_flight) {
  Rig rig({{}, {{"ORDERD_HTTP__DRAIN_TIMEOUT", "500ms"}}});
  const int product = rig.product(10);
  rig.sandbox().fault({{"route", "PUT /products/{id}"}, {"answer", "hang"}});
  int status = 500;
  std::thread client([&] {
    try {
      status = rig.post(7, Rig::lines({{product, 1}})).status;
    } catch (const std::runtime_error&) {  // the connection may end without an answer
    }
  });
  BOOST_TEST(eventually([&] { return rig.metric("orderd_orders_in_flight") == "1"; }));
  rig.orderd().signal(SIGTERM);
  BOOST_TEST(rig.orderd().wait(std::chrono::seconds(15)).has_value());
  client.join();
  BOOST_TEST(status >= 500);
}

BOOST_AUTO_TEST_CASE(a_second_signal_ends_at_once) {
  Rig rig;
  const int product = rig.product(10);
  rig.sandbox().fault({{"route", "GET /products/{id}"}, {"answer", "hang"}});
  bool answered = true;
  std::thread client([&] {
    try {
      (void)rig.post(7, Rig::lines({{product, 1}}));
    } catch (const std::runtime_error&) {
      answered = false;
    }
  });
  BOOST_TEST(eventually([&] { return rig.metric("orderd_orders_in_flight") == "1"; }));
  rig.orderd().signal(SIGTERM);
  BOOST_TEST(eventually([&] { return rig.log().find("stopping") != std::string::npos; }));
  rig.orderd().signal(SIGTERM);
  BOOST_TEST(rig.orderd().wait(std::chrono::seconds(2)).value_or(0) == 3);
  client.join();
  BOOST_TEST(!answered);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(p6_bounded)

BOOST_AUTO_TEST_CASE(beyond_the_limit_requests_are_refused_at_once_and_accepted_ones_finish) {
  Rig rig({{}, {{"ORDERD_ORDERS__IN_FLIGHT_MAX", "4"}}});
  const int product = rig.product(100);
  rig.sandbox().fault({{"route", "GET /products/{id}"}, {"delay_ms", 500}});
  std::atomic<int> placed{0};
  std::atomic<int> refused{0};
  at_once(16, [&](int buyer) {
    const auto reply = rig.post(buyer + 1, Rig::lines({{product, 1}}));
    if (reply.status == 201) ++placed;
    if (reply.status == 503 && reply.headers.count("Retry-After") == 1) ++refused;
  });
  BOOST_TEST(placed == 4);
  BOOST_TEST(refused == 12);
  BOOST_TEST(rig.metric("orderd_admissions_refused_total") == "12");
}

BOOST_AUTO_TEST_CASE(actors_that_are_not_used_retire) {
  Rig rig({{}, {{"ORDERD_ACTORS__CUSTOMER_IDLE", "1s"}, {"ORDERD_ACTORS__PRODUCT_IDLE", "1s"}}});
  const int product = rig.product(100);
  for (int customer = 1; customer <= 20; ++customer) {
    BOOST_REQUIRE_EQUAL(rig.post(customer, Rig::lines({{product, 1}})).status, 201);
  }
  BOOST_TEST(eventually([&] { return rig.metric("orderd_actors_resident{kind=\"customer\"}") == "0"; }));
  BOOST_TEST(eventually([&] { return rig.metric("orderd_actors_resident{kind=\"product\"}") == "0"; }));
  // Nothing is left to be settled by a successor.
  BOOST_TEST(rig.query("SELECT count(*) FROM product_stock WHERE state = 'intended'") == "0");
  BOOST_TEST(rig.post(1, Rig::lines({{product, 1}})).status == 201);
  BOOST_TEST(*rig.sandbox().stock(product) == 79);
}

BOOST_AUTO_TEST_CASE(there_are_never_more_actors_than_allowed) {
  Rig rig({{}, {{"ORDERD_ACTORS__CUSTOMERS_MAX", "5"}}});
  const int product = rig.product(100);
  for (int customer = 1; customer <= 20; ++customer) {
    // Who comes when there is no room is told so, and those who have nothing to do are asked to leave.
    BOOST_REQUIRE(eventually([&] { return rig.post(customer, Rig::lines({{product, 1}})).status == 201; }));
  }
  BOOST_TEST(std::stoi(rig.metric("orderd_actors_resident{kind=\"customer\"}")) <= 5);
}

BOOST_AUTO_TEST_SUITE_END()
