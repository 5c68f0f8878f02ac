// What T_intent decides and writes, on a real server.
#include "persistence/stock_journal.hpp"

#include <chrono>
#include <string>

#include "persistence/order_store.hpp"
#include "tests/persistence/journal_fixture.hpp"

namespace orders::persistence {

namespace {

using test::code_of;
using test::commit_of;
using test::cycle;
using test::hold_all;
using test::new_order;
using test::new_product;
using test::record_one;
using test::value_of;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(stock_journal, JournalFixture)

BOOST_AUTO_TEST_CASE(grants_a_hold_of_a_product_nobody_has_touched) {
  BOOST_TEST(!read(product).has_value());
  const auto result = record_one(journal, cycle(product, {}, 10, {{{order, 0}, 3}}));
  BOOST_TEST(!result.stale);
  BOOST_TEST(result.moved);
  BOOST_TEST(result.put);
  BOOST_TEST(result.holds.at(0) == HoldVerdict::granted);
  BOOST_TEST(result.ledger.seq == 1);
  BOOST_TEST(result.ledger.quantity == 7);
  BOOST_TEST(result.ledger.intended);
  BOOST_TEST(result.ledger.name == "Moby Dick");
  BOOST_TEST(result.ledger.price == 12);
  BOOST_TEST(ledger(product) == "1|7|intended");
  BOOST_TEST(movements(product) == "1|10|7|intended|order|");
  BOOST_TEST(reservations(product) == "3held");
  BOOST_TEST(database().ask("SELECT owner_epoch, seq FROM reservations WHERE order_id = " +
                            std::to_string(order.value)) == "42|1");
  const auto row = read(product);
  BOOST_REQUIRE(row.has_value());
  BOOST_TEST(row->seq == 1);
  BOOST_TEST(row->intended);
  BOOST_TEST(row->name == "Moby Dick");
}

BOOST_AUTO_TEST_CASE(reads_many_ledgers_in_the_order_asked) {
  const auto other = new_product();
  hold_all(journal, order, {{product, 1}, {other, 2}}, 10);
  const auto rows = value_of(journal.read({other, new_product(), product}));
  BOOST_REQUIRE_EQUAL(rows.size(), 3U);
  BOOST_TEST(rows[0]->product.value == other.value);
  BOOST_TEST(!rows[1].has_value());
  BOOST_TEST(rows[2]->quantity == 9);
  BOOST_TEST(value_of(journal.read({})).empty());
}

BOOST_AUTO_TEST_CASE(refuses_what_is_short_for_good_and_writes_no_movement) {
  const auto result = record_one(journal, cycle(product, {}, 2, {{{order, 0}, 3}}));
  BOOST_TEST(result.holds.at(0) == HoldVerdict::refused);
  BOOST_TEST(!result.moved);
  BOOST_TEST(!result.put);
  BOOST_TEST(result.ledger.quantity == 2);
  BOOST_TEST(movements(product).empty());
  // The row it was decided on stands, so that the next cycle can go on from it.
  const auto again = record_one(journal, cycle(product, result.ledger, 2, {{{order, 0}, 2}}));
  BOOST_TEST(!again.stale);
  BOOST_TEST(again.holds.at(0) == HoldVerdict::granted);
}

BOOST_AUTO_TEST_CASE(says_conflict_while_others_are_undecided_and_refuses_once_they_are_sold) {
  hold_all(journal, order, {{product, 4}}, 5);
  const auto second = new_order();
  const Hold wanted{{second, 0}, 2};
  auto result = record_one(journal, cycle(product, read(product), 1, {wanted, {{second, 1}, 6}}));
  BOOST_TEST(result.holds.at(0) == HoldVerdict::conflict);
  BOOST_TEST(result.holds.at(1) == HoldVerdict::refused);  // 6 of 5
  BOOST_TEST(value_of(store.commit({commit_of(order, {{product, 4}})})).at(0).verdict ==
             CommitVerdict::committed);
  result = record_one(journal, cycle(product, read(product), 1, {wanted}));
  BOOST_TEST(result.holds.at(0) == HoldVerdict::refused);
}

BOOST_AUTO_TEST_CASE(does_not_count_an_orders_own_holds_as_undecided) {
  hold_all(journal, order, {{product, 4}}, 5);
  const auto result = record_one(journal, cycle(product, read(product), 1, {{{order, 1}, 3}}));
  BOOST_TEST(result.holds.at(0) == HoldVerdict::refused);  // only its own first try has the rest
}

BOOST_AUTO_TEST_CASE(takes_a_hundred_holds_as_one_movement_first_come_first_served) {
  std::vector<Hold> holds;
  holds.reserve(100);
  for (int n = 0; n < 100; ++n) holds.push_back({{new_order(), 0}, 1});
  const auto result = record_one(journal, cycle(product, {}, 60, holds));
  for (std::size_t n = 0; n < holds.size(); ++n) {
    BOOST_TEST(result.holds.at(n) == (n < 60 ? HoldVerdict::granted : HoldVerdict::conflict));
  }
  BOOST_TEST(movements(product) == "1|60|0|intended|order|");
  BOOST_TEST(database().ask("SELECT count(*) FROM reservations WHERE product_id = " +
                            std::to_string(product.value)) == "60");
}

BOOST_AUTO_TEST_CASE(runs_many_products_in_one_transaction_and_answers_in_the_order_asked) {
  const auto second = new_product();
  const auto third = new_product();
  hold_all(journal, order, {{second, 1}}, 10);
  const auto results = value_of(journal.record({cycle(third, {}, 1, {{{order, 0}, 2}}),             // short
                                                cycle(second, read(second), 9, {{{order, 1}, 4}}),  // known
                                                cycle(product, {}, 8, {{{order, 0}, 8}})}));        // new
  BOOST_REQUIRE_EQUAL(results.size(), 3U);
  BOOST_TEST(results[0].holds.at(0) == HoldVerdict::refused);
  BOOST_TEST(results[1].ledger.quantity == 5);
  BOOST_TEST(results[2].ledger.quantity == 0);
  BOOST_TEST(movements(third).empty());
  BOOST_TEST(database().ask(
                 "SELECT count(DISTINCT xmin::text) FROM stock_movements WHERE (product_id, seq) IN ((" +
                 std::to_string(second.value) + ", 2), (" + std::to_string(product.value) + ", 1))") == "1");
}

BOOST_AUTO_TEST_CASE(decides_nothing_on_a_ledger_that_has_moved) {
  hold_all(journal, order, {{product, 1}}, 10);
  const auto old = read(product);
  hold_all(journal, new_order(), {{product, 1}}, 10);
  const HoldKey key{new_order(), 0};
  auto result = record_one(journal, cycle(product, old, 9, {{key, 1}}, {{order, 0}}));
  BOOST_TEST(result.stale);
  BOOST_TEST(result.holds.at(0) == HoldVerdict::undecided);
  BOOST_TEST(result.ledger.seq == 2);
  BOOST_TEST(result.ledger.quantity == 8);
  BOOST_TEST(record_one(journal, cycle(product, {}, 9, {{key, 1}})).stale);  // "no row" is as old
  BOOST_TEST(reservations(product) == "1held 1held");
  BOOST_TEST(ledger(product) == "2|8|intended");
}

// C6: the same seq is not enough.
BOOST_AUTO_TEST_CASE(decides_nothing_on_a_ledger_that_was_marked_meanwhile) {
  hold_all(journal, order, {{product, 1}}, 10);
  const auto old = read(product);
  value_of(journal.mark_applied({*old}));
  BOOST_TEST(record_one(journal, cycle(product, old, 9, {{{new_order(), 0}, 1}})).stale);
}

BOOST_AUTO_TEST_CASE(rebases_on_an_edit_of_somebody_else) {
  hold_all(journal, order, {{product, 1}}, 10);
  const auto result = record_one(journal, cycle(product, read(product), 50, {{{new_order(), 0}, 2}}));
  BOOST_TEST(result.foreign);
  BOOST_TEST(!result.repaired);
  BOOST_TEST(result.ledger.quantity == 48);
  BOOST_TEST(movements(product) == "1|10|9|applied|order|\n2|50|48|intended|foreign|");
}

BOOST_AUTO_TEST_CASE(gives_an_unsettled_movement_a_doubt_that_stays) {
  hold_all(journal, order, {{product, 1}}, 10);
  auto request = cycle(product, read(product), 10, {{{new_order(), 0}, 2}});  // the PUT of 9 has not shown up
  request.answered = false;
  request.seen.name = "written by a late PUT";
  auto result = record_one(journal, request);
  BOOST_TEST(result.ledger.quantity == 7);
  BOOST_TEST(result.put);
  BOOST_TEST(!result.foreign);
  BOOST_TEST(result.ledger.name == "Moby Dick");
  BOOST_TEST(movements(product) == "1|10|9|applied|order|t\n2|9|7|intended|settle|");
  value_of(journal.mark_applied({result.ledger}));
  hold_all(journal, new_order(), {{product, 1}});
  BOOST_TEST(movements(product) == "1|10|9|applied|order|t\n2|9|7|applied|settle|\n3|7|6|intended|order|");
}

BOOST_AUTO_TEST_CASE(repairs_a_late_write_of_its_own) {
  hold_all(journal, order, {{product, 1}}, 10);
  auto request = cycle(product, read(product), 10, {{{new_order(), 0}, 2}});
  request.answered = false;
  record_one(journal, request);                // 9 may land late; 7 is answered
  request = cycle(product, read(product), 9);  // and there it is
  request.seen.name = "old name";
  const auto result = record_one(journal, request);
  BOOST_TEST(result.repaired);
  BOOST_TEST(!result.foreign);
  BOOST_TEST(result.put);
  BOOST_TEST(result.ledger.quantity == 7);
  BOOST_TEST(result.ledger.name == "Moby Dick");
  BOOST_TEST(
      database().ask("SELECT before, after, kind FROM stock_movements WHERE seq = 3 AND product_id = " +
                     std::to_string(product.value)) == "7|7|repair");
}

BOOST_AUTO_TEST_CASE(takes_a_value_for_foreign_once_its_doubt_is_over) {
  PostgresStockJournal brief(database().settings(), journal_epoch, std::chrono::milliseconds(0));
  hold_all(brief, order, {{product, 1}}, 10);
  auto request = cycle(product, read(product), 10);
  request.answered = false;
  record_one(brief, request);
  const auto result = record_one(brief, cycle(product, read(product), 10));
  BOOST_TEST(result.foreign);
  BOOST_TEST(result.ledger.quantity == 10);
}

BOOST_AUTO_TEST_CASE(needs_no_put_when_the_catalog_shows_it_already) {
  hold_all(journal, order, {{product, 2}}, 10);
  const auto result =
      record_one(journal, cycle(product, read(product), 8, {{{new_order(), 0}, 2}}, {{order, 0}}));
  BOOST_TEST(result.moved);
  BOOST_TEST(!result.put);
  BOOST_TEST(!result.ledger.intended);
  BOOST_TEST(ledger(product) == "2|8|applied");
  BOOST_TEST(reservations(product) == "2released 2held");
}

BOOST_AUTO_TEST_CASE(counts_a_release_once) {
  hold_all(journal, order, {{product, 4}}, 10);
  const std::vector<HoldKey> releases{{order, 0}, {order, 0}, {order, 7}, {new_order(), 0}};
  auto result = record_one(journal, cycle(product, read(product), 6, {}, releases));
  BOOST_TEST(result.ledger.quantity == 10);
  BOOST_TEST(reservations(product) == "4released");
  result = record_one(journal, cycle(product, read(product), 10, {}, releases));
  BOOST_TEST(!result.moved);
  BOOST_TEST(ledger(product) == "2|10|intended");
}

BOOST_AUTO_TEST_CASE(releases_what_is_owed_and_passes_over_what_is_sold) {
  const auto kept = new_order();
  hold_all(journal, order, {{product, 4}}, 10);
  hold_all(journal, kept, {{product, 3}}, 10);
  for (const auto& outcome :
       value_of(store.commit({commit_of(order, {{product, 4}}), commit_of(kept, {{product, 3}})}))) {
    BOOST_TEST(outcome.verdict == CommitVerdict::committed);
  }
  value_of(store.change_status({{order, "Cancelled"}}, StatusRules{}));
  const auto result = record_one(journal, cycle(product, read(product), 3, {}, {{order, 0}, {kept, 0}}));
  BOOST_TEST(result.ledger.quantity == 7);
  BOOST_TEST(reservations(product) == "4released 3sold");
}

BOOST_AUTO_TEST_CASE(never_takes_the_units_of_one_hold_twice) {
  hold_all(journal, order, {{product, 4}}, 10);
  const auto result =
      record_one(journal, cycle(product, read(product), 6, {{{order, 0}, 4}, {{new_order(), 0}, 1}}));
  BOOST_TEST(result.holds.at(0) == HoldVerdict::granted);
  BOOST_TEST(result.ledger.quantity == 5);
}

BOOST_AUTO_TEST_CASE(reserves_anew_what_somebody_released_for_it) {
  hold_all(journal, order, {{product, 4}}, 10);
  record_one(journal, cycle(product, read(product), 6, {}, {{order, 0}}));
  const auto result = record_one(journal, cycle(product, read(product), 10, {{{order, 0}, 4}}));
  BOOST_TEST(result.holds.at(0) == HoldVerdict::granted);
  BOOST_TEST(result.ledger.quantity == 6);
  BOOST_TEST(reservations(product) == "4held");
}

BOOST_AUTO_TEST_CASE(marks_only_the_movement_that_the_ledger_is_at) {
  hold_all(journal, order, {{product, 1}}, 10);
  const auto first = *read(product);
  hold_all(journal, new_order(), {{product, 1}}, 10);
  value_of(journal.mark_applied({first}));
  BOOST_TEST(ledger(product) == "2|8|intended");
  value_of(journal.mark_applied({*read(product), {new_product(), 1, 1, true, "", 0}}));
  BOOST_TEST(ledger(product) == "2|8|applied");
  BOOST_TEST(movements(product) == "1|10|9|applied|order|\n2|9|8|applied|order|");
  value_of(journal.mark_applied({}));
}

BOOST_AUTO_TEST_CASE(does_not_mark_a_movement_in_doubt) {
  hold_all(journal, order, {{product, 1}}, 10);
  (void)database().ask(
      "UPDATE stock_movements SET doubt_until = now() + interval '1 day' WHERE product_id = " +
      std::to_string(product.value));
  value_of(journal.mark_applied({*read(product)}));
  BOOST_TEST(ledger(product) == "1|9|intended");
}

BOOST_AUTO_TEST_CASE(keeps_any_name_a_product_may_have) {
  auto request = cycle(product, {}, 10, {{{order, 0}, 1}});
  request.seen.name = std::string("it's \"{a,b}\" \\ NULL \xE2\x82\xAC\0!", 25);
  request.seen.price = 9'007'199'254'740'993;
  const auto result = record_one(journal, request);
  BOOST_TEST(result.ledger.name == request.seen.name);
  BOOST_TEST(read(product)->name == "it's \"{a,b}\" \\ NULL \xE2\x82\xAC!");  // no NUL in PostgreSQL
  BOOST_TEST(read(product)->price == request.seen.price);
}

BOOST_AUTO_TEST_CASE(refuses_a_product_twice_in_a_batch) {
  const auto request = cycle(product, {}, 10, {{{order, 0}, 1}});
  BOOST_TEST(code_of(journal.record({request, request})) == ErrorCode::internal);
  BOOST_TEST(value_of(journal.record({})).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
