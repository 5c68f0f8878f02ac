// The program orderd-load against an orderd that answers as told, and against the sandbox's catalog and cart.
#include <algorithm>
#include <set>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/load/fake_orderd.hpp"
#include "tests/sandbox/sandbox_process.hpp"
#include "tests/support/process.hpp"

namespace orders::test {

using nlohmann::json;

namespace {

struct Ran {
  int status = -1;
  std::string output{};
};

Ran run_load(std::vector<std::string> arguments) {
  const TemporaryFolder folder;
  arguments.insert(arguments.begin(), LOAD_PROGRAM);
  // Where the number of orders ends it, time must not, however slow the machine is.
  if (std::find(arguments.begin(), arguments.end(), "--orders") != arguments.end()) {
    arguments.insert(arguments.end(), {"--seconds", "50"});
  }
  Ran ran;
  ran.status = run(arguments, {{}, folder.path() + "/output", {}});
  ran.output = read_file(folder.path() + "/output");
  return ran;
}

std::uint64_t count(const json& report, const char* status) {
  return report.at("answers").value(status, 0ULL);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(load)

BOOST_AUTO_TEST_CASE(counts_answers_by_status) {
  const FakeOrderd orderd({201, 201, 400, 422});
  const auto ran = run_load({"--url", orderd.url(), "--connections", "4", "--orders", "400", "--json"});
  BOOST_TEST_REQUIRE(ran.status == 0);
  const auto report = json::parse(ran.output);
  const auto seen = orderd.requests().size();
  BOOST_TEST(seen == 400U);
  BOOST_TEST(count(report, "201") == 200U);
  BOOST_TEST(count(report, "400") == 100U);
  BOOST_TEST(count(report, "422") == 100U);
  const double rate = 200 / report.at("seconds").get<double>();
  BOOST_TEST(report.at("orders_per_second").get<double>() > rate * 0.95);
  BOOST_TEST(report.at("orders_per_second").get<double>() < rate * 1.05);
  BOOST_TEST(report.at("transport_errors").empty());
  const auto& latency = report.at("latency_ms");
  BOOST_TEST(latency.at("p50").get<double>() > 0);
  BOOST_TEST(latency.at("p50") <= latency.at("p99"));
  BOOST_TEST(latency.at("p99") <= latency.at("max"));
  BOOST_TEST(report.at("command").get<std::string>().find("--connections 4") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(sends_orders_of_different_products_and_customers) {
  const FakeOrderd orderd({201});
  const auto ran = run_load({"--url", orderd.url(), "--connections", "2", "--orders", "300", "--lines", "3",
                             "--products", "5", "--customers", "7", "--quantity", "2", "--keys"});
  BOOST_TEST(ran.status == 0);
  BOOST_TEST(ran.output.find("orders/s") != std::string::npos);
  std::set<std::string> targets;
  std::set<std::string> keys;
  std::set<int> products;
  const auto requests = orderd.requests();
  BOOST_TEST_REQUIRE(!requests.empty());
  for (const auto& request : requests) {
    targets.insert(request.target);
    keys.insert(request.key);
    std::set<int> mine;
    const auto items = json::parse(request.body).at("items");
    for (const auto& item : items) {
      BOOST_TEST_REQUIRE(item.at("quantity") == 2);
      mine.insert(item.at("product_id").get<int>());
    }
    BOOST_TEST_REQUIRE(mine.size() == 3U);
    products.insert(mine.begin(), mine.end());
  }
  BOOST_TEST(keys.size() == requests.size());
  BOOST_TEST(targets.size() == 7U);
  BOOST_TEST(targets.count("/api/orders/7") == 1U);
  BOOST_TEST(*products.begin() == 1);
  BOOST_TEST(*products.rbegin() == 5);
}

BOOST_AUTO_TEST_CASE(the_warmup_is_not_counted) {
  const FakeOrderd orderd({201});
  const auto ran = run_load(
      {"--url", orderd.url(), "--connections", "1", "--seconds", "0.2", "--warmup", "0.4", "--json"});
  BOOST_TEST_REQUIRE(ran.status == 0);
  BOOST_TEST(count(json::parse(ran.output), "201") < orderd.requests().size());
}

BOOST_AUTO_TEST_CASE(server_errors_make_it_fail_unless_they_are_allowed) {
  const FakeOrderd orderd({201, 503});
  std::vector<std::string> arguments{"--url", orderd.url(), "--connections", "2", "--orders", "10", "--json"};
  const auto ran = run_load(arguments);
  BOOST_TEST(ran.status == 1);
  BOOST_TEST(count(json::parse(ran.output), "503") > 0U);
  arguments.emplace_back("--allow-errors");
  BOOST_TEST(run_load(arguments).status == 0);
}

BOOST_AUTO_TEST_CASE(transport_errors_make_it_fail) {
  const FakeOrderd orderd({201, 0});
  const auto cut = run_load({"--url", orderd.url(), "--connections", "2", "--orders", "20", "--json"});
  BOOST_TEST(cut.status == 1);
  BOOST_TEST(json::parse(cut.output).at("transport_errors").value("receive", 0) > 0);

  const auto nobody = "http://127.0.0.1:" + std::to_string(free_port());
  const auto refused = run_load({"--url", nobody, "--connections", "2", "--seconds", "0.3", "--json"});
  BOOST_TEST(refused.status == 1);
  const auto times = json::parse(refused.output).at("transport_errors").value("connect", 0);
  BOOST_TEST(times > 0);
  BOOST_TEST(times < 200);  // no busy loop
}

BOOST_AUTO_TEST_CASE(a_request_without_an_answer_is_a_timeout) {
  const SandboxProcess sandbox({"--sample"});
  sandbox.fault({{"route", "POST /carts/{id}"}, {"answer", "hang"}});
  const FakeOrderd orderd({201});
  const auto ran = run_load({"--url", orderd.url(), "--connections", "1", "--seconds", "0.3", "--timeout",
                             "0.2", "--from-carts", "--cart-url", sandbox.cart_url(), "--json"});
  BOOST_TEST(ran.status == 1);
  BOOST_TEST(json::parse(ran.output).at("transport_errors").value("cart timeout", 0) > 0);
  BOOST_TEST(orderd.requests().empty());
}

BOOST_AUTO_TEST_CASE(prepares_the_stock_of_old_and_new_products) {
  for (const auto* dialect : {"code", "readme"}) {
    const SandboxProcess sandbox({"--sample", "--dialect", dialect});
    BOOST_TEST(sandbox.catalog("DELETE", "/products/2").status == 204);
    sandbox.fault({{"service", "catalog"}, {"answer", "500"}, {"skip", 2}, {"count", 1}});
    const FakeOrderd orderd({201});
    const auto ran = run_load({"--url", orderd.url(), "--connections", "1", "--orders", "20", "--catalog-url",
                               sandbox.catalog_url(), "--prepare-stock", "1000000", "--products", "7"});
    BOOST_TEST_REQUIRE(ran.status == 0, ran.output);
    for (const int id : {1, 3, 4, 5, 6, 7, 8}) BOOST_TEST(sandbox.stock(id).value_or(-1) == 1'000'000);
    const auto moby = json::parse(sandbox.catalog("GET", "/products/1").body).at("product_detail");
    BOOST_TEST(moby.at("name") == "Moby Dick");
    BOOST_TEST(moby.at("price") == 12);
    for (const auto& request : orderd.requests()) {
      BOOST_TEST_REQUIRE(request.body.find("\"product_id\":2,") == std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(orders_from_carts_that_it_fills) {
  const SandboxProcess sandbox({"--sample"});
  const FakeOrderd orderd({201});
  const auto ran =
      run_load({"--url", orderd.url(), "--connections", "3", "--orders", "60", "--lines", "2", "--products",
                "5", "--customers", "8", "--from-carts", "--cart-url", sandbox.cart_url()});
  BOOST_TEST_REQUIRE(ran.status == 0, ran.output);
  std::set<std::string> targets;
  const auto requests = orderd.requests();
  for (const auto& request : requests) {
    BOOST_TEST_REQUIRE(request.body == "{}");
    targets.insert(request.target);
  }
  BOOST_TEST(targets.size() == 8U);
  const auto items = json::parse(sandbox.cart("GET", "/cart_items").body).at("items");
  BOOST_TEST(requests.size() == 60U);
  BOOST_TEST(items.size() == 120U);
}

BOOST_AUTO_TEST_CASE(keeps_some_of_the_orders_placed) {
  const TemporaryFolder folder;
  const auto file = folder.path() + "/kept";
  const FakeOrderd orderd({201, 400});
  const auto ran = run_load({"--url", orderd.url(), "--connections", "1", "--orders", "205", "--keep-every",
                             "10", "--keep-file", file});
  BOOST_TEST_REQUIRE(ran.status == 0);
  const auto kept = read_file(file);
  const auto lines = static_cast<std::size_t>(std::count(kept.begin(), kept.end(), '\n'));
  BOOST_TEST(lines == 11U);  // of 103
  BOOST_TEST(json::parse(kept.substr(0, kept.find('\n'))).at("id") == 10'000'000'001);
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_its_arguments) {
  const std::vector<std::vector<std::string>> cases{
      {},
      {"--url", "https://x:1"},
      {"--url", "http://"},
      {"--url", "http://h:x"},
      {"--url", "http://h:1", "--seconds", "nan"},
      {"--url", "http://h:1", "--lines", "6", "--products", "5"},
      {"--url", "http://h:1", "--prepare-stock", "5"},
      {"--url", "http://h:1", "--from-carts"},
      {"--url", "http://h:1", "--keep-every", "5"},
      {"--url", "http://127.0.0.1:1", "--catalog-url", "http://127.0.0.1:1", "--prepare-stock", "5"},
  };
  for (const auto& arguments : cases) {
    const auto ran = run_load(arguments);
    BOOST_TEST(ran.status == 2);
    BOOST_TEST(ran.output.find("orderd-load: ") != std::string::npos);
  }
  BOOST_TEST(run_load({"--help"}).status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
