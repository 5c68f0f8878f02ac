// The bounds of stock (rule R17), on a real server: more than the catalog can count, and products that leave
// it.
#include <string>

#include "persistence/audit_book.hpp"
#include "persistence/order_store.hpp"
#include "persistence/stock_journal.hpp"
#include "tests/persistence/prepared_database.hpp"

namespace orders::persistence {

namespace {

using test::commit_of;
using test::cycle;
using test::hold_all;
using test::new_order;
using test::new_product;
using test::record_one;
using test::value_of;

constexpr std::int32_t most = 2'147'483'647;

test::PreparedDatabase& database() {
  static test::PreparedDatabase prepared;
  return prepared;
}

struct BoundsFixture {
  [[nodiscard]] std::string reservations() const {
    return database().ask(
        "SELECT string_agg(quantity || state, ' ' ORDER BY order_id, attempt) FROM reservations "
        "WHERE product_id = " +
        std::to_string(product.value));
  }
  std::optional<Ledger> read() { return value_of(journal.read({product})).at(0); }
  /// A cycle of what the catalog shows, with what is to be given back.
  CycleResult run(std::int32_t shown, const std::vector<HoldKey>& releases = {}) {
    return record_one(journal, cycle(product, read(), shown, {}, releases));
  }
  CycleResult gone(const std::vector<HoldKey>& releases = {}) {
    auto request = cycle(product, read(), 0, {}, releases);
    request.gone = true;
    return record_one(journal, request);
  }
  void check_audit(std::int64_t foreign) {
    PostgresAuditBook book(database().settings());
    const auto audit = judge(value_of(book.products({product})).at(0), {}, std::chrono::seconds(10));
    BOOST_TEST(audit.unaccounted == 0);
    BOOST_TEST(audit.facts.broken_links == 0);
    BOOST_TEST(audit.facts.foreign == foreign);
  }

  const ProductId product = new_product();
  const OrderId first = new_order();
  const OrderId second = new_order();
  PostgresStockJournal journal{database().settings(), 1, std::chrono::hours(24)};
  PostgresOrderStore store{database().settings()};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(stock_bounds, BoundsFixture)

BOOST_AUTO_TEST_CASE(r17_units_for_which_there_is_no_room_stay_owed) {
  hold_all(journal, first, {{product, 3}}, 100);
  hold_all(journal, second, {{product, 5}}, 100);
  // Somebody else fills the product up, all but four units.
  const auto filled = run(most - 4, {{first, 0}, {second, 0}, {first, 0}});
  BOOST_TEST(filled.ledger.quantity == most - 1);
  BOOST_TEST(reservations() == "3released 5owed");
  check_audit(most - 4 - 92);
  // Once there is room, it comes back: in the cycle after the one that follows the change.
  BOOST_TEST(run(10, {{second, 0}}).ledger.quantity == 10);
  const auto emptied = run(10, {{second, 0}});
  BOOST_TEST(emptied.ledger.quantity == 15);
  BOOST_TEST(reservations() == "3released 5released");
}

BOOST_AUTO_TEST_CASE(r17_a_product_that_has_gone_takes_what_was_held_and_owed_with_it) {
  hold_all(journal, first, {{product, 3}}, 100);
  hold_all(journal, second, {{product, 5}}, 100);
  value_of(store.commit({commit_of(first, {{product, 3}})}));
  const auto sold = new_order();
  hold_all(journal, sold, {{product, 2}}, 100);
  value_of(store.commit({commit_of(sold, {{product, 2}})}));
  value_of(store.change_status({{first, "Cancelled"}}, StatusRules{{"Cancelled"}, {}}));
  const auto result = gone();
  BOOST_TEST(result.closed);
  BOOST_TEST(!result.put);
  BOOST_TEST(result.ledger.quantity == 0);
  BOOST_TEST(!result.ledger.intended);
  BOOST_TEST(reservations() == "3released 5released 2sold");
  check_audit(-98);
  BOOST_TEST(!gone().moved);
  // It comes back with whatever the catalog shows.
  const auto back = run(7);
  BOOST_TEST(back.foreign);
  BOOST_TEST(back.ledger.quantity == 7);
  check_audit(-91);
}

BOOST_AUTO_TEST_CASE(r17_a_product_that_has_gone_is_in_doubt_no_more) {
  hold_all(journal, first, {{product, 3}}, 100);
  auto settling = cycle(product, read(), 100);
  settling.answered = false;
  (void)record_one(journal, settling);
  (void)gone({{first, 0}});
  const auto of_product = " WHERE product_id = " + std::to_string(product.value);
  BOOST_TEST(database().ask("SELECT count(doubt_until) FROM stock_movements" + of_product) == "0");
  BOOST_TEST(database().ask("SELECT next_audit IS NULL FROM product_stock" + of_product) == "t");
  // What would have been a late write is somebody else's now: a new product of the same number.
  BOOST_TEST(run(97).foreign);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
