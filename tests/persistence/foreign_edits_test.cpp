// What T_intent makes of somebody else's edits while movements are not settled (R5), and of PUTs with
// If-Match, on a real server.
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/persistence/journal_fixture.hpp"

namespace orders::persistence {

namespace {

using test::commit_of;
using test::cycle;
using test::new_order;
using test::record_one;
using test::value_of;

/// A cycle of a ledger whose PUT was not answered.
CycleRequest unanswered(ProductId product, std::optional<Ledger> read, std::int32_t shown,
                        std::vector<Hold> holds = {}) {
  auto request = cycle(product, std::move(read), shown, std::move(holds));
  request.answered = false;
  return request;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(foreign_edits, JournalFixture)

BOOST_AUTO_TEST_CASE(r5_takes_what_an_unsettled_stretch_wrote_for_its_own) {
  // 10, then 7 and 6, none of which was answered: the catalog may show any of them.
  auto first = record_one(journal, cycle(product, {}, 10, {{{order, 0}, 3}}));
  auto request = unanswered(product, first.ledger, 10, {{{new_order(), 0}, 1}});
  auto row = record_one(journal, request).ledger;
  for (const auto shown : {7, 10, 7, 6}) {
    request = unanswered(product, row, shown);
    const auto settled = record_one(journal, request);
    BOOST_TEST(!settled.foreign, shown);
    BOOST_TEST(settled.ledger.quantity == 6);
    row = settled.ledger;
  }
}

BOOST_AUTO_TEST_CASE(r5_follows_somebody_elses_edit_of_an_unsettled_stretch) {
  const auto first = record_one(journal, cycle(product, {}, 10, {{{order, 0}, 3}}));
  auto request = unanswered(product, first.ledger, 5);
  const auto second = record_one(journal, request);
  BOOST_TEST(second.foreign);
  BOOST_TEST(second.put);
  BOOST_TEST(second.unsettled);
  BOOST_TEST(second.voided.empty());
  BOOST_TEST(ledger(product) == "2|2|intended");
  BOOST_TEST(movements(product) == "1|10|7|applied|order|t\n2|2|2|intended|foreign|");
  BOOST_TEST(reservations(product) == "3held");
  // That is where it goes on from: 5 is no surprise any more, 10 would be one.
  request = unanswered(product, second.ledger, 5);
  const auto third = record_one(journal, request);
  BOOST_TEST(!third.foreign);
  BOOST_TEST(third.ledger.quantity == 2);
  request = unanswered(product, third.ledger, 10);
  BOOST_TEST(record_one(journal, request).foreign);
  BOOST_TEST(ledger(product) == "4|7|intended");
}

BOOST_AUTO_TEST_CASE(r5_a_late_write_stays_ours_while_its_repair_is_not_answered) {
  const auto first = record_one(journal, cycle(product, {}, 10, {{{order, 0}, 3}}));
  auto request = unanswered(product, first.ledger, 10, {{{new_order(), 0}, 2}});
  const auto second = record_one(journal, request);
  value_of(journal.mark_applied({second.ledger}));
  (void)database().ask(
      "UPDATE stock_movements SET doubt_until = now() - interval '1 hour' WHERE doubt_until IS NOT NULL");
  (void)database().ask("UPDATE product_stock SET next_audit = now()");
  // The look that ends the doubt finds what had landed in time.
  auto look = cycle(product, read(product), 7);
  look.asked_at = std::chrono::steady_clock::now();
  const auto repair = record_one(journal, look);
  BOOST_TEST(repair.repaired);
  BOOST_TEST(movements(product) == "1|10|7|applied|order|\n2|7|5|applied|settle|\n3|5|5|intended|repair|");
  request = unanswered(product, repair.ledger, 7);
  const auto again = record_one(journal, request);
  BOOST_TEST(!again.foreign);
  BOOST_TEST(again.ledger.quantity == 5);
}

BOOST_AUTO_TEST_CASE(r5_what_others_left_below_nothing_stays_so) {
  const auto first = record_one(journal, cycle(product, {}, 2, {{{order, 0}, 1}}));
  auto request = unanswered(product, first.ledger, -2);
  const auto result = record_one(journal, request);
  BOOST_TEST(result.voided.size() == 1U);
  BOOST_TEST(!result.put);
  BOOST_TEST(ledger(product) == "2|-2|applied");
}

BOOST_AUTO_TEST_CASE(a_ledger_that_is_unsettled_for_long_is_decided_as_quickly) {
  const auto first = record_one(journal, cycle(product, {}, 10, {{{order, 0}, 3}}));
  const auto id = std::to_string(product.value);
  (void)database().ask("INSERT INTO stock_movements (product_id, seq, before, after, state, kind) SELECT " +
                       id + ", n, 7, 7, 'applied', 'settle' FROM generate_series(2, 20000) AS n");
  (void)database().ask("UPDATE product_stock SET seq = 20000 WHERE product_id = " + id);
  auto request = unanswered(product, read(product), 10);
  // Within the statement's time limit, which is what matters: it would be asked again and again.
  const auto result = record_one(journal, request);
  BOOST_TEST(!result.foreign);
  BOOST_TEST(result.ledger.seq == 20'001);
}

BOOST_AUTO_TEST_CASE(r5_gives_up_the_youngest_holds_for_which_others_left_nothing) {
  const auto second = new_order();
  const auto third = new_order();
  const auto sold = new_order();
  const auto before = record_one(journal, cycle(product, {}, 10, {{{sold, 0}, 1}}));
  BOOST_REQUIRE(value_of(store.commit({commit_of(sold, {{product, 1}})})).at(0).verdict ==
                CommitVerdict::committed);
  const auto first = record_one(
      journal, cycle(product, before.ledger, 9, {{{order, 0}, 3}, {{second, 0}, 2}, {{third, 0}, 1}}));
  auto request = unanswered(product, first.ledger, 4);
  const auto result = record_one(journal, request);
  BOOST_REQUIRE_EQUAL(result.voided.size(), 2U);
  BOOST_TEST((result.voided[0] == HoldKey{second, 0}));
  BOOST_TEST((result.voided[1] == HoldKey{third, 0}));
  BOOST_TEST(ledger(product) == "3|1|intended");
  BOOST_TEST(database().ask("SELECT string_agg(state, ' ' ORDER BY order_id) FROM reservations WHERE "
                            "product_id = " +
                            std::to_string(product.value)) == "held released released sold");
  // A hold that was given up may be asked for again.
  const auto again = record_one(journal, cycle(product, result.ledger, 1, {{{third, 0}, 1}}));
  BOOST_TEST(again.holds.at(0) == HoldVerdict::granted);
}

BOOST_AUTO_TEST_CASE(a_refused_put_goes_on_top_and_leaves_no_doubt) {
  auto request = cycle(product, {}, 10, {{{order, 0}, 3}});
  request.conditional = true;
  const auto first = record_one(journal, request);
  BOOST_TEST(!first.unsettled);
  request = unanswered(product, first.ledger, 7);  // somebody else took three
  request.void_put = true;
  request.conditional = true;
  const auto second = record_one(journal, request);
  BOOST_TEST(second.foreign);
  BOOST_TEST(!second.unsettled);
  BOOST_TEST(second.put);
  BOOST_TEST(ledger(product) == "2|4|intended");
  BOOST_TEST(movements(product) == "1|10|7|applied|order|\n2|4|4|intended|foreign|");
}

BOOST_AUTO_TEST_CASE(r5_between_two_puts_with_if_match_there_is_no_doubt) {
  auto request = cycle(product, {}, 10, {{{order, 0}, 3}});
  request.conditional = true;
  auto row = record_one(journal, request).ledger;
  request = unanswered(product, row, 7);
  request.conditional = true;
  const auto second = record_one(journal, request);
  BOOST_TEST(second.put);  // although the catalog shows it already
  BOOST_TEST(movements(product) == "1|10|7|applied|order|\n2|7|7|intended|settle|");
  BOOST_TEST(database().ask("SELECT next_audit IS NULL FROM product_stock WHERE product_id = " +
                            std::to_string(product.value)) == "t");
  // Without a version there is one, as ever; but the PUT must be sent, for the sake of those before.
  request = unanswered(product, second.ledger, 7);
  const auto third = record_one(journal, request);
  BOOST_TEST(third.put);
  BOOST_TEST(movements(product) == "1|10|7|applied|order|\n2|7|7|applied|settle|t\n3|7|7|intended|settle|");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
