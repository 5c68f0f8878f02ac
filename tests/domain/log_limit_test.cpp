#include "domain/log_limit.hpp"

#include <boost/test/unit_test.hpp>

using orders::LogLimit;
using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(log_limit)

BOOST_AUTO_TEST_CASE(one_line_a_second_goes_through_and_says_how_many_did_not) {
  LogLimit limit;
  const LogLimit::Clock::time_point start{std::chrono::hours(1)};
  BOOST_TEST(limit.pass("down", start).value() == "");
  BOOST_TEST(!limit.pass("down", start + milliseconds(1)).has_value());
  BOOST_TEST(!limit.pass("down", start + milliseconds(999)).has_value());
  BOOST_TEST(limit.pass("another", start + milliseconds(999)).value() == "");
  BOOST_TEST(limit.pass("down", start + milliseconds(1'000)).value() == " (and 2 more like it)");
  BOOST_TEST(limit.pass("down", start + milliseconds(2'000)).value() == "");
}

BOOST_AUTO_TEST_CASE(keeps_no_more_than_so_many_different_lines) {
  LogLimit limit;
  const LogLimit::Clock::time_point start{std::chrono::hours(1)};
  for (int n = 0; n < 10'000; ++n) BOOST_TEST(limit.pass(std::to_string(n), start).has_value());
  BOOST_TEST(limit.pass("0", start).has_value());  // forgotten
}

BOOST_AUTO_TEST_SUITE_END()
