#include "http/client/pace.hpp"

#include <boost/test/unit_test.hpp>

using orders::Deadline;
using orders::http::Pace;
using std::chrono::milliseconds;

namespace {
const Deadline start = Deadline{} + std::chrono::hours(1);
}

BOOST_AUTO_TEST_SUITE(pace)

BOOST_AUTO_TEST_CASE(a_service_that_never_answered_is_not_answering) {
  const Pace pace;
  BOOST_TEST(!pace.answering(start));
  BOOST_TEST(pace.typical().count() == 0);
}

BOOST_AUTO_TEST_CASE(answers_that_come_slowly_are_answers_and_silence_is_none) {
  Pace pace;
  pace.answered(milliseconds(500), start);
  BOOST_TEST(pace.answering(start + milliseconds(1'100)));
  BOOST_TEST(!pace.answering(start + milliseconds(1'300)));
  BOOST_TEST((pace.least() == milliseconds(100)));
}

BOOST_AUTO_TEST_CASE(a_failure_counts_for_a_while_whatever_answers_come_between) {
  Pace pace;
  pace.failed(start);
  pace.answered(milliseconds(1), start + milliseconds(1'000));
  BOOST_TEST(!pace.answering(start + milliseconds(1'001)));
  pace.answered(milliseconds(1), start + milliseconds(2'100));
  BOOST_TEST(pace.answering(start + milliseconds(2'101)));
}

BOOST_AUTO_TEST_CASE(follows_how_long_answers_take) {
  Pace pace;
  for (int n = 0; n < 100; ++n) pace.answered(milliseconds(1), start);
  BOOST_TEST(pace.typical().count() == 1'000);
  for (int n = 0; n < 100; ++n) pace.answered(milliseconds(20), start);
  BOOST_TEST(pace.typical().count() > 19'000);
}

BOOST_AUTO_TEST_SUITE_END()
