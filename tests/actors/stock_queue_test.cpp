#include "actors/stock_queue.hpp"

#include <boost/test/unit_test.hpp>

using namespace orders;
using namespace orders::actors;

namespace {

QueuedHold hold(std::int64_t order, std::chrono::steady_clock::time_point deadline, bool parked = false) {
  QueuedHold queued;
  queued.ask.hold = {{OrderId{order}, 1}, 1};
  queued.ask.deadline = deadline;
  queued.parked = parked;
  return queued;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stock_queue)

BOOST_AUTO_TEST_CASE(withdraws_the_hold_of_one_attempt_only) {
  StockQueue queue;
  queue.holds = {hold(1, {}), hold(2, {})};
  BOOST_TEST(!queue.withdraw({OrderId{2}, 2}).has_value());
  const auto taken = queue.withdraw({OrderId{2}, 1});
  BOOST_REQUIRE(taken.has_value());
  BOOST_TEST((taken->hold.key.order == OrderId{2}));
  BOOST_TEST(queue.holds.size() == 1U);
}

BOOST_AUTO_TEST_CASE(takes_out_what_is_past_its_deadline_and_keeps_the_order_of_the_rest) {
  const auto now = std::chrono::steady_clock::now();
  const auto later = now + std::chrono::seconds(1);
  StockQueue queue;
  queue.holds = {hold(1, later), hold(2, now), hold(3, later), hold(4, now)};
  BOOST_TEST(queue.expired(now).size() == 2U);
  BOOST_REQUIRE(queue.holds.size() == 2U);
  BOOST_TEST((queue.holds[0].ask.hold.key.order == OrderId{1}));
  BOOST_TEST((queue.holds[1].ask.hold.key.order == OrderId{3}));
}

BOOST_AUTO_TEST_CASE(takes_out_what_nobody_waits_for_any_more) {
  bool waits = true;
  const auto ignore = [](const Result<HoldAnswer>&) {};
  StockQueue queue;
  queue.holds = {hold(1, {}), hold(2, {}, true), hold(3, {})};
  queue.holds[0].ask.reply = Reply<HoldAnswer>(ignore, [&] { return waits; });
  queue.holds[1].ask.reply = Reply<HoldAnswer>(ignore, [&] { return waits; });
  queue.holds[2].ask.reply = Reply<HoldAnswer>(ignore);
  BOOST_TEST(queue.abandoned().empty());
  waits = false;
  BOOST_TEST(queue.abandoned().size() == 2U);
  BOOST_REQUIRE(queue.holds.size() == 1U);
  BOOST_TEST((queue.holds[0].ask.hold.key.order == OrderId{3}));
}

BOOST_AUTO_TEST_CASE(parked_holds_alone_are_no_reason_for_a_cycle) {
  StockQueue queue;
  BOOST_TEST(queue.empty());
  queue.holds = {hold(1, {}, true)};
  BOOST_TEST(!queue.empty());
  BOOST_TEST(queue.parked() == 1U);
  BOOST_TEST(!queue.fresh_holds());
  queue.holds.push_back(hold(2, {}));
  BOOST_TEST(queue.fresh_holds());
}

BOOST_AUTO_TEST_SUITE_END()
