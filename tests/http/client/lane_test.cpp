#include "http/client/lane.hpp"

#include <boost/test/unit_test.hpp>

using orders::Deadline;
using orders::http::Call;
using orders::http::Lane;
using std::chrono::milliseconds;

namespace {

const Deadline start = Deadline{} + std::chrono::hours(1);

Call call_to(const std::string& target, bool exclusive = false) {
  Call call;
  call.target = target;
  call.deadline = start + std::chrono::seconds(5);
  call.exclusive = exclusive;
  return call;
}

std::string target_of(const std::optional<Call>& call) { return call ? call->target : "nobody"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(lane)

BOOST_AUTO_TEST_CASE(starts_calls_in_the_order_they_came_up_to_the_limit) {
  Lane lane(2);
  for (const auto* name : {"/a", "/b", "/c"}) lane.add(call_to(name));
  BOOST_TEST(target_of(lane.next(start)) == "/a");
  BOOST_TEST(target_of(lane.next(start)) == "/b");
  BOOST_TEST(target_of(lane.next(start)) == "nobody");
  lane.ended();
  BOOST_TEST(target_of(lane.next(start)) == "/c");
  BOOST_TEST(lane.in_flight() == 2U);
}

BOOST_AUTO_TEST_CASE(an_exclusive_call_waits_until_it_is_alone_and_lets_nobody_past) {
  Lane lane(8);
  lane.add(call_to("/a"));
  lane.add(call_to("/alone", true));
  lane.add(call_to("/b"));
  BOOST_TEST(target_of(lane.next(start)) == "/a");
  BOOST_TEST(target_of(lane.next(start)) == "nobody");
  lane.ended();
  BOOST_TEST(target_of(lane.next(start)) == "/alone");
  BOOST_TEST(target_of(lane.next(start)) == "nobody");
  lane.ended();
  BOOST_TEST(target_of(lane.next(start)) == "/b");
}

BOOST_AUTO_TEST_CASE(a_delayed_call_joins_the_line_when_its_time_has_come) {
  Lane lane(8);
  auto delayed = call_to("/delayed");
  delayed.not_before = start + milliseconds(10);
  lane.add(std::move(delayed));
  lane.add(call_to("/a"));
  BOOST_TEST(target_of(lane.next(start)) == "/a");
  BOOST_TEST(target_of(lane.next(start + milliseconds(9))) == "nobody");
  BOOST_CHECK(lane.next_event() == start + milliseconds(10));
  BOOST_TEST(target_of(lane.next(start + milliseconds(10))) == "/delayed");
}

BOOST_AUTO_TEST_CASE(gives_up_the_calls_whose_deadline_passed_wherever_they_wait) {
  Lane lane(1);
  lane.add(call_to("/long"));
  auto brief = call_to("/brief");
  brief.deadline = start + milliseconds(5);
  auto delayed = call_to("/delayed");
  delayed.deadline = start + milliseconds(6);
  delayed.not_before = start + milliseconds(7);
  lane.add(std::move(brief));
  lane.add(std::move(delayed));
  BOOST_CHECK(lane.next_event() == start + milliseconds(5));
  BOOST_TEST(lane.take_expired(start + milliseconds(4)).empty());
  const auto expired = lane.take_expired(start + milliseconds(6));
  BOOST_REQUIRE(expired.size() == 2U);
  BOOST_TEST(expired[0].target == "/brief");
  BOOST_TEST(expired[1].target == "/delayed");
  BOOST_TEST(target_of(lane.next(start + milliseconds(8))) == "/long");
  lane.ended();
  BOOST_TEST(target_of(lane.next(start + milliseconds(8))) == "nobody");
  BOOST_TEST(!lane.next_event().has_value());
}

BOOST_AUTO_TEST_CASE(an_expired_exclusive_call_no_longer_holds_up_the_line) {
  Lane lane(4);
  lane.add(call_to("/a"));
  auto alone = call_to("/alone", true);
  alone.deadline = start + milliseconds(5);
  lane.add(std::move(alone));
  lane.add(call_to("/b"));
  BOOST_TEST(target_of(lane.next(start)) == "/a");
  BOOST_TEST(target_of(lane.next(start)) == "nobody");
  BOOST_TEST(lane.take_expired(start + milliseconds(5)).size() == 1U);
  BOOST_TEST(target_of(lane.next(start + milliseconds(5))) == "/b");
}

BOOST_AUTO_TEST_CASE(hands_out_everything_that_waits_when_it_is_over) {
  Lane lane(1);
  for (const auto* name : {"/a", "/b", "/c"}) lane.add(call_to(name));
  BOOST_TEST(target_of(lane.next(start)) == "/a");
  BOOST_TEST(lane.take_all().size() == 2U);
  BOOST_TEST(!lane.next_event().has_value());
}

BOOST_AUTO_TEST_CASE(puts_go_before_gets) {
  Lane lane(1);
  lane.add(call_to("/get/1"));
  lane.add(call_to("/get/2", true));
  for (const auto* name : {"/put/1", "/put/2"}) {
    auto put = call_to(name);
    put.method = orders::http::Method::put;
    lane.add(std::move(put));
  }
  for (const auto* expected : {"/put/1", "/put/2", "/get/1", "/get/2"}) {
    BOOST_TEST(target_of(lane.next(start)) == expected);
    lane.ended();
  }
}

BOOST_AUTO_TEST_SUITE_END()
