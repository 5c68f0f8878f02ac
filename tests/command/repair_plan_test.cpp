// What `orderd audit --repair` makes of what an audit found.
#include "command/repair_plan.hpp"

#include <algorithm>
#include <string>

#include <boost/test/unit_test.hpp>

namespace orders::command {

namespace {

struct Found {
  /// A product with nothing wrong about it: 10 at first, 3 sold.
  static ProductFacts facts() {
    ProductFacts facts;
    facts.product = ProductId{7};
    facts.seq = 2;
    facts.opening = 10;
    facts.ordered = 3;
    facts.sold = 3;
    facts.quantity = 7;
    return facts;
  }
  static CatalogSight shows(std::int32_t quantity) {
    CatalogSight sight;
    sight.answered = true;
    sight.quantity = quantity;
    return sight;
  }
  RepairPlan plan(const ProductFacts& product, const CatalogSight& sight) {
    AuditPage page;
    page.products.push_back(judge(product, sight, std::chrono::seconds(5)));
    return plan_repair({page});
  }
  RepairPlan plan(FindingKind kind, const Finding& finding, std::int64_t count = 1) {
    AuditPage page;
    page.orders.emplace();
    page.orders->groups.push_back({kind, count, count, {finding}});
    return plan_repair({page});
  }
  static bool says(const RepairPlan& plan, const std::string& words) {
    return text_of(plan).find(words) != std::string::npos;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(repair_plan, Found)

BOOST_AUTO_TEST_CASE(is_empty_when_nothing_is_off) {
  const auto nothing = plan(facts(), shows(7));
  BOOST_TEST(nothing.steps.empty());
  BOOST_TEST(!nothing.does_anything());
  BOOST_TEST(text_of(nothing) == "");
  BOOST_TEST(to_json(nothing) == "[]");
}

BOOST_AUTO_TEST_CASE(lets_the_products_cycle_give_back_and_tell_the_catalog_again) {
  auto left = facts();
  left.quantity = 3;
  left.held = 3;
  left.orphaned = 3;
  left.owed = 1;
  left.intended = true;
  const auto repair = plan(left, shows(7));
  BOOST_TEST(repair.steps.size() == 3U);
  BOOST_TEST(
      std::all_of(repair.steps.begin(), repair.steps.end(), [](const auto& step) { return step.possible; }));
  BOOST_REQUIRE_EQUAL(repair.products.size(), 1U);  // one cycle does it all
  BOOST_TEST(repair.products.front().value == 7);
  BOOST_TEST(says(repair, "3 units held by a process that is gone"));
  BOOST_TEST(says(repair, "1 units owed"));
  BOOST_TEST(says(repair, "the PUT of 3 units is unanswered"));
}

BOOST_AUTO_TEST_CASE(tells_a_late_write_of_our_own_from_somebody_elses_change) {
  auto doubted = facts();
  doubted.doubts = {9};
  const auto late = plan(doubted, shows(9));
  BOOST_TEST(says(late, "written late by a PUT of our own"));
  BOOST_TEST(says(late, "the ledger's 7 again"));
  BOOST_TEST(late.products.size() == 1U);
  const auto foreign = plan(facts(), shows(9));
  BOOST_TEST(says(foreign, "the catalog shows 9 units, the ledger says 7"));
  BOOST_TEST(says(foreign, "somebody else's change"));
  BOOST_TEST(foreign.products.size() == 1U);
}

BOOST_AUTO_TEST_CASE(has_a_movement_recorded_that_has_arrived) {
  auto arrived = facts();
  arrived.intended = true;
  const auto repair = plan(arrived, shows(7));
  BOOST_TEST(repair.products.size() == 1U);
  BOOST_TEST(says(repair, "not recorded as applied"));
}

BOOST_AUTO_TEST_CASE(says_what_to_do_about_a_product_that_has_gone) {
  auto left = facts();
  left.owed = 2;
  CatalogSight gone;
  gone.answered = true;
  const auto repair = plan(left, gone);
  BOOST_TEST(!repair.does_anything());
  BOOST_TEST(says(repair, "make the product in the catalog again"));
  BOOST_TEST(!says(repair, "repairs"));
  BOOST_TEST(plan(facts(), gone).steps.empty());  // nothing is left to do about it
}

BOOST_AUTO_TEST_CASE(says_what_it_cannot_repair) {
  auto broken = facts();
  broken.quantity = 6;
  const auto journal = plan(broken, shows(6));
  BOOST_TEST(!journal.does_anything());
  BOOST_TEST(says(journal, "contradict each other"));
  BOOST_TEST(says(journal, "backup"));

  Finding order;
  order.order = OrderId{10'000'000'001};
  const auto empty = plan(FindingKind::order_without_items, order, 3);
  BOOST_TEST(!empty.does_anything());
  BOOST_TEST(empty.steps.size() == 2U);
  BOOST_TEST(says(empty, "order 10000000001: has no items"));
  BOOST_TEST(says(empty, "2 more orders"));
  BOOST_TEST(says(empty, "delete it, or give it the lines it had"));

  order.product = ProductId{7};
  const auto differs = plan(FindingKind::order_differs, order);
  BOOST_TEST(!differs.does_anything());
  BOOST_TEST(says(differs, "order 10000000001, product 7"));
  BOOST_TEST(to_json(differs).find(R"("possible":false)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(cannot_tell_about_a_product_that_the_catalog_does_not_answer_for) {
  const auto unseen = plan(facts(), CatalogSight{});
  BOOST_TEST(!unseen.does_anything());
  BOOST_TEST(says(unseen, "repair again when it does"));
}

BOOST_AUTO_TEST_CASE(has_carts_closed) {
  Finding cart;
  cart.other = 5;
  const auto repair = plan(FindingKind::cart_open, cart, 4);
  BOOST_TEST(repair.does_anything());
  BOOST_TEST(repair.products.empty());
  BOOST_TEST(says(repair, "4 of committed orders are not marked as ordered"));
}

BOOST_AUTO_TEST_CASE(leaves_alone_what_is_no_fault) {
  BOOST_TEST(plan(FindingKind::movement_in_doubt, Finding{}).steps.empty());
  BOOST_TEST(plan(FindingKind::cart_open, Finding{}, 0).steps.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::command
