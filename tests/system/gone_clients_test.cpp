// Clients that do not wait for their answers: their requests are not worked on, unless stock is held already.
#include <sstream>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/http/server/raw_client.hpp"
#include "tests/system/rig.hpp"

using namespace orders::test;
using nlohmann::json;

namespace {

/// The sum over a metric's labels that contain `label`.
double metric(const Rig& rig, const std::string& name, const std::string& label = {}) {
  std::istringstream lines(rig.call("GET", "/metrics").body);
  double sum = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto end = line.find_first_of("{ ");
    if (line.substr(0, end) != name || line.find(label) == std::string::npos) continue;
    sum += std::stod(line.substr(line.rfind(' ') + 1));
  }
  return sum;
}

/// What orderd has taken up since it started, other than orders that are done.
double taken_up(const Rig& rig) {
  return metric(rig, "orderd_placements") + metric(rig, "orderd_requests_abandoned_total", "kind=\"order\"");
}

/// Orders of customers from `first` on, by clients that leave without reading: half of them by a reset, as
/// programs that die do, half as ordinary ones.
void order_and_leave(const Rig& rig, int first, int count, const std::string& body) {
  const double before = taken_up(rig);
  std::vector<RawClient> clients;
  for (int i = 0; i < count; ++i) {
    clients.emplace_back(static_cast<std::uint16_t>(rig.port()));
    BOOST_REQUIRE(clients.back().send(post("/orders/" + std::to_string(first + i), body)));
  }
  // A reset that overtakes the server's reading destroys the request, and there would be nothing to skip.
  BOOST_REQUIRE(eventually([&] { return taken_up(rig) >= before + count; }));
  for (std::size_t i = 0; i < clients.size(); ++i) i % 2 == 0 ? clients[i].reset() : clients[i].close();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(p7_isolated)

BOOST_AUTO_TEST_CASE(orders_of_clients_that_have_gone_are_not_placed_unless_stock_is_held) {
  Rig rig;
  const int product = rig.product(1'000);
  const int other = rig.product(1'000);
  // The first cycle of each product is kept waiting, so that what comes next queues up behind it.
  rig.sandbox().fault({{"route", "GET /products/{id}"}, {"delay_ms", 1'500}, {"count", 1}});
  int status = 0;
  std::thread first([&] { status = rig.post(1, Rig::lines({{product, 1}})).status; });
  BOOST_REQUIRE(eventually([&] { return metric(rig, "orderd_orders_in_flight") == 1; }));
  order_and_leave(rig, 100, 40, Rig::lines({{product, 1}, {other, 1}}));
  BOOST_TEST(eventually([&] { return metric(rig, "orderd_http_connections") <= 2; }));
  first.join();
  BOOST_TEST(status == 201);
  BOOST_TEST(rig.settles());
  BOOST_TEST(eventually([&] { return metric(rig, "orderd_placements") == 0; }));
  const auto abandoned = metric(rig, "orderd_requests_abandoned_total", "kind=\"order\"");
  const auto placed = std::stoi(rig.query("SELECT count(*) FROM orders"));
  BOOST_TEST(abandoned >= 40.0 * 0.9);
  BOOST_TEST(abandoned + placed == 41);
  BOOST_TEST(*rig.sandbox().stock(product) == 1'000 - placed);
  BOOST_TEST(*rig.sandbox().stock(other) == 1'000 - (placed - 1));
  BOOST_TEST(rig.post(1, Rig::lines({{product, 1}})).status == 201);
}

BOOST_AUTO_TEST_CASE(reads_of_clients_that_have_gone_are_not_carried_out) {
  Rig rig({{}, {{"ORDERD_DATABASE__READERS", "1"}}});
  const int product = rig.product(10);
  BOOST_REQUIRE(rig.post(1, Rig::lines({{product, 1}})).status == 201);
  // The only reader is made to wait for a lock.
  PostgresCluster& cluster = rig.cluster();
  std::thread locker([&] {
    static_cast<void>(cluster.execute(
        "BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(1.5); COMMIT", rig.database()));
  });
  BOOST_REQUIRE(eventually([&] {
    return rig.query(
               "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = "
               "'orders'::regclass") == "1";
  }));
  for (int i = 0; i < 20; ++i) {
    RawClient client(static_cast<std::uint16_t>(rig.port()));
    BOOST_REQUIRE(client.send(get("/orders/1")));
    client.close();
  }
  locker.join();
  BOOST_TEST(eventually([&] { return metric(rig, "orderd_reads_in_flight") == 0; }));
  BOOST_TEST(metric(rig, "orderd_requests_abandoned_total", "kind=\"read\"") >= 18);
  BOOST_TEST(rig.call("GET", "/orders/1").status == 200);
}

BOOST_AUTO_TEST_CASE(audits_of_clients_that_have_gone_are_not_carried_out) {
  Rig rig;
  const int product = rig.product(10);
  BOOST_REQUIRE(rig.post(1, Rig::lines({{product, 1}})).status == 201);
  rig.sandbox().fault({{"route", "GET /products/{id}"}, {"delay_ms", 1'500}, {"count", 1}});
  int status = 0;
  std::thread first([&] { status = rig.call("GET", "/audit").status; });
  BOOST_REQUIRE(eventually([&] { return metric(rig, "orderd_audits_in_flight") == 1; }));
  RawClient client(static_cast<std::uint16_t>(rig.port()));
  BOOST_REQUIRE(client.send(get("/audit")));
  BOOST_REQUIRE(eventually([&] { return metric(rig, "orderd_audits_in_flight") == 2; }));
  client.reset();
  first.join();
  BOOST_TEST(status == 200);
  BOOST_TEST(eventually([&] { return metric(rig, "orderd_audits_in_flight") == 0; }));
  BOOST_TEST(metric(rig, "orderd_requests_abandoned_total", "kind=\"read\"") == 1);
}

BOOST_AUTO_TEST_SUITE_END()
