// Every documented route with its answers, as a client sees them.
#include <boost/test/unit_test.hpp>

#include "tests/system/rig.hpp"

using namespace orders::test;
using nlohmann::json;

namespace {

constexpr long long first_order_id = 10'000'000'001;

struct Service {
  Rig rig;
  int tea = rig.product(100);
  int pot = rig.product(5);

  json ordered(int customer, const std::vector<std::pair<int, int>>& products) const {
    const auto reply = rig.post(customer, Rig::lines(products));
    BOOST_REQUIRE_EQUAL(reply.status, 201);
    return parsed(reply);
  }
};

void check_problem(const HttpReply& reply, int status, const std::string& slug) {
  BOOST_TEST_CONTEXT(reply.body) {
    BOOST_TEST(reply.status == status);
    BOOST_TEST(reply.headers.at("Content-Type") == "application/problem+json");
    const auto problem = parsed(reply);
    BOOST_TEST(problem.at("type").get<std::string>() == "urn:orderd:problem:" + slug);
    BOOST_TEST(problem.at("status").get<int>() == status);
    BOOST_TEST(!problem.at("detail").get<std::string>().empty());
    BOOST_TEST(problem.at("instance").get<std::string>() == reply.headers.at("X-Request-Id"));
  }
}

std::string number(const json& value) { return std::to_string(value.get<long long>()); }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(routes, Service)

BOOST_AUTO_TEST_CASE(post_places_an_order_of_several_lines_and_takes_the_stock) {
  const auto reply = rig.post(7, Rig::lines({{tea, 2}, {pot, 1}, {tea, 3}}));
  BOOST_REQUIRE_EQUAL(reply.status, 201);
  const auto order = parsed(reply);
  BOOST_TEST(order.at("id").get<long long>() >= first_order_id);
  BOOST_TEST(reply.headers.at("Location") == "/orders/" + number(order.at("id")));
  BOOST_TEST(order.at("customer_id").get<int>() == 7);
  BOOST_TEST(order.at("status").get<std::string>() == "Ordered");
  // Lines are kept as sent, though those of one product are reserved together.
  BOOST_REQUIRE_EQUAL(order.at("items").size(), 3U);
  BOOST_TEST(order["items"][0]["product_id"].get<int>() == tea);
  BOOST_TEST(order["items"][0]["quantity"].get<int>() == 2);
  BOOST_TEST(order["items"][1]["product_id"].get<int>() == pot);
  BOOST_TEST(order["items"][2]["quantity"].get<int>() == 3);
  BOOST_TEST(order.at("created_at").get<std::string>() == order.at("updated_at").get<std::string>());
  BOOST_TEST(*rig.sandbox().stock(tea) == 95);
  BOOST_TEST(*rig.sandbox().stock(pot) == 4);
  // P1: what was answered is what is stored.
  BOOST_TEST(parsed(rig.call("GET", reply.headers.at("Location"))) == order);
}

BOOST_AUTO_TEST_CASE(post_refuses_what_the_stock_does_not_suffice_for_naming_every_short_line) {
  const auto reply = rig.post(7, Rig::lines({{tea, 101}, {pot, 2}, {999'999, 1}}));
  check_problem(reply, 400, "insufficient-inventory");
  const auto shortages = parsed(reply).at("shortages");
  BOOST_REQUIRE_EQUAL(shortages.size(), 2U);
  BOOST_TEST(shortages[0] ==
             (json{{"product_id", tea}, {"requested", 101}, {"available", 100}, {"in_catalog", true}}));
  BOOST_TEST(shortages[1] ==
             (json{{"product_id", 999'999}, {"requested", 1}, {"available", 0}, {"in_catalog", false}}));
  BOOST_TEST(rig.settles());
  BOOST_TEST(*rig.sandbox().stock(tea) == 100);
  BOOST_TEST(*rig.sandbox().stock(pot) == 5);
  BOOST_TEST(rig.query("SELECT count(*) FROM orders") == "0");
}

BOOST_AUTO_TEST_CASE(a_product_whose_first_order_is_refused_can_be_ordered_next) {
  BOOST_TEST(rig.post(7, Rig::lines({{pot, 6}})).status == 400);
  BOOST_TEST(rig.post(7, Rig::lines({{pot, 6}})).status == 400);
  BOOST_TEST(rig.post(7, Rig::lines({{pot, 5}})).status == 201);
  BOOST_TEST(*rig.sandbox().stock(pot) == 0);
}

BOOST_AUTO_TEST_CASE(post_without_items_orders_the_cart_and_marks_it_ordered) {
  rig.add_to_cart(8, tea, 2);
  rig.add_to_cart(8, tea, 1);
  rig.add_to_cart(8, pot, 1);
  rig.add_to_cart(9, pot, 4);  // somebody else's lines are in the same list
  const auto reply = rig.post(8, R"({"note":"please hurry"})");
  BOOST_REQUIRE_EQUAL(reply.status, 201);
  BOOST_TEST(parsed(reply).at("items").size() == 3U);
  BOOST_TEST(*rig.sandbox().stock(tea) == 97);
  BOOST_TEST(*rig.sandbox().stock(pot) == 4);
  BOOST_TEST(rig.sandbox().cart_statuses(8) == std::vector<std::string>{"Ordered"},
             boost::test_tools::per_element());
  BOOST_TEST(rig.sandbox().cart_statuses(9) == std::vector<std::string>{"Active"},
             boost::test_tools::per_element());
  check_problem(rig.post(8, ""), 400, "no-active-cart");
  check_problem(rig.post(10, "{}"), 400, "no-active-cart");
}

BOOST_AUTO_TEST_CASE(a_cart_whose_lines_cancel_out_is_empty) {
  rig.add_to_cart(8, tea, 2);
  const auto reply =
      rig.sandbox().cart("POST", "/carts/8", json{{"product_id", tea}, {"quantity", -2}}.dump());
  BOOST_REQUIRE_EQUAL(reply.status, 201);
  check_problem(rig.post(8, ""), 400, "empty-cart");
  BOOST_TEST(rig.sandbox().cart_statuses(8) == std::vector<std::string>{"Active"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(get_tells_orders_and_customers_apart_by_the_number) {
  const auto first = ordered(7, {{tea, 1}});
  const auto second = ordered(7, {{pot, 1}});
  BOOST_TEST(ordered(8, {{tea, 1}}).at("customer_id") == 8);
  BOOST_TEST(parsed(rig.call("GET", "/orders/" + number(second["id"]))) == second);
  const json expected{{"orders", {first, second}}};
  BOOST_TEST(parsed(rig.call("GET", "/orders/7")) == expected);
  BOOST_TEST(parsed(rig.call("GET", "/orders/7?by=customer")) == expected);
  BOOST_TEST(parsed(rig.call("GET", "/customers/7/orders")) == expected);
  check_problem(rig.call("GET", "/orders/99"), 404, "customer-has-no-orders");
  check_problem(rig.call("GET", "/customers/99/orders"), 404, "customer-has-no-orders");
  check_problem(rig.call("GET", "/orders/99?by=order"), 404, "order-not-found");
  check_problem(rig.call("GET", "/orders/10999999999"), 404, "order-not-found");
  check_problem(rig.call("GET", "/orders/7?by=name"), 422, "invalid-parameter");
}

BOOST_AUTO_TEST_CASE(get_orders_lists_all_in_order_with_pages_and_filters) {
  BOOST_TEST(parsed(rig.call("GET", "/orders")) == (json{{"orders", json::array()}}));
  std::vector<json> orders;
  for (const int customer : {7, 8, 7, 9, 7}) orders.push_back(ordered(customer, {{tea, 1}}));
  BOOST_TEST(parsed(rig.call("GET", "/orders")).at("orders") == json(orders));
  const auto page = rig.call("GET", "/orders?limit=2");
  BOOST_TEST(parsed(page).at("orders") == json({orders[0], orders[1]}));
  const auto next = parsed(page).at("next").get<std::string>();
  BOOST_TEST(page.headers.at("Link") == "<" + next + ">; rel=\"next\"");
  const auto second = rig.call("GET", next);
  BOOST_TEST(parsed(second).at("orders") == json({orders[2], orders[3]}));
  const auto last = rig.call("GET", parsed(second).at("next").get<std::string>());
  BOOST_TEST(parsed(last).at("orders") == json({orders[4]}));
  BOOST_TEST(!parsed(last).contains("next"));
  BOOST_TEST(last.headers.count("Link") == 0U);
  BOOST_TEST(parsed(rig.call("GET", "/orders?customer_id=7&limit=2")).at("orders") ==
             json({orders[0], orders[2]}));
  BOOST_TEST(parsed(rig.call("GET", "/orders?customer_id=99")).at("orders") == json::array());
  BOOST_TEST(rig.call("PUT", "/orders/" + number(orders[3]["id"]), R"({"status":"Not yet"})").status == 200);
  BOOST_TEST(parsed(rig.call("GET", "/orders?status=Not%20yet")).at("orders").at(0).at("id") ==
             orders[3]["id"]);
  for (const auto* wrong : {"limit=0", "limit=1001", "limit=x", "after=-1", "status=", "customer_id=0",
                            "limt=5", "limit=1&limit=2"}) {
    check_problem(rig.call("GET", std::string("/orders?") + wrong), 422, "invalid-parameter");
  }
}

BOOST_AUTO_TEST_CASE(get_order_items_lists_all_lines) {
  const auto order = ordered(7, {{tea, 1}, {pot, 2}, {tea, 3}});
  const auto items = parsed(rig.call("GET", "/order_items")).at("items");
  BOOST_REQUIRE_EQUAL(items.size(), 3U);
  BOOST_TEST(
      items[1] ==
      (json{
          {"id", order["items"][1]["id"]}, {"product_id", pot}, {"quantity", 2}, {"order_id", order["id"]}}));
  const auto page = parsed(rig.call("GET", "/order_items?limit=2"));
  BOOST_TEST(page.at("items") == json({items[0], items[1]}));
  BOOST_TEST(parsed(rig.call("GET", page.at("next").get<std::string>())).at("items") == json({items[2]}));
}

BOOST_AUTO_TEST_CASE(put_takes_any_status_and_touches_nothing_else) {
  const auto order = ordered(7, {{tea, 1}});
  const auto path = "/orders/" + number(order["id"]);
  for (const std::string status :
       {"Shipped", "x", "a \"quoted\" \\ status", "\u00dcberf\u00e4llig \U0001F4E6", "{}", "NULL"}) {
    const auto reply = rig.call("PUT", path, json{{"status", status}}.dump());
    BOOST_REQUIRE_EQUAL(reply.status, 200);
    BOOST_TEST(parsed(reply).at("status").get<std::string>() == status);
    BOOST_TEST(parsed(reply).at("items") == order.at("items"));
    BOOST_TEST(parsed(reply).at("created_at") == order.at("created_at"));
    BOOST_TEST(parsed(rig.call("GET", path)) == parsed(reply));
  }
  check_problem(rig.call("PUT", "/orders/10999999999", R"({"status":"Shipped"})"), 404, "order-not-found");
  check_problem(rig.call("PUT", "/orders/5", R"({"status":"Shipped"})"), 404, "order-not-found");
}

BOOST_AUTO_TEST_CASE(a_cancelled_order_gives_its_stock_back_once) {
  const auto order = ordered(7, {{tea, 10}, {pot, 5}});
  const auto path = "/orders/" + number(order["id"]);
  BOOST_TEST(rig.call("PUT", path, R"({"status":"Cancelled"})").status == 200);
  BOOST_TEST(rig.call("PUT", path, R"({"status":"Cancelled"})").status == 200);
  check_problem(rig.call("PUT", path, R"({"status":"Shipped"})"), 409, "illegal-transition");
  BOOST_TEST(rig.settles());
  BOOST_TEST(*rig.sandbox().stock(tea) == 100);
  BOOST_TEST(*rig.sandbox().stock(pot) == 5);
  BOOST_TEST(parsed(rig.call("GET", path)).at("status") == "Cancelled");
}

BOOST_AUTO_TEST_CASE(probes_and_greeting_answer) {
  BOOST_TEST(rig.call("GET", "/").status == 200);
  BOOST_TEST(parsed(rig.call("GET", "/livez")) == (json{{"status", "live"}}));
  BOOST_TEST(parsed(rig.call("GET", "/readyz")) == (json{{"status", "ready"}}));
  ordered(7, {{tea, 1}});
  const auto metrics = rig.call("GET", "/metrics");
  BOOST_TEST(metrics.status == 200);
  BOOST_TEST(metrics.headers.at("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
  BOOST_TEST(metrics.body.find("orderd_orders_total{outcome=\"placed\"} 1") != std::string::npos);
  BOOST_TEST(
      metrics.body.find(R"(orderd_http_requests_total{method="POST",route="/orders/{id}",status="201"} 1)") !=
      std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_no_route_or_method_says_so) {
  check_problem(rig.call("GET", "/nowhere"), 404, "route-not-found");
  check_problem(rig.call("GET", "/orders/1/2"), 404, "route-not-found");
  const auto refused = rig.call("DELETE", "/orders/7");
  check_problem(refused, 405, "method-not-allowed");
  BOOST_TEST(refused.headers.at("Allow") == "GET, HEAD, POST, PUT, OPTIONS");
  BOOST_TEST(rig.call("POST", "/orders").headers.at("Allow") == "GET, HEAD, OPTIONS");
  const auto options = rig.call("OPTIONS", "/orders/7");
  BOOST_TEST(options.status == 204);
  BOOST_TEST(options.headers.at("Allow") == "GET, HEAD, POST, PUT, OPTIONS");
  const auto order = ordered(7, {{tea, 1}});
  const auto path = "/orders/" + number(order["id"]);
  const auto head = rig.call("HEAD", path);
  BOOST_TEST(head.status == 200);
  BOOST_TEST(head.headers.at("Content-Length") == rig.call("GET", path).headers.at("Content-Length"));
  BOOST_TEST(rig.call("HEAD", "/orders").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(lists)

BOOST_AUTO_TEST_CASE(a_list_longer_than_a_page_is_streamed_whole) {
  Rig rig({{}, {{"ORDERD_ORDERS__PAGE_SIZE", "10"}}});
  const int product = rig.product(1'000);
  for (int i = 0; i < 35; ++i) BOOST_REQUIRE_EQUAL(rig.post(7, Rig::lines({{product, 1}})).status, 201);
  for (const auto* path : {"/orders", "/orders/7", "/order_items"}) {
    const auto reply = rig.call("GET", path);
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.headers.count("Transfer-Encoding") == 1U);
    const auto list = parsed(reply);
    BOOST_TEST(list.front().size() == 35U);
  }
  BOOST_TEST(rig.call("HEAD", "/orders").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
