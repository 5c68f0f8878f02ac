#include "http/json_body.hpp"

#include <chrono>
#include <utility>
#include <vector>

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

std::string repeated(const std::string& piece, std::size_t bytes) {
  std::string text = piece;
  while (text.size() < bytes) text += "," + piece;
  return text;
}

/// What comes behind the fault that ends the parse is not JSON, and nobody notices.
BOOST_AUTO_TEST_CASE(reads_no_further_than_the_first_line_too_many) {
  const std::string line = R"({"product_id":1,"quantity":1})";
  const auto body = R"({"items":[)" + line + "," + line + "," + line + ", this is no JSON";
  const auto two = read_order_lines(body, 2);
  BOOST_REQUIRE(!two.ok());
  BOOST_TEST(faults(two.error()) == "/items must have at most 2 lines\n");
  const auto three = read_order_lines(body, 3);
  BOOST_REQUIRE(!three.ok());
  BOOST_TEST((three.error().code == ErrorCode::malformed_json));
  BOOST_TEST(read_order_lines(R"({"items":[)" + line + "," + line + "]}", 2).ok());
}

BOOST_AUTO_TEST_CASE(reads_no_further_when_there_are_faults_enough) {
  const auto lines = read_order_lines(R"({"items":[)" + repeated("{}", 100) + " this is no JSON", 1'000);
  BOOST_REQUIRE(!lines.ok());
  BOOST_TEST((lines.error().code == ErrorCode::validation_failed));
  BOOST_TEST(lines.error().fields.size() == faults_max);
}

BOOST_AUTO_TEST_CASE(an_object_has_a_limited_number_of_members) {
  const auto body_of = [](std::size_t members) {
    std::string body = "{";
    for (std::size_t i = 0; i < members; ++i) body += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":0";
    return body;
  };
  BOOST_TEST(read_order_lines(body_of(members_max) + "}", 10).ok());
  const auto more = read_order_lines(body_of(members_max + 1) + " this is no JSON", 10);
  BOOST_REQUIRE(!more.ok());
  BOOST_TEST(faults(more.error()) == "/50 is one member too many: an object may have 50\n");
  // What is passed over may be as large as it likes, and is not remembered.
  BOOST_TEST(read_order_lines(R"({"note":)" + body_of(1'000) + R"(,"1":2}})", 10).ok());
}

BOOST_AUTO_TEST_CASE(a_body_has_a_limited_number_of_values) {
  const auto body = R"({"note":[)" + repeated("1", 60'000);
  BOOST_TEST(read_order_lines(body + "]}", 1'000).ok());
  const auto more = read_order_lines(body + ",1 this is no JSON", 10);
  BOOST_REQUIRE(!more.ok());
  BOOST_TEST(faults(more.error()) == " has too many values: more than 10000\n");
}

BOOST_AUTO_TEST_CASE(a_long_key_is_told_by_its_beginning_in_whole_characters) {
  std::string key = "x";
  for (int i = 0; i < 100; ++i) key += "\xc3\xbc";
  const auto lines = read_order_lines("{\"" + key + "\":1,\"" + key + "\":2}", 10);
  BOOST_REQUIRE(!lines.ok());
  BOOST_TEST(faults(lines.error()) == "/" + key.substr(0, 99) + " is there twice\n");
}

/// Only told: what a mebibyte meant to be costly takes of the reactor thread that reads it.
BOOST_AUTO_TEST_CASE(tells_what_costly_bodies_take) {
  const std::size_t size = 1'000'000;
  const std::vector<std::pair<std::string, std::string>> bodies{
      {"empty lines", R"({"items":[)" + repeated("{}", size) + "]}"},
      {"lines", R"({"items":[)" + repeated(R"({"product_id":1,"quantity":1})", size) + "]}"},
      {"members", "{" + repeated(R"("a":0)", size) + "}"},
      {"passed over: objects", R"({"x":[)" + repeated(R"({"a":0})", size) + "]}"},
      {"passed over: empty objects", R"({"x":[)" + repeated("{}", size) + "]}"},
      {"passed over: numbers", R"({"x":[)" + repeated("1", size) + "]}"},
      {"passed over: text", "{\"x\":\"" + std::string(size, 'x') + "\"}"}};
  for (const auto& [name, body] : bodies) {
    const auto start = std::chrono::steady_clock::now();
    const auto read = read_order_lines(body, 500);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    BOOST_TEST_MESSAGE(name << ": " << took.count() << " ms");
    BOOST_TEST((read.ok() || read.error().code == ErrorCode::validation_failed));
  }
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
