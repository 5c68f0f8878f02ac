#include "http/client/rounds.hpp"

#include <boost/test/unit_test.hpp>

using orders::Deadline;
using orders::http::NextRound;
using orders::http::Rounds;
using orders::http::Verdict;
using What = orders::http::NextRound::What;
using std::chrono::milliseconds;

namespace {

const Deadline now = Deadline{} + std::chrono::hours(1);
const Deadline later = now + std::chrono::seconds(5);

bool asks(const NextRound& next, bool exclusive) {
  return next.what == What::ask_again && next.exclusive == exclusive;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rounds)

BOOST_AUTO_TEST_CASE(believes_an_answer_about_the_thing_at_once) {
  BOOST_CHECK(Rounds(1, later).after(Verdict::found, now).what == What::believe_found);
}

BOOST_AUTO_TEST_CASE(believes_that_there_is_nothing_only_when_told_again_to_a_question_asked_alone) {
  Rounds rounds(1, later);
  const auto next = rounds.after(Verdict::none, now);
  BOOST_CHECK(asks(next, true));
  BOOST_CHECK(next.not_before == Deadline{});
  BOOST_CHECK(rounds.after(Verdict::none, now).what == What::believe_none);
}

BOOST_AUTO_TEST_CASE(takes_back_a_nothing_that_the_confirmation_contradicts) {
  Rounds rounds(3, later);
  BOOST_CHECK(asks(rounds.after(Verdict::none, now), true));
  BOOST_CHECK(rounds.after(Verdict::found, now).what == What::believe_found);
}

BOOST_AUTO_TEST_CASE(asks_alone_from_the_second_repetition_on) {
  Rounds rounds(3, later);
  const auto first = rounds.after(Verdict::mistrusted, now);
  BOOST_CHECK(asks(first, false));
  BOOST_CHECK(first.not_before > now);
  const auto second = rounds.after(Verdict::failed, now);
  BOOST_CHECK(asks(second, true));
  BOOST_CHECK(second.not_before > first.not_before);
  BOOST_CHECK(rounds.after(Verdict::mistrusted, now).what == What::give_up);
  BOOST_TEST(rounds.asked() == 3U);
}

BOOST_AUTO_TEST_CASE(a_first_nothing_among_exclusive_rounds_is_still_confirmed) {
  Rounds rounds(4, later);
  BOOST_CHECK(asks(rounds.after(Verdict::mistrusted, now), false));
  BOOST_CHECK(asks(rounds.after(Verdict::mistrusted, now), true));
  BOOST_CHECK(asks(rounds.after(Verdict::none, now), true));
  BOOST_CHECK(rounds.after(Verdict::none, now).what == What::believe_none);
}

BOOST_AUTO_TEST_CASE(a_confirmation_that_fails_is_repeated_alone) {
  Rounds rounds(2, later);
  BOOST_CHECK(asks(rounds.after(Verdict::none, now), true));
  BOOST_CHECK(asks(rounds.after(Verdict::unreachable, now), true));
  BOOST_CHECK(rounds.after(Verdict::none, now).what == What::believe_none);
}

BOOST_AUTO_TEST_CASE(does_not_ask_a_silent_service_alone) {
  Rounds rounds(4, later);
  for (int round = 0; round < 3; ++round) BOOST_CHECK(asks(rounds.after(Verdict::unreachable, now), false));
  BOOST_CHECK(rounds.after(Verdict::unreachable, now).what == What::give_up);
}

BOOST_AUTO_TEST_CASE(gives_up_when_the_deadline_leaves_no_time) {
  BOOST_CHECK(Rounds(9, now + milliseconds(5)).after(Verdict::mistrusted, now).what == What::give_up);
  BOOST_CHECK(Rounds(9, now).after(Verdict::none, now).what == What::give_up);
  BOOST_CHECK(Rounds(9, later).after(Verdict::hopeless, now).what == What::give_up);
}

BOOST_AUTO_TEST_CASE(delays_stay_small_however_many_tries_there_are) {
  Rounds rounds(100, now + std::chrono::hours(1));
  for (int round = 0; round < 99; ++round) {
    const auto next = rounds.after(Verdict::unreachable, now);
    BOOST_REQUIRE(next.what == What::ask_again);
    BOOST_CHECK(next.not_before <= now + milliseconds(160));
  }
  BOOST_CHECK(rounds.after(Verdict::unreachable, now).what == What::give_up);
}

BOOST_AUTO_TEST_SUITE_END()
