// The cart's rows of the contract, in both dialects.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/sandbox/sandbox_process.hpp"

namespace orders::test {

using nlohmann::json;

namespace {

const std::vector<std::string> dialects{"code", "readme"};

WireReply add(const SandboxProcess& sandbox, int customer, int product, int quantity) {
  return sandbox.cart("POST", "/carts/" + std::to_string(customer),
                      json{{"product_id", product}, {"quantity", quantity}}.dump());
}

/// As a client does that does not know the dialect: the status in the query and in the body.
WireReply set_status(const SandboxProcess& sandbox, int customer, const std::string& status) {
  return sandbox.cart("PUT", "/carts/" + std::to_string(customer) + "?status=" + status,
                      json{{"status", status}}.dump());
}

void check_not_found(const WireReply& reply, const std::string& dialect) {
  BOOST_TEST(reply.status == (dialect == "code" ? 200 : 404));
  const auto body = json::parse(reply.body);
  BOOST_TEST((dialect == "code" ? body.is_string() : body.at("detail").is_string()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cart)

BOOST_AUTO_TEST_CASE(an_item_makes_the_active_cart_on_demand) {
  for (const auto& dialect : dialects) {
    const SandboxProcess sandbox({"--sample", "--dialect", dialect});
    check_not_found(sandbox.cart("GET", "/carts/7"), dialect);
    const auto reply = add(sandbox, 7, 1, 2);
    BOOST_TEST(reply.status == 201);
    BOOST_TEST(reply.body == R"({"message":"Item added to cart successfully"})");
    const auto cart = sandbox.cart("GET", "/carts/7");
    BOOST_TEST(cart.status == 200);
    BOOST_TEST(cart.body == R"({"cart":{"id":1,"customer_id":7,"status":"Active"}})");
    BOOST_TEST(sandbox.stock(1).value_or(-1) == 10);  // nothing is reserved
  }
}

BOOST_AUTO_TEST_CASE(lists_all_lines_of_all_carts_for_ever) {
  for (const auto& dialect : dialects) {
    const SandboxProcess sandbox({"--sample", "--dialect", dialect});
    BOOST_TEST(sandbox.cart("GET", "/cart_items").body == R"({"items":[]})");
    add(sandbox, 1, 1, 2);
    add(sandbox, 1, 1, -1);
    add(sandbox, 2, 3, 0);
    set_status(sandbox, 1, "Ordered");
    add(sandbox, 1, 2, 1);
    const auto reply = sandbox.cart("GET", "/cart_items");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.body == R"({"items":[{"id":1,"product_id":1,"quantity":2,"cart_id":1},)"
                             R"({"id":2,"product_id":1,"quantity":-1,"cart_id":1},)"
                             R"({"id":3,"product_id":3,"quantity":0,"cart_id":2},)"
                             R"({"id":4,"product_id":2,"quantity":1,"cart_id":3}]})");
  }
}

BOOST_AUTO_TEST_CASE(older_drafts_send_the_items_with_the_cart) {
  const std::map<std::string, std::string> drafts{
      {"in", R"({"cart":{"id":1,"customer_id":1,"status":"Active",)"
             R"("items":[{"product_id":1,"quantity":2},{"product_id":3,"quantity":1}]}})"},
      {"beside", R"({"cart":{"id":1,"customer_id":1,"status":"Active"},)"
                 R"("items":[{"product_id":1,"quantity":2},{"product_id":3,"quantity":1}]})"}};
  for (const auto& [where, body] : drafts) {
    const SandboxProcess sandbox({"--sample", "--inline-items", where});
    add(sandbox, 1, 1, 2);
    add(sandbox, 2, 2, 5);
    add(sandbox, 1, 3, 1);
    BOOST_TEST(sandbox.cart("GET", "/carts/1").body == body);
  }
}

BOOST_AUTO_TEST_CASE(only_an_active_cart_is_found_and_closed) {
  for (const auto& dialect : dialects) {
    const SandboxProcess sandbox({"--sample", "--dialect", dialect});
    add(sandbox, 1, 1, 2);
    const auto reply = set_status(sandbox, 1, "Ordered");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.body == R"({"message":"Cart status updated successfully"})");
    check_not_found(sandbox.cart("GET", "/carts/1"), dialect);
    add(sandbox, 1, 1, 1);
    BOOST_TEST(json::parse(sandbox.cart("GET", "/carts/1").body).at("cart").at("id") == 2);
    const std::vector<std::string> statuses{"Ordered", "Active"};
    BOOST_TEST(sandbox.cart_statuses(1) == statuses);
  }
}

BOOST_AUTO_TEST_CASE(closing_no_cart_is_told_by_the_readme_only) {
  const SandboxProcess code;
  BOOST_TEST(set_status(code, 999, "Ordered").body == R"({"message":"Cart status updated successfully"})");
  BOOST_TEST(code.cart_statuses(999).empty());
  const SandboxProcess readme({"--dialect", "readme"});
  check_not_found(set_status(readme, 999, "Ordered"), "readme");
}

BOOST_AUTO_TEST_CASE(each_dialect_reads_the_status_where_its_contract_says) {
  const SandboxProcess code({"--sample"});
  add(code, 1, 1, 1);
  const auto missing = code.cart("PUT", "/carts/1", R"({"status":"Ordered"})");
  BOOST_TEST(missing.status == 422);
  BOOST_TEST(
      missing.body ==
      R"({"detail":[{"loc":["query","status"],"msg":"field required","type":"value_error.missing"}]})");
  BOOST_TEST(code.cart("PUT", "/carts/1?status=Ordered").status == 200);
  BOOST_TEST(code.cart_statuses(1) == std::vector<std::string>{"Ordered"});

  const SandboxProcess readme({"--sample", "--dialect", "readme"});
  add(readme, 1, 1, 1);
  BOOST_TEST(readme.cart("PUT", "/carts/1?status=Ordered").status == 422);
  BOOST_TEST(readme.cart("PUT", "/carts/1", R"({"status":"Ordered"})").status == 200);
  BOOST_TEST(readme.cart_statuses(1) == std::vector<std::string>{"Ordered"});
}

BOOST_AUTO_TEST_CASE(the_readme_refuses_unknown_products_and_too_many) {
  const SandboxProcess readme({"--sample", "--dialect", "readme"});
  BOOST_TEST(add(readme, 1, 1, 11).status == 400);
  BOOST_TEST(add(readme, 1, 99, 1).status == 404);
  BOOST_TEST(add(readme, 1, 1, 10).status == 201);
  const SandboxProcess code({"--sample"});
  BOOST_TEST(add(code, 1, 1, 11).status == 201);
  BOOST_TEST(add(code, 1, 99, 1).status == 201);
}

BOOST_AUTO_TEST_CASE(refuses_what_it_cannot_read_with_422) {
  const SandboxProcess sandbox({"--sample"});
  BOOST_TEST(sandbox.cart("POST", "/carts/1", R"({"product_id":1})").status == 422);
  BOOST_TEST(sandbox.cart("POST", "/carts/1").body ==
             R"({"detail":[{"loc":["body"],"msg":"field required","type":"value_error.missing"}]})");
  BOOST_TEST(sandbox.cart("GET", "/carts/x").body ==
             R"({"detail":[{"loc":["path","customer_id"],"msg":"value is not a valid integer",)"
             R"("type":"type_error.integer"}]})");
  BOOST_TEST(sandbox.cart("GET", "/cart_items").body == R"({"items":[]})");
}

BOOST_AUTO_TEST_CASE(a_value_beyond_32_bits_breaks_it_until_it_is_restarted) {
  const SandboxProcess sandbox({"--sample"});
  BOOST_TEST(sandbox.cart("POST", "/carts/1", R"({"product_id":1,"quantity":2147483648})").status == 500);
  BOOST_TEST(sandbox.cart("GET", "/carts/1").status == 500);
  BOOST_TEST(sandbox.catalog("GET", "/products/1").status == 200);
  BOOST_TEST(sandbox.cart("POST", "/__restart").status == 200);
  check_not_found(sandbox.cart("GET", "/carts/1"), "code");
  BOOST_TEST(sandbox.cart("GET", "/carts/2147483648").status == 500);
  BOOST_TEST(sandbox.cart("GET", "/cart_items").status == 500);
}

BOOST_AUTO_TEST_CASE(a_cart_can_be_filled_without_being_disturbed) {
  const SandboxProcess sandbox({"--sample"});
  sandbox.fault({{"service", "cart"}, {"answer", "500"}});
  BOOST_TEST(sandbox.cart("POST", "/__carts/7", R"({"product_id":1,"quantity":2})").status == 201);
  BOOST_TEST(sandbox.cart("POST", "/__carts/7", R"({"product_id":1})").status == 422);
  BOOST_TEST(sandbox.cart("POST", "/__carts/7", R"({"product_id":1,"quantity":2147483648})").status == 422);
  BOOST_TEST(sandbox.cart("DELETE", "/__carts/7").status == 405);
  BOOST_TEST(sandbox.cart_statuses(7) == std::vector<std::string>{"Active"});
  sandbox.clear_faults();
  const auto items = json::parse(sandbox.cart("GET", "/cart_items").body).at("items");
  BOOST_TEST(items == json::array({{{"id", 1}, {"product_id", 1}, {"quantity", 2}, {"cart_id", 1}}}));
}

BOOST_AUTO_TEST_CASE(ten_thousand_lines_come_whole) {
  const SandboxProcess sandbox({"--sample"});
  WireClient client(sandbox.cart_port());
  for (int i = 0; i < 10'000; ++i) {
    client.send(
        request_text("POST", "/carts/" + std::to_string(i % 100 + 1), R"({"product_id":1,"quantity":2})"));
    BOOST_TEST_REQUIRE(client.read().value().status == 201);
  }
  const auto reply = sandbox.cart("GET", "/cart_items");
  BOOST_TEST_REQUIRE(reply.complete);
  const auto items = json::parse(reply.body).at("items");
  BOOST_TEST(items.size() == 10'000U);
  BOOST_TEST(items.back() == (json{{"id", 10'000}, {"product_id", 1}, {"quantity", 2}, {"cart_id", 100}}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
