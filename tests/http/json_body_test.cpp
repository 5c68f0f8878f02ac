#include "http/json_body.hpp"

#include <boost/test/unit_test.hpp>

using namespace orders;
using namespace orders::http;

namespace {

std::string faults(const Error& error) {
  std::string text;
  for (const auto& fault : error.fields) text += fault.pointer + " " + fault.detail + "\n";
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_body)

BOOST_AUTO_TEST_CASE(reads_lines_in_their_order) {
  const auto lines = read_order_lines(
      R"( {"items":[{"product_id":1,"quantity":2},{"quantity":2147483647,"product_id":3}]} )", 10);
  BOOST_REQUIRE(lines.ok());
  BOOST_REQUIRE(lines.value().has_value());
  BOOST_REQUIRE(lines.value()->size() == 2U);
  BOOST_TEST(lines.value()->at(1).product.value == 3);
  BOOST_TEST(lines.value()->at(1).quantity == 2147483647);
}

BOOST_AUTO_TEST_CASE(a_body_without_items_asks_for_the_cart) {
  for (const auto* body : {"", "  \r\n", "{}", R"({"note":"x","deep":{"items":[1]}})"}) {
    const auto lines = read_order_lines(body, 10);
    BOOST_TEST_CONTEXT(body) {
      BOOST_REQUIRE(lines.ok());
      BOOST_TEST(!lines.value().has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(names_each_fault_by_its_pointer) {
  const auto lines = read_order_lines(
      R"({"items":[{"product_id":"1","quantity":0},7,{"quantity":1.5}],"a/b~c":1,"a/b~c":2})", 10);
  BOOST_REQUIRE(!lines.ok());
  BOOST_TEST(faults(lines.error()) ==
             "/items/0/product_id must be a whole number from 1 to 2147483647, not a string\n"
             "/items/0/quantity must be a whole number from 1 to 2147483647, not 0\n"
             "/items/1 must be an object with product_id and quantity, not a number\n"
             "/items/2/quantity must be a whole number from 1 to 2147483647, not 1.5\n"
             "/items/2/product_id is missing\n"
             "/a~1b~0c is there twice\n");
}

BOOST_AUTO_TEST_CASE(tells_a_limited_number_of_faults) {
  std::string body = R"({"items":[0)";
  for (int i = 0; i < 100; ++i) body += ",0";
  const auto lines = read_order_lines(body + "]}", 1'000);
  BOOST_REQUIRE(!lines.ok());
  BOOST_TEST(lines.error().fields.size() == faults_max);
}

BOOST_AUTO_TEST_CASE(nesting_has_a_limit) {
  const auto nested = [](int levels) {
    return R"({"a":)" + std::string(static_cast<std::size_t>(levels), '[') +
           std::string(static_cast<std::size_t>(levels), ']') + "}";
  };
  BOOST_TEST(read_order_lines(nested(nesting_max - 1), 10).ok());
  const auto bomb = read_order_lines(nested(nesting_max), 10);
  BOOST_REQUIRE(!bomb.ok());
  BOOST_TEST((bomb.error().code == ErrorCode::malformed_json));
  BOOST_TEST(!read_order_lines(std::string(1'000'000, '['), 10).ok());
}

BOOST_AUTO_TEST_CASE(every_cut_of_a_body_is_refused_or_asks_for_the_cart) {
  const std::string body = R"({"items":[{"product_id":12,"quantity":34}],"note":"\u00fc\n"})";
  BOOST_REQUIRE(read_order_lines(body, 10).ok());
  for (std::size_t length = 1; length < body.size(); ++length) {
    BOOST_TEST_CONTEXT(body.substr(0, length)) {
      BOOST_TEST(!read_order_lines(body.substr(0, length), 10).ok());
    }
  }
}

BOOST_AUTO_TEST_CASE(reads_a_status_and_says_why_not) {
  BOOST_TEST(read_status(R"({"status":"Shipped","note":1})").value() == "Shipped");
  BOOST_TEST(read_status(R"({"status":"\u00dcber"})").value() == "\u00dcber");
  BOOST_TEST(faults(read_status("{}").error()) == "/status is missing\n");
  BOOST_TEST(faults(read_status("").error()) == "/status is missing: the body is empty\n");
  BOOST_TEST(faults(read_status(R"({"status":7})").error()) == "/status must be a string, not a number\n");
  BOOST_TEST(faults(read_status(R"({"status":"a\u0000"})").error()) ==
             "/status must not contain the character NUL\n");
}

BOOST_AUTO_TEST_SUITE_END()
