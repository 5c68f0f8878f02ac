// The imitated defect of the shared cursor, and --serial: what overlapping requests do to each other.
#include <atomic>
#include <map>
#include <thread>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/sandbox/sandbox_process.hpp"

namespace orders::test {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// What came back for GET /products/{id}, seen from the client.
std::string verdict(const WireReply& reply, int id) {
  if (reply.status == 500) return "500";
  const auto body = json::parse(reply.body);
  if (body.is_string()) return "not found";
  return body.at("product_detail").at("id") == id ? "right" : "other row";
}

/// Reads products 1 to 5 from `clients` connections at a time, `rounds` times each; counts the verdicts.
std::map<std::string, int> read_together(const SandboxProcess& sandbox, int clients, int rounds) {
  std::vector<std::map<std::string, int>> seen(static_cast<std::size_t>(clients));
  std::vector<std::thread> threads;
  threads.reserve(seen.size());
  for (auto& mine : seen) {
    threads.emplace_back([&sandbox, &mine, rounds] {
      for (int i = 0; i < rounds; ++i) {
        const int id = i % 5 + 1;
        ++mine[verdict(sandbox.catalog("GET", "/products/" + std::to_string(id)), id)];
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::map<std::string, int> all;
  for (const auto& mine : seen) {
    for (const auto& [name, times] : mine) all[name] += times;
  }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(racy)

BOOST_AUTO_TEST_CASE(one_request_at_a_time_is_never_disturbed) {
  const SandboxProcess sandbox({"--sample", "--racy"});
  const std::map<std::string, int> expected{{"right", 200}};
  BOOST_TEST((read_together(sandbox, 1, 200) == expected));
}

BOOST_AUTO_TEST_CASE(eight_clients_get_about_a_third_of_their_reads_wrong) {
  const SandboxProcess sandbox({"--sample", "--racy"});
  auto seen = read_together(sandbox, 8, 100);
  BOOST_TEST(seen["right"] > 400);
  BOOST_TEST(seen["right"] < 700);
  BOOST_TEST(seen["other row"] > 0);
  BOOST_TEST(seen["not found"] > 0);
  BOOST_TEST(seen["500"] > 0);
}

BOOST_AUTO_TEST_CASE(overlapping_writes_are_applied_or_not_whatever_is_answered) {
  const SandboxProcess sandbox({"--sample", "--racy", "--service-time-us", "20000"});
  std::map<std::string, int> seen;
  for (int i = 0; i < 150; ++i) {
    WireClient put(sandbox.catalog_port());
    WireClient get(sandbox.catalog_port());
    const int wanted = 1000 + i;
    put.send(
        request_text("PUT", "/products/1", json{{"name", "M"}, {"price", 1}, {"quantity", wanted}}.dump()));
    get.send(request_text("GET", "/products/2"));
    const auto reply = put.read().value();
    BOOST_TEST_REQUIRE(get.read().has_value());
    const bool applied = sandbox.stock(1).value_or(-1) == wanted;
    std::string answer = reply.status == 500 ? "500" : "not found";
    if (reply.body.front() == '{') {
      answer = json::parse(reply.body).at("updated_product").at("id") == 1 ? "right" : "other row";
    }
    ++seen[answer + (applied ? ", applied" : ", not applied")];
  }
  for (const auto* kind : {"right, applied", "500, applied", "500, not applied", "not found, not applied",
                           "other row, applied"}) {
    BOOST_TEST(seen[kind] > 0, kind << " never happened");
  }
  BOOST_TEST(seen["right, not applied"] == 0);
}

BOOST_AUTO_TEST_CASE(serial_handles_one_request_after_another) {
  const SandboxProcess sandbox({"--sample", "--serial", "--racy", "--service-time-us", "50000"});
  WireClient one(sandbox.catalog_port());
  WireClient two(sandbox.catalog_port());
  WireClient three(sandbox.catalog_port());
  const auto begin = steady_clock::now();
  for (auto* client : {&one, &two, &three}) client->send(request_text("DELETE", "/products/77"));
  for (auto* client : {&one, &two, &three}) BOOST_TEST(client->read().has_value());
  BOOST_TEST((steady_clock::now() - begin >= milliseconds(150)));
  BOOST_TEST(sandbox.statistics().at("catalog").at("max_in_flight") == 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
