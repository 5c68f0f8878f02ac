// What a walk of the recovery finds, on a real server.
#include "persistence/instance.hpp"
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

constexpr std::int64_t dead = 2'000'000'000;

test::PreparedDatabase& database() {
  static test::PreparedDatabase prepared;
  return prepared;
}

struct UnfinishedFixture {
  std::vector<Unfinished> find(UnfinishedQuery query) {
    if (query.limit == 0) query.limit = 100;
    query.forgotten = std::chrono::hours(1);
    auto found = value_of(journal.unfinished(query));
    // The suite shares a database; only what this test made is looked at.
    std::vector<Unfinished> ours;
    for (auto& each : found) {
      if (!(each.product < first)) ours.push_back(std::move(each));
    }
    return ours;
  }
  std::vector<Unfinished> find() { return find(UnfinishedQuery{}); }
  void settle(ProductId asked) { value_of(journal.mark_applied({*value_of(journal.read({asked})).at(0)})); }

  const ProductId first = new_product();
  const ProductId second = new_product();
  const std::unique_ptr<Instance> instance = value_of(Instance::start(database().settings(), true));
  PostgresStockJournal journal{database().settings(), instance->epoch(), std::chrono::hours(24)};
  PostgresStockJournal dead_ones{database().settings(), dead, std::chrono::hours(24)};
  PostgresOrderStore store{database().settings()};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(unfinished, UnfinishedFixture)

BOOST_AUTO_TEST_CASE(finds_an_unsettled_movement_once_it_is_old_enough) {
  hold_all(journal, new_order(), {{first, 1}});
  const auto found = find();
  BOOST_REQUIRE_EQUAL(found.size(), 1U);
  BOOST_TEST(found[0].unsettled);
  BOOST_TEST(found[0].orphans.empty());  // our own: its order is still deciding
  UnfinishedQuery patient;
  patient.age = std::chrono::hours(1);
  BOOST_TEST(find(patient).empty());
  settle(first);
  BOOST_TEST(find().empty());
}

BOOST_AUTO_TEST_CASE(r9_finds_the_holds_of_an_epoch_whose_lock_is_free) {
  const auto order = new_order();
  hold_all(dead_ones, order, {{first, 3}, {second, 2}});
  settle(first);
  settle(second);
  const auto found = find();
  BOOST_REQUIRE_EQUAL(found.size(), 2U);
  BOOST_TEST(!found[0].unsettled);
  BOOST_REQUIRE_EQUAL(found[0].orphans.size(), 1U);
  BOOST_TEST(found[0].orphans[0].key.order.value == order.value);
  BOOST_TEST(found[0].orphans[0].quantity == 3);
  BOOST_TEST(found[1].orphans[0].quantity == 2);
  // A living instance's are left alone, also by others.
  const auto other = value_of(Instance::start(database().settings(), true));
  PostgresStockJournal theirs{database().settings(), other->epoch(), std::chrono::hours(24)};
  const auto third = new_product();
  hold_all(theirs, new_order(), {{third, 1}});
  settle(third);
  BOOST_TEST(find().size() == 2U);
}

BOOST_AUTO_TEST_CASE(finds_own_holds_that_no_order_can_be_behind_any_more) {
  hold_all(journal, new_order(), {{first, 3}});
  settle(first);
  BOOST_TEST(find().empty());
  (void)database().ask("UPDATE stock_movements SET made_at = now() - interval '2 hours' WHERE product_id = " +
                       std::to_string(first.value));
  BOOST_TEST(find().size() == 1U);
}

BOOST_AUTO_TEST_CASE(r10_finds_what_cancelled_orders_are_owed) {
  const auto order = new_order();
  hold_all(journal, order, {{first, 4}});
  settle(first);
  value_of(store.commit({commit_of(order, {{first, 4}})}));
  BOOST_TEST(find().empty());
  value_of(store.change_status({{order, "Cancelled"}}, StatusRules{{"Cancelled"}, {}}));
  const auto found = find();
  BOOST_REQUIRE_EQUAL(found.size(), 1U);
  BOOST_REQUIRE_EQUAL(found[0].owed.size(), 1U);
  BOOST_TEST(found[0].owed[0].quantity == 4);
  // Giving it back leaves nothing.
  const auto read = value_of(journal.read({first})).at(0);
  (void)record_one(journal, cycle(first, read, read->quantity, {}, {found[0].owed[0].key}));
  settle(first);
  BOOST_TEST(find().empty());
}

BOOST_AUTO_TEST_CASE(finds_doubts_when_asked_for_them) {
  hold_all(journal, new_order(), {{first, 1}});
  auto settling = cycle(first, value_of(journal.read({first})).at(0), 1'000);
  settling.answered = false;
  (void)record_one(journal, settling);
  settle(first);
  BOOST_TEST(find().empty());
  UnfinishedQuery doubts;
  doubts.all_doubts = true;
  const auto found = find(doubts);
  BOOST_REQUIRE_EQUAL(found.size(), 1U);
  BOOST_TEST(found[0].doubts == 1);
  BOOST_TEST(!found[0].unsettled);
}

BOOST_AUTO_TEST_CASE(comes_in_pages_and_says_when_a_product_has_more_than_fits) {
  (void)database().ask("INSERT INTO reservations SELECT 20000000000 + n, " + std::to_string(second.value) +
                       ", 0, 1, 2000000000, 1, 'held' FROM generate_series(1, 501) AS s (n)");
  hold_all(dead_ones, new_order(), {{first, 3}});
  UnfinishedQuery page;
  page.limit = 1;
  page.after = ProductId{first.value - 1};
  auto found = find(page);
  BOOST_REQUIRE_EQUAL(found.size(), 1U);
  BOOST_TEST(found[0].product.value == first.value);
  BOOST_TEST(!found[0].more);
  page.after = first;
  found = find(page);
  BOOST_REQUIRE_EQUAL(found.size(), 1U);
  BOOST_TEST(found[0].product.value == second.value);
  BOOST_TEST(found[0].more);
  (void)database().ask("UPDATE reservations SET state = 'released' WHERE order_id > 20000000000");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
