#include "http/parameters.hpp"

#include <boost/test/unit_test.hpp>

using namespace orders;
using namespace orders::http;

BOOST_AUTO_TEST_SUITE(parameters)

BOOST_AUTO_TEST_CASE(ids_are_digits_in_range) {
  BOOST_TEST(customer_id("1").value().value == 1);
  BOOST_TEST(customer_id("2147483647").value().value == 2147483647);
  BOOST_TEST(customer_id("007").value().value == 7);
  for (const auto* wrong :
       {"", "0", "-1", "+1", "2147483648", "1.0", "1 ", " 1", "abc", "1e3", "99999999999999999999"}) {
    BOOST_TEST_CONTEXT(wrong) { BOOST_TEST(!customer_id(wrong).ok()); }
  }
  BOOST_TEST(order_id("9223372036854775807").ok());
  BOOST_TEST(!order_id("9223372036854775808").ok());
}

BOOST_AUTO_TEST_CASE(unknown_and_repeated_parameters_are_faults) {
  Request request;
  request.query = {{"limit", "1"}, {"after", "2"}};
  BOOST_TEST(!unknown_parameter(request, {"limit", "after"}).has_value());
  BOOST_TEST(unknown_parameter(request, {"limit"}).has_value());
  BOOST_TEST(*parameter(request, "after") == "2");
  BOOST_TEST(!parameter(request, "status").has_value());
  request.query = {{"limit", "1"}, {"limit", "1"}};
  BOOST_TEST(unknown_parameter(request, {"limit"}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
