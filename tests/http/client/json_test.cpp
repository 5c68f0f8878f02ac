// What is read out of answers, without a network.
#include <limits>
#include <string>
#include <vector>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "http/client/cart_json.hpp"
#include "http/client/catalog_json.hpp"
#include "http/client/json_reader.hpp"

using namespace orders;
using namespace orders::http;

namespace orders::http {
std::ostream& operator<<(std::ostream& out, Verdict verdict) { return out << static_cast<int>(verdict); }
}  // namespace orders::http

namespace {

Answer answer(const std::string& body, int status = 200) { return {status, body, ""}; }
Judgement<CatalogProduct> product(const std::string& body) {
  return judge_product(answer(body), ProductId{1});
}
Judgement<Cart> cart(const std::string& body) { return judge_cart(answer(body), CustomerId{1}); }
Judgement<std::vector<CartItemRow>> items(const std::string& body) {
  return judge_items(answer(body), {CartId{1}, CartId{10'000'000'000}});
}
std::string put_fault(const std::string& body, int status = 200) {
  CatalogProduct put;
  put.id = ProductId{1};
  put.quantity = 9;
  return fault_of_put(answer(body, status), put);
}

const std::vector<std::string> not_json{"",
                                        " ",
                                        "Internal Server Error",
                                        "{",
                                        "{\"a\":1,}",
                                        "{} {}",
                                        "[1,2",
                                        "\"open",
                                        "{\"a\":\"\xff\"}",
                                        "nul",
                                        "{'a':1}",
                                        "{\"a\":NaN}",
                                        "{\"a\":\"\\ud800\"}",
                                        "\xef\xbb\xbf{}x"};

}  // namespace

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(reads_a_product_wrapped_or_not_with_members_in_any_order_and_unknown_ones) {
  for (const auto* body :
       {R"({"product_detail":{"id":1,"name":"Moby Dick","price":12,"quantity":10}})",
        R"({"id":1,"name":"Moby Dick","price":12,"quantity":10})",
        R"({"id":2,"product_detail":{"quantity":10,"tags":[{"id":3},[4]],"price":12,)"
        R"("name":"Moby Dick","id":1},"x":null})",
        R"( {"name":"Moby Dick","x":{"id":7,"quantity":"no"},"price":12,"quantity":10,"id":1} )"}) {
    const auto judged = product(body);
    BOOST_TEST(judged.verdict == Verdict::found, body << ": " << judged.detail);
    BOOST_TEST(judged.value.id.value == 1);
    BOOST_TEST(judged.value.name == "Moby Dick");
    BOOST_TEST(judged.value.price == 12);
    BOOST_TEST(judged.value.quantity == 10);
  }
}

BOOST_AUTO_TEST_CASE(keeps_the_etag_and_numbers_at_their_limits) {
  auto given = answer(R"({"id":1,"name":"","price":-9223372036854775808,"quantity":-2147483648})");
  given.etag = "\"7\"";
  const auto judged = judge_product(given, ProductId{1});
  BOOST_TEST(judged.verdict == Verdict::found);
  BOOST_TEST(judged.value.etag == "\"7\"");
  BOOST_TEST(judged.value.price == std::numeric_limits<std::int64_t>::min());
  BOOST_TEST(judged.value.quantity == std::numeric_limits<std::int32_t>::min());
}

BOOST_DATA_TEST_CASE(
    mistrusts_a_product_that_is_not_what_was_asked_or_not_understood,
    boost::unit_test::data::make(std::vector<std::string>{
        R"({"product_detail":{"id":2,"name":"a","price":12,"quantity":10}})",
        R"({"product_detail":{"name":"a","price":12,"quantity":10}})",
        R"({"product_detail":{"id":"1","name":"a","price":12,"quantity":10}})",
        R"({"product_detail":{"id":1.0,"name":"a","price":12,"quantity":10}})",
        R"({"product_detail":{"id":1,"name":null,"price":12,"quantity":10}})",
        R"({"product_detail":{"id":1,"name":"a","price":12.5,"quantity":10}})",
        R"({"product_detail":{"id":1,"name":"a","price":9223372036854775808,"quantity":10}})",
        R"({"product_detail":{"id":1,"name":"a","price":12,"quantity":2147483648}})",
        R"({"product_detail":{"id":1,"name":"a","price":12,"quantity":"10"}})",
        R"({"product_detail":{"id":1,"name":"a","price":12,"quantity":[10]}})",
        R"({"product_detail":{"id":1,"name":"a","price":12}})", R"({"product_detail":null})",
        R"({"product_detail":[{"id":1,"name":"a","price":12,"quantity":10}]})",
        R"([{"id":1,"name":"a","price":12,"quantity":10}])", "{}", "[]", "null", "7", "true"}),
    body) {
  const auto judged = product(body);
  BOOST_TEST(judged.verdict == Verdict::mistrusted);
  BOOST_TEST(!judged.detail.empty());
}

BOOST_DATA_TEST_CASE(mistrusts_what_is_not_json, boost::unit_test::data::make(not_json), body) {
  BOOST_TEST(product(body).verdict == Verdict::mistrusted);
  BOOST_TEST(cart(body).verdict == Verdict::mistrusted);
  BOOST_TEST(items(body).verdict == Verdict::mistrusted);
  BOOST_TEST(!put_fault(body).empty());
  BOOST_TEST(!fault_of_closing(answer(body)).empty());
}

BOOST_AUTO_TEST_CASE(mistrusts_a_nul_and_hostile_nesting) {
  BOOST_TEST(product(std::string("{}\0{}", 5)).detail == "not JSON: it has a NUL in it");
  for (const char* open : {"[", "{\"a\":"}) {
    std::string deep;
    for (int i = 0; i < 2'000'000; ++i) deep += open;
    BOOST_TEST(product(deep).detail == "not JSON: it nests too deeply");
  }
}

BOOST_AUTO_TEST_CASE(a_bare_text_and_404_say_that_there_is_nothing) {
  BOOST_TEST(product("\"product with id: 1 was not found\"").verdict == Verdict::none);
  BOOST_TEST(cart("\"no active cart\"").verdict == Verdict::none);
  BOOST_TEST(judge_product(answer("{\"detail\":\"no\"}", 404), ProductId{1}).verdict == Verdict::none);
  for (const auto* of_a_gateway : {"", "<html>404</html>", "{}", "[]", "\"no\"", R"({"detail":1})",
                                   R"({"a":{"detail":"no"}})", R"({"detail":"no")"}) {
    BOOST_TEST(judge_product(answer(of_a_gateway, 404), ProductId{1}).verdict == Verdict::failed,
               of_a_gateway);
  }
  BOOST_TEST(judge_cart(answer("", 404), CustomerId{1}).verdict == Verdict::none);
}

BOOST_DATA_TEST_CASE(other_statuses_are_failures_whatever_the_body_says,
                     boost::unit_test::data::make({201, 204, 301, 307, 400, 401, 422, 500, 503}), status) {
  const std::string fine =
      R"({"id":1,"name":"a","price":1,"quantity":1,"customer_id":1,"status":"Active","items":[]})";
  BOOST_TEST(judge_product(answer(fine, status), ProductId{1}).verdict == Verdict::failed);
  BOOST_TEST(judge_cart(answer(fine, status), CustomerId{1}).verdict == Verdict::failed);
  BOOST_TEST(judge_items(answer(fine, status), {CartId{1}}).verdict == Verdict::failed);
  if (status != 204) BOOST_TEST(put_fault(R"({"updated_product":{"id":1,"quantity":9}})", status) != "");
  if (status != 204) BOOST_TEST(fault_of_closing(answer("{}", status)) != "");
}

BOOST_AUTO_TEST_CASE(any_name_survives_the_way_through_the_service) {
  const std::vector<std::string> names{"",
                                       "Moby Dick",
                                       "\"\\/\b\f\n\r\t",
                                       std::string("a\0b", 3),
                                       "Größe ½ – 日本語",
                                       "\xF0\x9F\x90\x8B",
                                       "\xE2\x80\xA8",
                                       "\x7f",
                                       "</script>"};
  for (const auto& name : names) {
    for (const bool ascii : {false, true}) {
      const nlohmann::json sent = {
          {"product_detail", {{"id", 1}, {"name", name}, {"price", 2}, {"quantity", 3}}}};
      const auto judged = product(sent.dump(-1, ' ', ascii));
      BOOST_REQUIRE(judged.verdict == Verdict::found);
      BOOST_TEST(judged.value.name == name);
      std::string fault;
      const auto body = product_body(judged.value, fault);
      BOOST_REQUIRE(body);
      const nlohmann::json wanted = {{"name", name}, {"price", 2}, {"quantity", 3}};
      BOOST_CHECK(nlohmann::json::parse(*body) == wanted);
    }
  }
}

BOOST_AUTO_TEST_CASE(never_writes_what_the_catalog_does_not_survive) {
  CatalogProduct product;
  std::string fault;
  product.id = ProductId{1};
  product.price = 2'147'483'647;
  product.quantity = 2'147'483'647;
  BOOST_TEST(product_body(product, fault).value() ==
             R"({"name":"","price":2147483647,"quantity":2147483647})");
  for (const std::int64_t price : {2'147'483'648, -2'147'483'649}) {
    product.price = price;
    BOOST_TEST(!product_body(product, fault).has_value());
    BOOST_TEST(fault.find(std::to_string(price)) != std::string::npos);
  }
  product.price = 1;
  product.name = "\xff";
  BOOST_TEST(!product_body(product, fault).has_value());
}

BOOST_AUTO_TEST_CASE(believes_a_put_only_when_told_of_this_product_and_quantity) {
  for (const auto* body :
       {R"({"message":"Product updated successfully","updated_product":{"id":1,"quantity":9}})",
        R"({"message":"ok","updated_product":{"id":1,"name":"a","price":1,"quantity":9}})",
        R"({"updated_product":{"id":1}})", R"({"id":1,"quantity":9})"}) {
    BOOST_TEST(put_fault(body) == "");
  }
  BOOST_TEST(put_fault("", 204) == "");
  for (const auto* body :
       {R"("product with id: 1 was not found")", R"({"message":"Product updated successfully"})",
        R"({"updated_product":{"id":2,"quantity":9}})", R"({"updated_product":{"id":1,"quantity":8}})",
        R"({"updated_product":{"id":1,"quantity":null}})", R"({"updated_product":"1"})",
        R"({"updated_product":{}, "id":1})", "[]", "null"}) {
    BOOST_TEST(put_fault(body) != "", body);
  }
}

BOOST_AUTO_TEST_CASE(reads_a_cart_with_lines_in_it_beside_it_or_without) {
  const auto bare = cart(R"({"cart":{"id":10000000000,"customer_id":1,"status":"Active"}})");
  BOOST_TEST(bare.verdict == Verdict::found);
  BOOST_TEST(bare.value.id.value == 10'000'000'000);
  BOOST_TEST(!bare.value.lines.has_value());
  const std::string list =
      R"("items":[{"product_id":1,"quantity":2},{"id":9,"product_id":3,"quantity":-4,"x":[{}]}])";
  for (const auto& body : {R"({"cart":{"id":5,"customer_id":1,"status":"Active",)" + list + "}}",
                           R"({)" + list + R"(,"cart":{"id":5,"customer_id":1,"status":"Active"}})",
                           R"({"cart":{"id":5,"customer_id":1,"status":"Active"},)" + list + "}",
                           R"({"id":5,"customer_id":1,)" + list + R"(,"status":"Active"})"}) {
    const auto judged = cart(body);
    BOOST_TEST(judged.verdict == Verdict::found, body << ": " << judged.detail);
    BOOST_REQUIRE(judged.value.lines);
    BOOST_REQUIRE(judged.value.lines->size() == 2U);
    BOOST_TEST(judged.value.lines->at(0).product.value == 1);
    BOOST_TEST(judged.value.lines->at(1).product.value == 3);
    BOOST_TEST(judged.value.lines->at(1).quantity == -4);
  }
  BOOST_TEST(
      cart(R"({"cart":{"id":5,"customer_id":1,"status":"Active","items":[]}})").value.lines.value().empty());
  BOOST_TEST(!cart(R"({"cart":{"id":5,"customer_id":1,"status":"Active","items":null}})").value.lines);
}

BOOST_DATA_TEST_CASE(
    mistrusts_a_cart_of_another_customer_or_with_odd_members,
    boost::unit_test::data::make(std::vector<std::string>{
        R"({"cart":{"id":5,"customer_id":2,"status":"Active"}})",
        R"({"cart":{"id":5,"customer_id":2,"status":"Ordered"}})",
        R"({"cart":{"id":"5","customer_id":1,"status":"Active"}})",
        R"({"cart":{"id":5,"customer_id":null,"status":"Active"}})", R"({"cart":{"id":5,"customer_id":1}})",
        R"({"cart":{"customer_id":1,"status":"Active"}})", R"({"cart":null})", R"({"cart":[]})", "{}", "[]",
        "7", R"({"cart":{"id":5,"customer_id":1,"status":"Active","items":{}}})",
        R"({"cart":{"id":5,"customer_id":1,"status":"Active","items":"none"}})",
        R"({"cart":{"id":5,"customer_id":1,"status":"Active","items":[1]}})",
        R"({"cart":{"id":5,"customer_id":1,"status":"Active","items":[[]]}})",
        R"({"cart":{"id":5,"customer_id":1,"status":"Active","items":[{"product_id":1}]}})",
        R"({"cart":{"id":5,"customer_id":1,"status":"Active"},"items":[{"product_id":0,"quantity":1}]})",
        R"({"cart":{"id":5,"customer_id":1,"status":"Active"},"items":[{"product_id":1,"quantity":1.5}]})"}),
    body) {
  BOOST_TEST(cart(body).verdict == Verdict::mistrusted);
}

BOOST_AUTO_TEST_CASE(a_cart_that_is_not_active_is_none) {
  BOOST_TEST(cart(R"({"cart":{"id":5,"customer_id":1,"status":"Ordered"}})").verdict == Verdict::none);
}

BOOST_AUTO_TEST_CASE(picks_the_lines_of_the_wanted_carts) {
  const auto judged = items(R"({"items":[{"id":1,"product_id":1,"quantity":2,"cart_id":1},
    {"id":2,"product_id":2,"quantity":2,"cart_id":2},{"quantity":0,"cart_id":10000000000,"product_id":7},
    {"id":4,"product_id":1,"quantity":-1,"cart_id":1,"more":{"cart_id":2}},
    {"id":5,"product_id":1,"quantity":1,"cart_id":null},
    {"id":6,"product_id":null,"quantity":"a lot","cart_id":3}],"count":6})");
  BOOST_TEST(judged.verdict == Verdict::found, judged.detail);
  BOOST_REQUIRE(judged.value.size() == 3U);
  BOOST_TEST(judged.value[0].line.product.value == 1);
  BOOST_TEST(judged.value[0].line.quantity == 2);
  BOOST_TEST(judged.value[1].cart.value == 10'000'000'000);
  BOOST_TEST(judged.value[1].line.quantity == 0);
  BOOST_TEST(judged.value[2].line.quantity == -1);
  BOOST_TEST(items(R"({"items":[]})").value.empty());
}

BOOST_DATA_TEST_CASE(mistrusts_lists_with_lines_that_may_be_ours_and_are_not_understood,
                     boost::unit_test::data::make(std::vector<std::string>{
                         R"({"items":[{"id":1,"product_id":1,"quantity":"2","cart_id":1}]})",
                         R"({"items":[{"id":1,"product_id":null,"quantity":2,"cart_id":1}]})",
                         R"({"items":[{"id":1,"quantity":2,"cart_id":1}]})",
                         R"({"items":[{"id":1,"product_id":1,"quantity":2147483648,"cart_id":1}]})",
                         R"({"items":[{"id":1,"product_id":1,"quantity":2,"cart_id":"1"}]})",
                         R"({"items":[{"id":1,"product_id":1,"quantity":2}]})",
                         R"({"items":[{"product_id":1,"quantity":2,"cart_id":{"id":1}}]})",
                         R"({"items":[7]})", R"({"items":[[]]})", R"({"items":{}})", R"({"items":null})",
                         R"({})", R"([])", R"("none")"}),
                     body) {
  BOOST_TEST(items(body).verdict == Verdict::mistrusted);
}

BOOST_AUTO_TEST_CASE(an_object_says_that_the_cart_was_closed) {
  BOOST_TEST(fault_of_closing(answer(R"({"message":"Cart status updated successfully"})")) == "");
  BOOST_TEST(fault_of_closing(answer("", 204)) == "");
  for (const auto* body : {R"("no cart")", "[]", "null", "[{}]"})
    BOOST_TEST(fault_of_closing(answer(body)) != "");
}

BOOST_AUTO_TEST_SUITE_END()
