#include "domain/audit.hpp"

#include <boost/test/unit_test.hpp>

namespace orders {

namespace {

constexpr std::chrono::seconds grace{10};

/// 10 units at first, 3 in live orders; all done.
ProductFacts settled() {
  ProductFacts facts;
  facts.product = ProductId{1};
  facts.seq = 2;
  facts.opening = 10;
  facts.quantity = 7;
  facts.ordered = 3;
  facts.sold = 3;
  facts.served = true;
  return facts;
}

CatalogSight shows(std::int32_t quantity) { return {true, quantity, false}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(audit)

BOOST_AUTO_TEST_CASE(nothing_is_said_about_what_is_right) {
  const auto audit = judge(settled(), shows(7), grace);
  BOOST_TEST(audit.faults.empty());
  BOOST_TEST(audit.under_way.empty());
  BOOST_TEST(audit.drift == 0);
}

BOOST_AUTO_TEST_CASE(the_drift_is_made_up_of_its_explanations) {
  auto facts = settled();
  facts.foreign = -2;
  facts.held = 1;
  facts.owed = 1;
  facts.quantity = 10 - 2 - 3 - 1 - 1;
  const auto audit = judge(facts, shows(1), grace);
  BOOST_TEST(audit.unaccounted == 0);
  BOOST_TEST(audit.behind == -2);
  BOOST_TEST(audit.drift == facts.foreign - facts.held - facts.owed + audit.behind);
}

BOOST_AUTO_TEST_CASE(units_that_the_journal_does_not_explain_are_a_fault) {
  auto facts = settled();
  facts.quantity = 6;
  const auto audit = judge(facts, shows(6), grace);
  BOOST_TEST(audit.unaccounted == -1);
  BOOST_TEST(audit.faults.size() == 1U);
}

BOOST_AUTO_TEST_CASE(orders_without_their_reservations_are_a_fault) {
  auto facts = settled();
  facts.ordered = 5;
  BOOST_TEST(judge(facts, shows(7), grace).faults.size() == 1U);
}

BOOST_AUTO_TEST_CASE(broken_links_are_a_fault) {
  auto facts = settled();
  facts.broken_links = 1;
  BOOST_TEST(judge(facts, shows(7), grace).faults.size() == 1U);
}

BOOST_AUTO_TEST_CASE(another_quantity_in_the_catalog_is_explained) {
  auto facts = settled();
  facts.doubts = {8, 9};
  BOOST_CHECK(judge(facts, shows(9), grace).lag == Lag::late_write);
  BOOST_CHECK(judge(facts, shows(5), grace).lag == Lag::unknown);
  BOOST_CHECK(judge(facts, {true, std::nullopt, false}, grace).lag == Lag::gone);
  BOOST_CHECK(judge(facts, {}, grace).lag == Lag::unseen);
  BOOST_CHECK(judge(facts, {true, 5, true}, grace).lag == Lag::moving);
  facts.intended = true;
  BOOST_CHECK(judge(facts, shows(9), grace).lag == Lag::unsettled);
  for (const auto shown : {5, 9}) BOOST_TEST(judge(facts, shows(shown), grace).behind == shown - 7);
}

BOOST_AUTO_TEST_CASE(what_an_instance_has_just_begun_is_under_way) {
  auto facts = settled();
  facts.intended = true;
  facts.held = 1;
  facts.quantity = 6;
  auto audit = judge(facts, shows(7), grace);
  BOOST_TEST(audit.faults.empty());
  BOOST_TEST(audit.under_way.size() == 2U);

  facts.served = false;  // nobody is there to go on
  BOOST_TEST(judge(facts, shows(7), grace).faults.size() == 2U);

  facts.served = true;
  facts.since_movement = facts.longest_undecided = grace + std::chrono::seconds(1);
  BOOST_TEST(judge(facts, shows(7), grace).faults.size() == 2U);
}

BOOST_AUTO_TEST_CASE(holds_of_a_dead_process_are_a_fault_at_once) {
  auto facts = settled();
  facts.held = facts.orphaned = 2;
  facts.quantity = 5;
  BOOST_TEST(judge(facts, shows(5), grace).faults.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_cart_may_take_its_time_while_an_instance_runs) {
  FindingGroup group;
  group.kind = FindingKind::cart_open;
  group.count = 3;
  group.old = 1;
  BOOST_TEST(judge(group, true).faults == 1);
  BOOST_TEST(judge(group, true).under_way == 2);
  BOOST_TEST(judge(group, false).faults == 3);
  group.kind = FindingKind::order_differs;
  BOOST_TEST(judge(group, true).faults == 3);
  group.kind = FindingKind::movement_in_doubt;
  BOOST_TEST(judge(group, false).faults == 0);
}

BOOST_AUTO_TEST_CASE(the_verdict_needs_everything_to_have_been_seen) {
  AuditSum sum;
  sum.add(judge(settled(), shows(7), grace));
  BOOST_CHECK(sum.verdict() == Verdict::clean);
  sum.add(judge(settled(), {}, grace));
  BOOST_CHECK(sum.verdict() == Verdict::unknown);
  sum.add(judge(settled(), shows(6), grace));
  BOOST_CHECK(sum.verdict() == Verdict::off);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders
