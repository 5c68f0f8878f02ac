#include "actors/reply.hpp"

#include <boost/test/unit_test.hpp>

using namespace orders;

BOOST_AUTO_TEST_SUITE(reply)

BOOST_AUTO_TEST_CASE(answers_once_however_many_copies_there_are) {
  int calls = 0;
  const Reply<int> first([&](const Result<int>& result) { calls += result.ok() ? result.value() : 100; });
  const auto second = first;
  BOOST_TEST(!first.answered());
  BOOST_TEST(first(1));
  BOOST_TEST(!second(1));
  BOOST_TEST(second.answered());
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(tells_that_it_was_lost_when_nobody_can_answer_any_more) {
  ErrorCode code = ErrorCode::internal;
  int calls = 0;
  {
    const Reply<int> reply([&](const Result<int>& result) {
      ++calls;
      code = result.error().code;
    });
    const auto copy = reply;
    BOOST_TEST(!copy.answered());
  }
  BOOST_TEST(calls == 1);
  BOOST_TEST((code == ErrorCode::lost));
}

BOOST_AUTO_TEST_CASE(is_wanted_until_it_is_answered_or_its_client_has_gone) {
  bool waits = true;
  const auto ignore = [](const Result<int>&) {};
  const Reply<int> first(ignore, [&] { return waits; });
  const Reply<int> step(ignore, first.watch());
  const Reply<int> no_client(ignore);
  BOOST_TEST(first.wanted());
  BOOST_TEST(step.wanted());
  waits = false;
  BOOST_TEST(!first.wanted());
  BOOST_TEST(!step.wanted());
  BOOST_TEST(no_client.wanted());
  no_client(1);
  BOOST_TEST(!no_client.wanted());
}

BOOST_AUTO_TEST_CASE(an_empty_one_takes_any_answer) {
  const Reply<int> nobody;
  BOOST_TEST(nobody.answered());
  BOOST_TEST(!nobody(1));
}

BOOST_AUTO_TEST_SUITE_END()
