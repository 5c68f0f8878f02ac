// The decision of a cycle, rule by rule (ARCHITECTURE.md has the rules and why they are so).
#include "domain/stock_cycle.hpp"

#include <boost/test/unit_test.hpp>

using namespace orders;

namespace {

constexpr ProductId product{1};

Ledger row(std::int32_t quantity, bool intended = false) {
  Ledger ledger;
  ledger.product = product;
  ledger.seq = 3;
  ledger.quantity = quantity;
  ledger.intended = intended;
  return ledger;
}

CycleRequest seeing(std::int32_t quantity, std::initializer_list<std::int32_t> holds = {},
                    bool answered = true) {
  CycleRequest request;
  request.product = product;
  request.answered = answered;
  request.seen.quantity = quantity;
  std::int64_t order = 1;
  for (const auto units : holds) request.holds.push_back({{OrderId{order++}, 1}, units});
  return request;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stock_cycle)

BOOST_AUTO_TEST_CASE(grants_first_come_first_served_and_lets_smaller_ones_pass) {
  const auto d = decide_cycle(row(5), seeing(5, {3, 4, 2, 1}), {}, 0);
  BOOST_TEST((d.granted == std::vector<bool>{true, false, true, false}));
  BOOST_TEST(d.after == 0);
  BOOST_TEST(d.before == 5);
  BOOST_TEST(d.changed);
  BOOST_TEST(!d.applied);
}

BOOST_AUTO_TEST_CASE(writes_nothing_when_nothing_changes) {
  const auto d = decide_cycle(row(1), seeing(1, {2}), {}, 0);
  BOOST_TEST(!d.changed);
  BOOST_TEST(d.applied);
  BOOST_TEST(d.granted.front() == false);
}

BOOST_AUTO_TEST_CASE(r1_decides_on_the_ledger_while_a_put_is_unanswered) {
  // The ledger says 0, its PUT was lost, the catalog still shows 2: nothing may be granted.
  const auto d = decide_cycle(row(0, true), seeing(2, {1}, false), {}, 0);
  BOOST_TEST(d.granted.front() == false);
  BOOST_TEST(d.unsettled);
  BOOST_TEST(d.changed);
  BOOST_TEST(!d.applied);
  BOOST_TEST(d.after == 0);
  BOOST_TEST((d.kind == MovementKind::settle));
}

BOOST_AUTO_TEST_CASE(r4_an_unanswered_put_that_was_applied_needs_a_movement_but_no_put) {
  const auto d = decide_cycle(row(1, true), seeing(1, {}, false), {}, 0);
  BOOST_TEST(d.changed);
  BOOST_TEST(d.unsettled);
  BOOST_TEST(d.applied);
}

BOOST_AUTO_TEST_CASE(an_intended_movement_whose_put_was_answered_is_settled) {
  const auto d = decide_cycle(row(1, true), seeing(1, {}, true), {}, 0);
  BOOST_TEST(!d.changed);
  BOOST_TEST(!d.unsettled);
}

BOOST_AUTO_TEST_CASE(r5_repairs_a_late_write_of_our_own_and_follows_anybody_elses) {
  const auto ours = decide_cycle(row(0), seeing(1, {1}), {1}, 0);
  BOOST_TEST((ours.kind == MovementKind::repair));
  BOOST_TEST(ours.granted.front() == false);
  BOOST_TEST(ours.after == 0);
  BOOST_TEST(!ours.applied);
  const auto theirs = decide_cycle(row(0), seeing(5, {1}), {1}, 0);
  BOOST_TEST((theirs.kind == MovementKind::foreign));
  BOOST_TEST(theirs.before == 5);
  BOOST_TEST(theirs.after == 4);
  BOOST_TEST(theirs.granted.front() == true);
}

BOOST_AUTO_TEST_CASE(released_units_can_be_granted_in_the_same_cycle) {
  const auto d = decide_cycle(row(0), seeing(0, {2}), {}, 2);
  BOOST_TEST(d.granted.front() == true);
  BOOST_TEST(d.after == 0);
  BOOST_TEST(d.applied);  // net zero: the catalog shows it already
  BOOST_TEST(d.changed);
}

BOOST_AUTO_TEST_CASE(r17_never_goes_beyond_what_the_catalog_can_count) {
  const auto d = decide_cycle(row(2147483647), seeing(2147483647), {}, 5);
  BOOST_TEST(d.after == 2147483647);
}

BOOST_AUTO_TEST_CASE(a_negative_stock_grants_nothing) {
  const auto d = decide_cycle(row(-4), seeing(-4, {1}), {}, 0);
  BOOST_TEST(d.granted.front() == false);
}

BOOST_AUTO_TEST_CASE(r17_no_more_comes_back_than_the_catalog_can_count) {
  BOOST_TEST(room_for_releases(row(5), seeing(7)) == 2'147'483'640);
  BOOST_TEST(room_for_releases(row(7), seeing(5)) == 2'147'483'640);
  BOOST_TEST(room_for_releases(row(2'147'483'647), seeing(5)) == 0);
}

BOOST_AUTO_TEST_CASE(r17_a_product_that_has_gone_takes_everything_with_it) {
  auto request = seeing(0, {1});
  request.gone = true;
  const auto d = decide_cycle(row(5, true), request, {}, 3);
  BOOST_TEST(d.changed);
  BOOST_TEST(d.applied);
  BOOST_TEST(d.before == -3);
  BOOST_TEST(d.after == 0);
  BOOST_TEST((d.kind == MovementKind::gone));
  BOOST_TEST(d.granted.front() == false);
  BOOST_TEST(!decide_cycle(row(0), request, {}, 0).changed);
}

BOOST_AUTO_TEST_SUITE_END()
