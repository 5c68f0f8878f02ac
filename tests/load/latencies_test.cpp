#include "tests/load/latencies.hpp"

#include <algorithm>
#include <random>

#include <boost/test/unit_test.hpp>

namespace orders::load {

using std::chrono::microseconds;

BOOST_AUTO_TEST_SUITE(latencies)

BOOST_AUTO_TEST_CASE(without_values_everything_is_zero) {
  const Latencies none;
  BOOST_TEST(none.count() == 0U);
  BOOST_TEST(none.percentile(0.5).count() == 0);
  BOOST_TEST(none.max().count() == 0);
}

BOOST_AUTO_TEST_CASE(small_values_are_exact) {
  Latencies all;
  for (int i = 100; i >= 1; --i) all.add(microseconds(i));
  BOOST_TEST(all.count() == 100U);
  BOOST_TEST(all.percentile(0.5).count() == 50);
  BOOST_TEST(all.percentile(0.9).count() == 90);
  BOOST_TEST(all.percentile(0.99).count() == 99);
  BOOST_TEST(all.percentile(1).count() == 100);
}

BOOST_AUTO_TEST_CASE(large_values_are_right_to_two_percent_and_the_largest_is_exact) {
  std::mt19937_64 random(1);
  std::vector<std::int64_t> values;
  Latencies all;
  for (int i = 0; i < 10'000; ++i) {
    values.push_back(static_cast<std::int64_t>(std::lognormal_distribution<>(9, 2)(random)));
    all.add(microseconds(values.back()));
  }
  std::sort(values.begin(), values.end());
  for (const double share : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    const auto exact = static_cast<double>(values.at(static_cast<std::size_t>(share * 10'000) - 1));
    const auto found = static_cast<double>(all.percentile(share).count());
    BOOST_TEST(found >= exact);
    BOOST_TEST(found <= exact * 1.02 + 1);
  }
  BOOST_TEST(all.max().count() == values.back());
  BOOST_TEST(all.percentile(1).count() == values.back());
}

BOOST_AUTO_TEST_CASE(absurd_values_do_no_harm) {
  Latencies all;
  all.add(microseconds(-5));
  all.add(microseconds::max());
  BOOST_TEST(all.percentile(0.5).count() == 0);
  BOOST_TEST(all.max().count() == microseconds::max().count());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::load
