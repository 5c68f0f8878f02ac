#include "http/line_limit.hpp"

#include <boost/test/unit_test.hpp>

using namespace orders::http;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(line_limit)

BOOST_AUTO_TEST_CASE(one_line_a_second_passes_and_tells_how_many_did_not) {
  LineLimit limit;
  const LineLimit::Clock::time_point start(1'000s);
  BOOST_TEST(limit.pass(start).value_or(99) == 0U);
  BOOST_TEST(!limit.pass(start));
  BOOST_TEST(!limit.pass(start + 999ms));
  BOOST_TEST(limit.pass(start + 1s).value_or(99) == 2U);
  BOOST_TEST(!limit.pass(start + 1'500ms));
  BOOST_TEST(limit.pass(start + 10s).value_or(99) == 1U);
  BOOST_TEST(limit.pass(start + 20s).value_or(99) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
