#include "http/order_json.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace orders;
using namespace orders::http;

BOOST_AUTO_TEST_SUITE(order_json)

BOOST_AUTO_TEST_CASE(times_are_rfc_3339_in_utc_to_the_microsecond) {
  BOOST_TEST(rfc3339(Timestamp(std::chrono::microseconds(0))) == "1970-01-01T00:00:00.000000Z");
  BOOST_TEST(rfc3339(Timestamp(std::chrono::microseconds(1'795'384'523'000'042))) ==
             "2026-11-22T21:55:23.000042Z");
  BOOST_TEST(rfc3339(Timestamp(std::chrono::microseconds(-1))) == "1969-12-31T23:59:59.999999Z");
}

BOOST_AUTO_TEST_CASE(an_order_reads_back_as_it_was) {
  Order order;
  order.id = OrderId{10'000'000'001};
  order.customer = CustomerId{7};
  order.status = "a \"b\" \\ \n \u00fc";
  order.items = {{9'007'199'254'740'993, ProductId{1}, 2}};
  const auto json = nlohmann::json::parse(to_json(order));
  BOOST_TEST(json.at("id").get<std::int64_t>() == 10'000'000'001);
  BOOST_TEST(json.at("status").get<std::string>() == order.status);
  BOOST_TEST(json.at("items").at(0).at("id").get<std::int64_t>() == 9'007'199'254'740'993);
}

BOOST_AUTO_TEST_CASE(elements_of_a_list_come_without_brackets) {
  BOOST_TEST(to_json_elements(std::vector<Order>{}).empty());
  const std::vector<OrderItemRow> rows{{{1, ProductId{2}, 3}, OrderId{4}},
                                       {{5, ProductId{6}, 7}, OrderId{8}}};
  BOOST_TEST(
      to_json_elements(rows) ==
      R"({"id":1,"product_id":2,"quantity":3,"order_id":4},{"id":5,"product_id":6,"quantity":7,"order_id":8})");
}

BOOST_AUTO_TEST_SUITE_END()
