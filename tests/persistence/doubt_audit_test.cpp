// When products in doubt are compared with the catalog, and when doubts end, on a real server.
#include "persistence/doubt_audit.hpp"

#include <chrono>
#include <string>

#include "persistence/stock_journal.hpp"
#include "tests/persistence/prepared_database.hpp"

namespace orders::persistence {

namespace {

using test::cycle;
using test::hold_all;
using test::new_order;
using test::new_product;
using test::record_one;
using test::value_of;

test::PreparedDatabase& database() {
  static test::PreparedDatabase prepared;
  return prepared;
}

struct DoubtFixture {
  [[nodiscard]] std::string ask(const std::string& columns, const std::string& table) const {
    return database().ask("SELECT " + columns + " FROM " + table +
                          " WHERE product_id = " + std::to_string(product.value));
  }
  void set(const std::string& change, const std::string& table) const {
    (void)database().ask("UPDATE " + table + " SET " + change +
                         " WHERE product_id = " + std::to_string(product.value));
  }
  /// One unit was sold of ten; its PUT of 9 may still land, and the catalog shows the ledger's 9.
  void leave_a_doubt() {
    hold_all(journal, new_order(), {{product, 1}}, 10);
    auto settling = cycle(product, read(), 10);
    settling.answered = false;
    (void)record_one(journal, settling);
    value_of(journal.mark_applied({*read()}));
  }
  std::optional<Ledger> read() { return value_of(journal.read({product})).at(0); }
  /// A cycle in which the catalog, asked just now, shows so much.
  CycleResult compare(std::int32_t shown) {
    auto request = cycle(product, read(), shown);
    request.asked_at = std::chrono::steady_clock::now();
    return record_one(journal, request);
  }
  void make_due() const { set("next_audit = now() - interval '1 second'", "product_stock"); }

  static constexpr auto doubt = std::chrono::hours(24);
  const ProductId product = new_product();
  PostgresStockJournal journal{database().settings(), 1, doubt};
};

constexpr const char* seconds_to_go = "round(extract(epoch FROM next_audit - now()))";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(doubt_audit, DoubtFixture)

BOOST_AUTO_TEST_CASE(r5_the_first_comes_a_second_after_the_doubt_began) {
  hold_all(journal, new_order(), {{product, 1}}, 10);
  BOOST_TEST(ask("next_audit IS NULL", "product_stock") == "t");
  auto settling = cycle(product, read(), 10);
  settling.answered = false;
  (void)record_one(journal, settling);
  BOOST_TEST(ask("next_audit - now() BETWEEN '-1 minute' AND '1 second'", "product_stock") == "t");
}

BOOST_AUTO_TEST_CASE(r5_the_next_comes_after_as_long_again_as_the_doubt_is_old) {
  leave_a_doubt();
  set("doubt_until = doubt_until - interval '10 minutes'", "stock_movements");
  make_due();
  BOOST_TEST(!compare(9).moved);
  BOOST_TEST(ask(std::string(seconds_to_go) + " BETWEEN 590 AND 605", "product_stock") == "t");
  set("doubt_until = doubt_until - interval '10 hours'", "stock_movements");
  make_due();
  (void)compare(9);
  BOOST_TEST(ask(std::string(seconds_to_go) + " BETWEEN 3590 AND 3600", "product_stock") == "t");
  set("doubt_until = now() + interval '90 seconds'", "stock_movements");
  make_due();
  (void)compare(9);
  BOOST_TEST(ask(std::string(seconds_to_go) + " BETWEEN 60 AND 90", "product_stock") == "t");
}

BOOST_AUTO_TEST_CASE(a_cycle_before_its_time_changes_nothing) {
  leave_a_doubt();
  const auto before = ask("next_audit", "product_stock");
  BOOST_TEST(!compare(9).moved);
  BOOST_TEST(ask("next_audit", "product_stock") == before);
}

BOOST_AUTO_TEST_CASE(r5_a_doubt_ends_with_a_get_that_was_begun_after_its_time) {
  leave_a_doubt();
  set("doubt_until = now()", "stock_movements");
  make_due();
  auto earlier = cycle(product, read(), 9);
  earlier.asked_at = std::chrono::steady_clock::now() - std::chrono::minutes(10);
  (void)record_one(journal, earlier);
  BOOST_TEST(ask("count(doubt_until)", "stock_movements") != "0");
  BOOST_TEST(ask("next_audit IS NULL", "product_stock") == "f");
  (void)compare(9);
  BOOST_TEST(ask("count(doubt_until)", "stock_movements") == "0");
  BOOST_TEST(ask("next_audit IS NULL", "product_stock") == "t");
}

BOOST_AUTO_TEST_CASE(r5_what_landed_in_time_is_ours_also_when_it_is_seen_later) {
  hold_all(journal, new_order(), {{product, 1}}, 10);
  hold_all(journal, new_order(), {{product, 2}}, 10);  // answered: true, so there is no doubt yet
  auto settling = cycle(product, read(), 9);
  settling.answered = false;
  (void)record_one(journal, settling);
  set("doubt_until = now() - interval '1 hour'", "stock_movements");  // also of the first, which wrote 9
  value_of(journal.mark_applied({*read()}));
  set("state = 'applied'", "product_stock");
  set("state = 'applied'", "stock_movements");
  make_due();
  const auto found = compare(9);
  BOOST_TEST(found.repaired);
  BOOST_TEST(!found.foreign);
  BOOST_TEST(found.put);
  BOOST_TEST(found.ledger.quantity == 7);
  BOOST_TEST(ask("string_agg(kind, ' ' ORDER BY seq)", "stock_movements") == "order order settle repair");
  // The doubts are over now: the same again is somebody else's.
  value_of(journal.mark_applied({*read()}));
  BOOST_TEST(compare(9).foreign);
}

BOOST_AUTO_TEST_CASE(r5_another_value_is_somebody_elses) {
  leave_a_doubt();
  make_due();
  const auto found = compare(4);
  BOOST_TEST(found.foreign);
  BOOST_TEST(found.ledger.quantity == 4);
  BOOST_TEST(!found.put);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
