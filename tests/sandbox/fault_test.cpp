// Every kind of fault that can be ordered, and the disturbances that flags switch on.
#include <chrono>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/sandbox/sandbox_process.hpp"

namespace orders::test {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

const std::string get_route = "GET /products/{id}";
const std::string put_route = "PUT /products/{id}";
const std::string nine = R"({"name":"Moby Dick","price":12,"quantity":9})";
const std::string put_nine = request_text("PUT", "/products/1", nine);
const std::string get_one = request_text("GET", "/products/1");

/// Waits until the product has this quantity.
bool becomes(const SandboxProcess& sandbox, int product, int quantity) {
  const auto end = steady_clock::now() + seconds(10);
  while (sandbox.stock(product).value_or(-1) != quantity) {
    if (steady_clock::now() > end) return false;
  }
  return true;
}

}  // namespace

struct FaultFixture {
  SandboxProcess sandbox{{"--sample"}};
  int stock() const { return sandbox.stock(1).value_or(-1); }
};

BOOST_FIXTURE_TEST_SUITE(faults, FaultFixture)

BOOST_AUTO_TEST_CASE(a_delay_comes_before_the_request_is_handled) {
  sandbox.fault({{"route", put_route}, {"delay_ms", 300}});
  WireClient client(sandbox.catalog_port());
  const auto begin = steady_clock::now();
  client.send(put_nine);
  BOOST_TEST(stock() == 10);
  BOOST_TEST(client.read().value().status == 200);
  BOOST_TEST((steady_clock::now() - begin >= milliseconds(300)));
  BOOST_TEST(stock() == 9);
}

BOOST_AUTO_TEST_CASE(a_delayed_answer_comes_after_the_write) {
  sandbox.fault({{"route", put_route}, {"answer_delay_ms", 300}});
  WireClient client(sandbox.catalog_port());
  const auto begin = steady_clock::now();
  client.send(put_nine);
  BOOST_TEST(becomes(sandbox, 1, 9));
  BOOST_TEST(client.read().value().status == 200);
  BOOST_TEST((steady_clock::now() - begin >= milliseconds(300)));
}

BOOST_AUTO_TEST_CASE(a_hung_request_is_under_way_until_its_client_gives_up) {
  sandbox.fault({{"route", get_route}, {"answer", "hang"}, {"count", 1}});
  {
    WireClient client(sandbox.catalog_port());
    client.send(get_one);
    BOOST_TEST(!client.read(false, milliseconds(200)).has_value());
    BOOST_TEST(!client.closes_within(milliseconds(1)));
    BOOST_TEST(sandbox.statistics().at("catalog").at("in_flight") == 1);
  }
  const auto end = steady_clock::now() + seconds(10);
  while (sandbox.statistics().at("catalog").at("in_flight") != 0)
    BOOST_TEST_REQUIRE((steady_clock::now() < end));
  BOOST_TEST(sandbox.catalog("GET", "/products/1").status == 200);
}

BOOST_AUTO_TEST_CASE(a_write_can_be_applied_later_than_it_is_answered) {
  sandbox.fault({{"route", put_route}, {"apply", "later"}});
  const auto reply = sandbox.catalog("PUT", "/products/1", nine);
  BOOST_TEST(reply.status == 200);
  BOOST_TEST(json::parse(reply.body).at("updated_product").at("quantity") == 9);
  BOOST_TEST(stock() == 10);
  BOOST_TEST(sandbox.statistics().at("late_writes") == 1);
  BOOST_TEST(sandbox.land() == 1);
  BOOST_TEST(stock() == 9);
}

BOOST_AUTO_TEST_CASE(a_late_write_overwrites_what_came_between) {
  sandbox.fault({{"route", put_route}, {"apply", "later"}, {"answer", "close"}, {"count", 1}});
  WireClient client(sandbox.catalog_port());
  client.send(put_nine);
  BOOST_TEST(client.closes_within(seconds(5)));
  BOOST_TEST(client.raw().empty());
  const auto eight = R"({"name":"Moby Dick","price":12,"quantity":8})";
  BOOST_TEST(sandbox.catalog("PUT", "/products/1", eight).status == 200);
  BOOST_TEST(stock() == 8);
  BOOST_TEST(sandbox.land() == 1);
  BOOST_TEST(stock() == 9);
}

BOOST_AUTO_TEST_CASE(a_late_write_lands_by_itself_after_its_time) {
  sandbox.fault({{"route", put_route}, {"apply", "later"}, {"after_ms", 200}, {"answer", "close"}});
  WireClient client(sandbox.catalog_port());
  const auto begin = steady_clock::now();
  client.send(put_nine);
  BOOST_TEST(client.closes_within(seconds(5)));
  BOOST_TEST(becomes(sandbox, 1, 9));
  BOOST_TEST((steady_clock::now() - begin >= milliseconds(200)));
  BOOST_TEST(sandbox.land() == 0);
}

BOOST_AUTO_TEST_CASE(an_unanswered_write_is_applied_or_not) {
  for (const auto* apply : {"never", "now"}) {
    sandbox.fault({{"route", put_route}, {"answer", "close"}, {"apply", apply}, {"count", 1}});
    WireClient client(sandbox.catalog_port());
    client.send(put_nine);
    BOOST_TEST(client.closes_within(seconds(5)));
    BOOST_TEST(client.raw().empty());
    BOOST_TEST(stock() == (std::string(apply) == "now" ? 9 : 10));
  }
}

BOOST_AUTO_TEST_CASE(a_500_is_applied_or_not) {
  for (const auto* apply : {"never", "now"}) {
    sandbox.fault({{"route", put_route}, {"answer", "500"}, {"apply", apply}, {"count", 1}});
    BOOST_TEST(sandbox.catalog("PUT", "/products/1", nine).status == 500);
    BOOST_TEST(stock() == (std::string(apply) == "now" ? 9 : 10));
  }
}

BOOST_AUTO_TEST_CASE(it_lies_that_there_is_no_such_row) {
  sandbox.fault({{"route", get_route}, {"answer", "not_found"}, {"count", 1}});
  sandbox.fault({{"route", put_route}, {"answer", "not_found"}, {"apply", "never"}});
  const auto lie = "\"product with id: 1 was not found\"";
  const auto got = sandbox.catalog("GET", "/products/1");
  BOOST_TEST(got.status == 200);
  BOOST_TEST(got.body == lie);
  BOOST_TEST(sandbox.catalog("PUT", "/products/1", nine).body == lie);
  BOOST_TEST(stock() == 10);
  sandbox.fault({{"route", "GET /carts/{id}"}, {"answer", "not_found"}});
  BOOST_TEST(sandbox.cart("POST", "/carts/1", R"({"product_id":1,"quantity":2})").status == 201);
  BOOST_TEST(json::parse(sandbox.cart("GET", "/carts/1").body).is_string());
}

BOOST_AUTO_TEST_CASE(it_answers_with_another_row) {
  sandbox.fault({{"route", get_route}, {"answer", "other_row"}});
  sandbox.fault({{"route", put_route}, {"answer", "other_row"}});
  const auto got = json::parse(sandbox.catalog("GET", "/products/1").body);
  BOOST_TEST(got.at("product_detail").at("id") != 1);
  const auto put = json::parse(sandbox.catalog("PUT", "/products/1", nine).body);
  BOOST_TEST(put.at("updated_product").at("id") != 1);
  BOOST_TEST(stock() == 9);
  BOOST_TEST(sandbox.cart("POST", "/carts/1", R"({"product_id":1,"quantity":2})").status == 201);
  BOOST_TEST(sandbox.cart("POST", "/carts/2", R"({"product_id":1,"quantity":2})").status == 201);
  sandbox.fault({{"route", "GET /carts/{id}"}, {"answer", "other_row"}});
  BOOST_TEST(json::parse(sandbox.cart("GET", "/carts/1").body).at("cart").at("customer_id") == 2);
}

BOOST_AUTO_TEST_CASE(it_sends_garbage_or_broken_json_or_half_an_answer) {
  sandbox.fault({{"route", get_route}, {"answer", "garbage"}, {"id", 1}});
  sandbox.fault({{"route", get_route}, {"answer", "invalid_json"}, {"id", 2}});
  sandbox.fault({{"route", get_route}, {"answer", "truncated"}, {"id", 3}});
  WireClient garbage(sandbox.catalog_port());
  garbage.send(get_one);
  BOOST_TEST(garbage.closes_within(seconds(5)));
  BOOST_TEST(!garbage.raw().empty());
  BOOST_TEST(garbage.raw().find("HTTP") == std::string::npos);

  const auto broken = sandbox.catalog("GET", "/products/2");
  BOOST_TEST(broken.status == 200);
  BOOST_TEST(broken.complete);
  BOOST_TEST(!json::accept(broken.body));

  const auto half = sandbox.catalog("GET", "/products/3");
  BOOST_TEST(half.status == 200);
  BOOST_TEST(!half.complete);
  BOOST_TEST(!half.body.empty());
}

BOOST_AUTO_TEST_CASE(faults_can_be_counted_skipped_and_taken_back) {
  sandbox.fault({{"route", get_route}, {"answer", "500"}, {"skip", 1}, {"count", 2}});
  std::vector<int> statuses;
  statuses.reserve(5);
  for (int i = 0; i < 5; ++i) statuses.push_back(sandbox.catalog("GET", "/products/1").status);
  const std::vector<int> expected{200, 500, 500, 200, 200};
  BOOST_TEST(statuses == expected);
  const auto list = json::parse(sandbox.cart("GET", "/__faults").body).at("faults");
  BOOST_TEST(list.size() == 1U);
  BOOST_TEST(list.at(0).at("hits") == 2);

  sandbox.fault({{"service", "catalog"}, {"answer", "500"}});
  BOOST_TEST(sandbox.catalog("GET", "/products").status == 500);
  BOOST_TEST(sandbox.cart("GET", "/cart_items").status == 200);
  BOOST_TEST(sandbox.catalog("DELETE", "/__faults/2").status == 204);
  BOOST_TEST(sandbox.catalog("DELETE", "/__faults/2").status == 404);
  BOOST_TEST(sandbox.catalog("GET", "/products").status == 200);
  sandbox.clear_faults();
  BOOST_TEST(json::parse(sandbox.cart("GET", "/__faults").body).at("faults").empty());
}

BOOST_AUTO_TEST_CASE(a_probability_meets_the_same_requests_for_the_same_seed) {
  std::vector<std::string> runs;
  for (const int seed : {5, 5, 6}) {
    sandbox.fault({{"route", get_route}, {"answer", "500"}, {"probability", 0.5}, {"seed", seed}});
    std::string run;
    for (int i = 0; i < 64; ++i) run += sandbox.catalog("GET", "/products/1").status == 500 ? 'x' : '.';
    runs.push_back(run);
    sandbox.clear_faults();
  }
  BOOST_TEST(runs.at(0) == runs.at(1));
  BOOST_TEST(runs.at(0) != runs.at(2));
  BOOST_TEST(runs.at(0).find('x') != std::string::npos);
  BOOST_TEST(runs.at(0).find('.') != std::string::npos);
}

BOOST_AUTO_TEST_CASE(faults_that_mean_nothing_are_refused) {
  const std::vector<json> cases{
      {{"answer", "500"}},
      {{"route", "GET /nothing"}},
      {{"route", put_route}, {"answer", "no_idea"}},
      {{"route", put_route}, {"apply", "perhaps"}},
      {{"route", put_route}, {"count", -1}},
      {{"route", put_route}, {"probability", 2}},
      {{"route", put_route}, {"colour", "red"}},
      {{"route", "GET /cart_items"}, {"answer", "not_found"}},
      {{"service", "cart"}, {"answer", "other_row"}},
  };
  for (const auto& fault : cases) BOOST_CHECK_THROW(sandbox.fault(fault), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_foreign_writer_changes_the_stock) {
  sandbox.set_stock(1, 3);
  BOOST_TEST(json::parse(sandbox.catalog("GET", "/products/1").body).at("product_detail").at("quantity") ==
             3);
  BOOST_TEST(sandbox.catalog("PUT", "/__stock/1", R"({"add":-5})").status == 200);
  BOOST_TEST(stock() == -2);
  BOOST_TEST(sandbox.catalog("PUT", "/__stock/999", R"({"add":-5})").status == 404);
}

BOOST_AUTO_TEST_CASE(statistics_tell_how_many_were_under_way_at_once) {
  sandbox.fault({{"route", get_route}, {"delay_ms", 100}});
  WireClient one(sandbox.catalog_port());
  WireClient two(sandbox.catalog_port());
  one.send(get_one);
  two.send(get_one);
  BOOST_TEST(one.read().value().status == 200);
  BOOST_TEST(two.read().value().status == 200);
  BOOST_TEST(sandbox.catalog("PUT", "/products/1", nine).status == 200);
  const auto all = sandbox.statistics().at("catalog");
  BOOST_TEST(all.at("count") == 3);
  BOOST_TEST(all.at("max_in_flight") == 2);
  BOOST_TEST(all.at("in_flight") == 0);
  BOOST_TEST(all.at("routes").at(get_route).at("count") == 2);
  BOOST_TEST(all.at("routes").at(get_route).at("statuses").at("200") == 2);
  BOOST_TEST(all.at("routes").at(put_route).at("max_in_flight") == 1);
  BOOST_TEST(sandbox.catalog("DELETE", "/__stats").status == 204);
  BOOST_TEST(sandbox.statistics().at("catalog").at("count") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
