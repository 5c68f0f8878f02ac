// What is removed from the journal, and that the audit stays exact, on a real server.
#include <chrono>
#include <string>
#include <thread>

#include "persistence/audit_book.hpp"
#include "persistence/order_store.hpp"
#include "persistence/stock_journal.hpp"
#include "tests/persistence/prepared_database.hpp"

namespace orders::persistence {

namespace {

using std::chrono::milliseconds;
using test::commit_of;
using test::cycle;
using test::new_order;
using test::new_product;
using test::record_one;
using test::value_of;

struct PruneFixture {
  std::optional<Ledger> read() { return value_of(journal.read({product})).at(0); }
  /// An order of so many units, sold or given back; its PUT is answered.
  void order(std::int32_t units, bool sold) {
    const auto id = new_order();
    const auto row = read();
    const auto shown = row ? row->quantity : 100;
    (void)record_one(journal, cycle(product, row, shown, {{{id, 0}, units}}));
    if (sold) {
      value_of(store.commit({commit_of(id, {{product, units}})}));
    } else {
      (void)record_one(journal, cycle(product, read(), shown - units, {}, {{id, 0}}));
    }
    value_of(journal.mark_applied({*read()}));
  }
  void foreign(std::int32_t shown) { (void)record_one(journal, cycle(product, read(), shown)); }

  std::int64_t prune(Prunable what, milliseconds keep = milliseconds(0)) {
    PruneQuery query;
    query.what = what;
    query.keep = keep;
    std::int64_t removed = 0;
    for (bool more = true; more;) {
      const auto step = value_of(journal.prune(query));
      removed += step.removed;
      query.after = step.last;
      more = step.more;
    }
    return removed;
  }
  [[nodiscard]] std::string movements() const {
    return database.ask("SELECT string_agg(seq::text, ' ' ORDER BY seq) FROM stock_movements");
  }
  /// Every figure of the audit that must not change.
  std::string audited() {
    PostgresAuditBook book(database.settings());
    const auto audit = judge(value_of(book.products({product})).at(0), {}, std::chrono::hours(1));
    const auto& facts = audit.facts;
    std::string text;
    for (const auto number : {audit.unaccounted, facts.broken_links, facts.opening, facts.foreign, facts.sold,
                              facts.held, facts.owed, facts.quantity}) {
      text += std::to_string(number) + " ";
    }
    return text;
  }

  test::PreparedDatabase database;
  PostgresStockJournal journal{database.settings(), 1, std::chrono::hours(24)};
  PostgresOrderStore store{database.settings()};
  const ProductId product = new_product();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(prune, PruneFixture)

BOOST_AUTO_TEST_CASE(r16_all_settled_movements_but_the_last_go_and_the_audit_stays_exact) {
  order(3, true);
  order(2, false);
  foreign(90);
  order(1, true);
  foreign(50);
  order(4, true);
  const auto before = audited();
  BOOST_TEST(before.substr(0, 8) == "0 0 100 ");
  BOOST_TEST(prune(Prunable::movements) > 0);
  BOOST_TEST(movements() == "7");
  BOOST_TEST(audited() == before);
  // And again, after more has happened.
  order(5, true);
  foreign(60);
  order(1, true);
  const auto later = audited();
  BOOST_TEST(later.substr(0, 8) == "0 0 100 ");
  (void)prune(Prunable::movements);
  BOOST_TEST(movements() == "10");
  BOOST_TEST(audited() == later);
}

BOOST_AUTO_TEST_CASE(r16_what_is_young_unsettled_or_in_doubt_stays_and_all_that_follows_it) {
  for (int i = 0; i < 5; ++i) order(1, true);
  BOOST_TEST(prune(Prunable::movements, std::chrono::hours(1)) == 0);
  (void)database.ask("UPDATE stock_movements SET doubt_until = now() WHERE seq = 3");
  BOOST_TEST(prune(Prunable::movements) == 2);
  BOOST_TEST(movements() == "3 4 5");
  (void)database.ask("UPDATE stock_movements SET doubt_until = NULL, state = 'intended' WHERE seq = 3");
  BOOST_TEST(prune(Prunable::movements) == 0);
  (void)database.ask("UPDATE stock_movements SET state = 'applied' WHERE seq = 3");
  BOOST_TEST(prune(Prunable::movements) == 2);
}

BOOST_AUTO_TEST_CASE(r16_a_broken_chain_is_kept_for_the_audit_to_tell) {
  for (int i = 0; i < 5; ++i) order(1, true);
  (void)database.ask("UPDATE stock_movements SET before = before + 1 WHERE seq = 3");
  const auto before = audited();
  BOOST_TEST(prune(Prunable::movements) == 2);
  BOOST_TEST(movements() == "3 4 5");
  BOOST_TEST(audited() == before);
  (void)database.ask("UPDATE stock_movements SET before = before - 1 WHERE seq = 3");
  (void)database.ask("DELETE FROM stock_movements WHERE seq = 4");
  BOOST_TEST(prune(Prunable::movements) == 1);
  BOOST_TEST(movements() == "5");
  BOOST_TEST(audited().substr(0, 4) == "0 1 ");
}

BOOST_AUTO_TEST_CASE(r16_a_long_chain_goes_in_steps) {
  order(1, true);
  (void)database.ask(
      "WITH chain AS (INSERT INTO stock_movements (product_id, seq, before, after, state, kind) "
      "SELECT product_id, 1 + n, 99, 99, 'applied', 'order' FROM product_stock, generate_series(1, 500) AS s "
      "(n)) "
      "UPDATE product_stock SET seq = 501");
  BOOST_TEST(prune(Prunable::movements) == 500);
  BOOST_TEST(movements() == "501");
  BOOST_TEST(audited().substr(0, 8) == "0 0 100 ");
}

BOOST_AUTO_TEST_CASE(r16_reservations_that_were_given_back_go_and_no_others) {
  order(3, true);
  order(2, false);
  (void)record_one(journal, cycle(product, read(), 97, {{{new_order(), 0}, 4}}));
  const auto states = "SELECT string_agg(quantity || state, ' ' ORDER BY order_id) FROM reservations";
  BOOST_TEST(database.ask(states) == "3sold 2released 4held");
  BOOST_TEST(prune(Prunable::reservations, std::chrono::hours(1)) == 0);
  BOOST_TEST(prune(Prunable::reservations) == 1);
  BOOST_TEST(database.ask(states) == "3sold 4held");
}

BOOST_AUTO_TEST_CASE(r16_a_ledger_that_is_being_worked_on_is_passed_over) {
  for (int i = 0; i < 3; ++i) order(1, true);
  // A session that holds the row for a moment, in the background.
  std::thread other([this] {
    (void)database.ask("BEGIN; SELECT * FROM product_stock FOR UPDATE; SELECT pg_sleep(1.5); COMMIT");
  });
  std::this_thread::sleep_for(milliseconds(500));
  PruneQuery query;
  query.keep = milliseconds(0);
  BOOST_TEST(value_of(journal.prune(query)).removed == 0);
  other.join();
  BOOST_TEST(prune(Prunable::movements) == 2);
}

BOOST_AUTO_TEST_CASE(r16_what_an_unsettled_ledger_goes_back_to_stays) {
  order(1, true);
  order(1, true);
  // Two PUTs with If-Match that were not answered: no doubt keeps their movements.
  for (int n = 0; n < 2; ++n) {
    auto request = cycle(product, read(), 98, {{{new_order(), 0}, 1}});
    request.conditional = true;
    request.answered = n == 0;
    (void)record_one(journal, request);
  }
  BOOST_TEST(prune(Prunable::movements) == 2);
  BOOST_TEST(movements() == "3 4");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
