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
  const auto d = decide_cycle(row(5), seeing(5, {3, 4, 2, 1}), {});
  BOOST_TEST((d.granted == std::vector<bool>{true, false, true, false}));
  BOOST_TEST(d.after == 0);
  BOOST_TEST(d.before == 5);
  BOOST_TEST(d.changed);
  BOOST_TEST(!d.applied);
}

BOOST_AUTO_TEST_CASE(writes_nothing_when_nothing_changes) {
  const auto d = decide_cycle(row(1), seeing(1, {2}), {});
  BOOST_TEST(!d.changed);
  BOOST_TEST(d.applied);
  BOOST_TEST(d.granted.front() == false);
}

BOOST_AUTO_TEST_CASE(r1_decides_on_the_ledger_while_a_put_is_unanswered) {
  // The ledger says 0, its PUT was lost, the catalog still shows 2: nothing may be granted.
  const auto d = decide_cycle(row(0, true), seeing(2, {1}, false), {});
  BOOST_TEST(d.granted.front() == false);
  BOOST_TEST(d.unsettled);
  BOOST_TEST(d.changed);
  BOOST_TEST(!d.applied);
  BOOST_TEST(d.after == 0);
  BOOST_TEST((d.kind == MovementKind::settle));
}

BOOST_AUTO_TEST_CASE(r4_an_unanswered_put_that_was_applied_needs_a_movement_but_no_put) {
  const auto d = decide_cycle(row(1, true), seeing(1, {}, false), {});
  BOOST_TEST(d.changed);
  BOOST_TEST(d.unsettled);
  BOOST_TEST(d.applied);
}

BOOST_AUTO_TEST_CASE(an_intended_movement_whose_put_was_answered_is_settled) {
  const auto d = decide_cycle(row(1, true), seeing(1, {}, true), {});
  BOOST_TEST(!d.changed);
  BOOST_TEST(!d.unsettled);
}

BOOST_AUTO_TEST_CASE(r5_repairs_a_late_write_of_our_own_and_follows_anybody_elses) {
  const auto ours = decide_cycle(row(0), seeing(1, {1}), {{1}, 0, {}});
  BOOST_TEST((ours.kind == MovementKind::repair));
  BOOST_TEST(ours.granted.front() == false);
  BOOST_TEST(ours.after == 0);
  BOOST_TEST(!ours.applied);
  const auto theirs = decide_cycle(row(0), seeing(5, {1}), {{1}, 0, {}});
  BOOST_TEST((theirs.kind == MovementKind::foreign));
  BOOST_TEST(theirs.before == 5);
  BOOST_TEST(theirs.after == 4);
  BOOST_TEST(theirs.granted.front() == true);
}

BOOST_AUTO_TEST_CASE(released_units_can_be_granted_in_the_same_cycle) {
  const auto d = decide_cycle(row(0), seeing(0, {2}), {{}, 2, {}});
  BOOST_TEST(d.granted.front() == true);
  BOOST_TEST(d.after == 0);
  BOOST_TEST(d.applied);  // net zero: the catalog shows it already
  BOOST_TEST(d.changed);
}

BOOST_AUTO_TEST_CASE(r17_never_goes_beyond_what_the_catalog_can_count) {
  const auto d = decide_cycle(row(2147483647), seeing(2147483647), {{}, 5, {}});
  BOOST_TEST(d.after == 2147483647);
}

BOOST_AUTO_TEST_CASE(a_negative_stock_grants_nothing) {
  const auto d = decide_cycle(row(-4), seeing(-4, {1}), {});
  BOOST_TEST(d.granted.front() == false);
}

BOOST_AUTO_TEST_CASE(r17_no_more_comes_back_than_the_catalog_can_count) {
  BOOST_TEST(room_for_releases(row(5), seeing(7), {}) == 2'147'483'640);
  BOOST_TEST(room_for_releases(row(7), seeing(5), {}) == 2'147'483'640);
  BOOST_TEST(room_for_releases(row(2'147'483'647), seeing(5), {}) == 0);
}

BOOST_AUTO_TEST_CASE(r17_a_product_that_has_gone_takes_everything_with_it) {
  auto request = seeing(0, {1});
  request.gone = true;
  const auto d = decide_cycle(row(5, true), request, {{}, 3, {}});
  BOOST_TEST(d.changed);
  BOOST_TEST(d.applied);
  BOOST_TEST(d.before == -3);
  BOOST_TEST(d.after == 0);
  BOOST_TEST((d.kind == MovementKind::gone));
  BOOST_TEST(d.granted.front() == false);
  BOOST_TEST(!decide_cycle(row(0), request, {}).changed);
}

// ---- others write while a movement is not settled ----
// A stretch that began at 10 in the catalog, was to bring it to 8 and then to 7, and reserves 3.

BOOST_AUTO_TEST_CASE(r5_what_an_unsettled_stretch_may_have_written_is_ours) {
  for (const auto shown : {10, 8, 7, 12}) {
    const auto d = decide_cycle(row(7, true), seeing(shown, {}, false), {{12}, 0, Unsettled{10, {8, 7}, 3}});
    BOOST_TEST((d.kind == MovementKind::settle), shown);
    BOOST_TEST(d.after == 7);
    BOOST_TEST(d.unsettled);
    BOOST_TEST(!d.shown.has_value());
  }
}

BOOST_AUTO_TEST_CASE(r5_anything_else_is_followed_and_what_is_undecided_counts_as_not_applied) {
  const auto d = decide_cycle(row(7, true), seeing(5, {1}, false), {{12}, 0, Unsettled{10, {8, 7}, 3}});
  BOOST_TEST((d.kind == MovementKind::foreign));
  BOOST_TEST(d.before == 2);
  BOOST_TEST(d.after == 1);
  BOOST_TEST(d.granted.front() == true);
  BOOST_TEST(d.shown.value() == 5);
  BOOST_TEST(d.unsettled);
  BOOST_TEST(!d.applied);
}

BOOST_AUTO_TEST_CASE(r5_units_that_others_took_are_taken_from_holds_that_are_not_sold) {
  const CycleFacts facts{{}, 0, Unsettled{10, {7}, 3}};
  BOOST_TEST(overdrawn(row(7, true), seeing(1, {}, false), facts) == 2);
  BOOST_TEST(overdrawn(row(7, true), seeing(3, {}, false), facts) == 0);
  BOOST_TEST(overdrawn(row(7, true), seeing(10, {}, false), facts) == 0);  // ours: nothing was taken
  BOOST_TEST(overdrawn(row(7, true), seeing(1, {}, false), {{}, 2, Unsettled{10, {7}, 3}}) == 0);
  const auto d = decide_cycle(row(7, true), seeing(1, {}, false), {{}, 2, Unsettled{10, {7}, 3}});
  BOOST_TEST(d.before == -2);
  BOOST_TEST(d.after == 0);
}

BOOST_AUTO_TEST_CASE(a_refused_put_goes_on_top_of_what_the_catalog_shows_whatever_that_is) {
  for (const auto shown : {10, 7, 4}) {  // its own value, too: somebody else's this time
    auto request = seeing(shown, {}, false);
    request.void_put = true;
    const auto d = decide_cycle(row(7, true), request, {{}, 0, Unsettled{10, {7}, 3}});
    BOOST_TEST(d.after == shown - 3);
    BOOST_TEST((d.kind == MovementKind::foreign));
    BOOST_TEST(d.shown.value() == shown);
    BOOST_TEST(!d.unsettled);  // nothing can land late
  }
  auto given_back = seeing(6, {}, false);
  given_back.void_put = true;
  BOOST_TEST(decide_cycle(row(14, true), given_back, {{}, 0, Unsettled{10, {14}, 0}}).after == 10);
}

BOOST_AUTO_TEST_CASE(a_refused_put_may_have_been_refused_for_the_sake_of_a_late_one_of_ours) {
  auto request = seeing(12, {}, false);
  request.void_put = true;
  const auto d = decide_cycle(row(7, true), request, {{12}, 0, Unsettled{10, {7}, 3}});
  BOOST_TEST((d.kind == MovementKind::settle));
  BOOST_TEST(d.after == 7);
  BOOST_TEST(d.unsettled);
}

BOOST_AUTO_TEST_CASE(with_if_match_an_unanswered_put_is_always_followed_by_another) {
  auto request = seeing(7, {}, false);
  BOOST_TEST(!decide_cycle(row(7, true), request, {{}, 0, Unsettled{10, {7}, 3, true}}).applied);
  BOOST_TEST(decide_cycle(row(7, true), request, {{}, 0, Unsettled{10, {7}, 3, false}}).applied);
  request.void_put = true;  // nothing can be out
  request.seen.quantity = 10;
  BOOST_TEST(decide_cycle(row(7, true), request, {{}, 3, Unsettled{10, {7}, 0, true}}).applied);
}

BOOST_AUTO_TEST_CASE(r5_name_and_price_are_the_catalogs_unless_a_put_of_ours_may_have_written_them) {
  BOOST_TEST(decide_cycle(row(7), seeing(7), {}).follows_texts);
  BOOST_TEST(decide_cycle(row(7), seeing(9), {}).follows_texts);
  BOOST_TEST(!decide_cycle(row(7), seeing(9), {{9}, 0, {}}).follows_texts);
  auto request = seeing(10, {}, false);
  const CycleFacts unsettled{{}, 0, Unsettled{10, {7}, 3}};
  BOOST_TEST(!decide_cycle(row(7, true), request, unsettled).follows_texts);
  request.conditional = true;
  BOOST_TEST(decide_cycle(row(7, true), request, unsettled).follows_texts);
  BOOST_TEST(!decide_cycle(row(7, true), request, {{10}, 0, Unsettled{10, {7}, 3}}).follows_texts);
  BOOST_TEST(decide_cycle(row(7, true), seeing(5, {}, false), unsettled).follows_texts);
  request.gone = true;
  BOOST_TEST(!decide_cycle(row(7, true), request, {}).follows_texts);
}

BOOST_AUTO_TEST_CASE(what_the_database_knows_is_asked_only_where_it_matters) {
  BOOST_TEST(!is_unsettled(row(7, true), seeing(5, {}, true)));
  BOOST_TEST(!is_unsettled(row(7), seeing(5, {}, false)));
  BOOST_TEST(is_unsettled(row(7, true), seeing(7, {}, false)));
  BOOST_TEST(!needs_doubts(row(7), seeing(7)));
  BOOST_TEST(needs_doubts(row(7), seeing(5)));
  auto request = seeing(7, {}, false);
  request.void_put = true;
  BOOST_TEST(needs_doubts(row(7, true), request));
  request.gone = true;
  BOOST_TEST(!is_unsettled(row(7, true), request));
  BOOST_TEST(!needs_doubts(row(7, true), request));
}

BOOST_AUTO_TEST_CASE(only_strong_etags_can_be_versions) {
  BOOST_TEST(is_strong_etag("\"7\""));
  BOOST_TEST(is_strong_etag("\"\""));
  for (const char* const no : {"", "\"", "7", "W/\"7\"", "\"a\"b\"", "\"a b\"", "\"a"})
    BOOST_TEST(!is_strong_etag(no));
}

BOOST_AUTO_TEST_SUITE_END()
