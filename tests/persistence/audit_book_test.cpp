// What the audit reads, on a real server.
#include "persistence/audit_book.hpp"

#include <algorithm>
#include <string>

#include "persistence/order_store.hpp"
#include "persistence/session.hpp"
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

constexpr std::int64_t epoch = 77;

struct BookFixture {
  OrderId ordered(const std::vector<OrderLine>& lines) {
    const auto id = new_order();
    hold_all(journal, id, lines);
    BOOST_REQUIRE_EQUAL(value_of(store.commit({commit_of(id, lines)})).at(0).verdict,
                        CommitVerdict::committed);
    return id;
  }
  ProductFacts facts() { return value_of(book.products({product})).at(0); }
  FindingGroup found(FindingKind kind) {
    const auto orders = value_of(book.orders(1'000, std::chrono::seconds(10)));
    for (const auto& group : orders.groups) {
      if (group.kind == kind) return group;
    }
    BOOST_FAIL("there is no such group");
    return {};
  }
  bool names(FindingKind kind, OrderId order) {
    const auto group = found(kind);
    return std::any_of(group.first.begin(), group.first.end(),
                       [&](const Finding& finding) { return finding.order == order; });
  }
  std::string ask(const std::string& sql) { return database.ask(sql); }
  [[nodiscard]] std::string of_product() const {
    return " WHERE product_id = " + std::to_string(product.value);
  }

  test::PreparedDatabase database;
  PostgresStockJournal journal{database.settings(), epoch, std::chrono::hours(24)};
  PostgresOrderStore store{database.settings()};
  PostgresAuditBook book{database.settings()};
  const ProductId product = new_product();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit_book, BookFixture)

BOOST_AUTO_TEST_CASE(knows_where_every_unit_is) {
  ordered({{product, 3}});
  const auto cancelled = ordered({{product, 2}});
  hold_all(journal, new_order(), {{product, 4}});
  BOOST_REQUIRE(
      value_of(store.change_status({{cancelled, "Cancelled"}}, StatusRules{{"Cancelled"}, {}})).at(0).order);
  const auto known = facts();
  BOOST_TEST(known.opening == 1'000);
  BOOST_TEST(known.quantity == 1'000 - 3 - 2 - 4);
  BOOST_TEST(known.ordered == 3);
  BOOST_TEST(known.sold == 3);
  BOOST_TEST(known.owed == 2);
  BOOST_TEST(known.held == 4);
  BOOST_TEST(known.foreign == 0);
  BOOST_TEST(known.broken_links == 0);
  BOOST_TEST(judge(known, {true, known.quantity, false}, std::chrono::seconds(10)).unaccounted == 0);
}

BOOST_AUTO_TEST_CASE(adds_up_what_others_changed) {
  ordered({{product, 3}});
  for (const int shown : {500, 900}) {  // the catalog is found with these
    auto read = value_of(journal.read({product})).at(0);
    value_of(journal.mark_applied({*read}));
    read = value_of(journal.read({product})).at(0);
    BOOST_TEST(record_one(journal, cycle(product, read, shown)).foreign);
  }
  const auto known = facts();
  BOOST_TEST(known.foreign == 900 - 997);
  BOOST_TEST(known.broken_links == 0);
  BOOST_TEST(judge(known, {true, 900, false}, std::chrono::seconds(10)).unaccounted == 0);
}

BOOST_AUTO_TEST_CASE(finds_movements_that_do_not_continue) {
  ordered({{product, 3}});
  ordered({{product, 2}});
  BOOST_TEST(facts().broken_links == 0);
  ask("UPDATE stock_movements SET before = before + 1" + of_product() + " AND seq = 2");
  BOOST_TEST(facts().broken_links == 1);
  ask("UPDATE product_stock SET quantity = quantity - 1" + of_product());
  BOOST_TEST(facts().broken_links == 2);
  BOOST_TEST(judge(facts(), {}, std::chrono::seconds(10)).unaccounted == -1);
}

BOOST_AUTO_TEST_CASE(a_hold_is_orphaned_unless_its_owner_lives) {
  hold_all(journal, new_order(), {{product, 4}});
  BOOST_TEST(facts().orphaned == 4);
  BOOST_TEST(!facts().served);
  BOOST_TEST(found(FindingKind::orphaned_hold).count == 1);
  Session owner(database.settings());
  value_of(
      owner.read([&] { return owner.rows<int>("SELECT pg_try_advisory_lock(1869767780, 77)::int").size(); }));
  BOOST_TEST(facts().orphaned == 0);
  BOOST_TEST(facts().held == 4);
  BOOST_TEST(facts().served);
  BOOST_TEST(found(FindingKind::orphaned_hold).count == 0);
}

BOOST_AUTO_TEST_CASE(finds_orders_and_reservations_that_differ) {
  const auto order = ordered({{product, 3}, {new_product(), 1}});
  BOOST_TEST(found(FindingKind::order_differs).count == 0);
  ask("UPDATE order_items SET quantity = 2 WHERE quantity = 3");
  BOOST_TEST(names(FindingKind::order_differs, order));
  ask("DELETE FROM order_items");
  BOOST_TEST(names(FindingKind::order_without_items, order));
  BOOST_TEST(names(FindingKind::order_differs, order));
  ask("DELETE FROM orders");
  BOOST_TEST(names(FindingKind::order_differs, order));  // sold, without an order
  BOOST_TEST(found(FindingKind::order_without_items).count == 0);
  BOOST_TEST(facts().ordered == 0);
  BOOST_TEST(facts().sold == 3);
}

BOOST_AUTO_TEST_CASE(finds_a_live_order_whose_units_were_given_back) {
  const auto order = ordered({{product, 3}});
  ask("UPDATE reservations SET state = 'released'");
  BOOST_TEST(names(FindingKind::order_differs, order));
}

BOOST_AUTO_TEST_CASE(finds_open_carts_and_movements) {
  const auto order = ordered({{product, 3}});
  BOOST_TEST(found(FindingKind::movement_unsettled).count == 1);
  ask("INSERT INTO cart_closings (cart_id, customer_id, order_id, ordered_at) VALUES (5, 7, " +
      std::to_string(order.value) + ", now() - interval '1 hour'), (6, 7, 1, now())");
  const auto carts = found(FindingKind::cart_open);
  BOOST_TEST(carts.count == 2);
  BOOST_TEST(carts.old == 1);
  BOOST_TEST(carts.first.at(0).other == 5);
  ask("UPDATE stock_movements SET state = 'applied', doubt_until = now() + interval '1 hour'");
  BOOST_TEST(found(FindingKind::movement_unsettled).count == 0);
  BOOST_TEST(found(FindingKind::movement_in_doubt).count == 1);
  BOOST_TEST(facts().doubts.size() == 1U);
  BOOST_TEST(facts().doubts.at(0) == 997);
}

BOOST_AUTO_TEST_CASE(goes_through_products_by_pages) {
  std::vector<ProductId> products{product};
  for (int i = 0; i < 4; ++i) products.push_back(new_product());
  for (const auto each : products) ordered({{each, 1}});
  std::vector<ProductId> seen;
  for (ProductId after{0};;) {
    const auto page = value_of(book.products_after(after, 2));
    for (const auto& facts : page) seen.push_back(facts.product);
    if (page.size() < 2) break;
    after = page.back().product;
  }
  BOOST_TEST((seen == products));
  BOOST_TEST(value_of(book.marks(products)).size() == products.size());
}

BOOST_AUTO_TEST_CASE(names_no_more_than_asked_for_and_counts_all) {
  for (int i = 0; i < 5; ++i) ordered({{product, 1}});
  ask("DELETE FROM order_items");
  const auto orders = value_of(book.orders(2, std::chrono::seconds(10)));
  BOOST_TEST(orders.orders == 5);
  const auto& group = orders.groups.front();
  BOOST_CHECK(group.kind == FindingKind::order_without_items);
  BOOST_TEST(group.count == 5);
  BOOST_TEST(group.first.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
