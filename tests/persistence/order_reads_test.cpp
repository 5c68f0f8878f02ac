// Lists, pages and the small duties of the store, on a real server.
#include <set>
#include <string>
#include <thread>

#include "persistence/order_store.hpp"
#include "tests/persistence/cutting_proxy.hpp"
#include "tests/persistence/prepared_database.hpp"

namespace orders::persistence {

namespace {

using test::code_of;
using test::PostgresCluster;
using test::value_of;

// 300 orders of 3 customers in 2 statuses; order n has n % 4 items, of product n, n times each.
struct FilledDatabase : test::PreparedDatabase {
  FilledDatabase() {
    (void)ask(
        "INSERT INTO orders (id, customer_id, status) SELECT 10000000000 + n, n % 3 + 1, "
        "CASE WHEN n % 2 = 0 THEN 'Ordered' ELSE 'it''s \\ \"odd\"' END FROM generate_series(1, 300) AS s "
        "(n)");
    (void)ask(
        "INSERT INTO order_items (product_id, quantity, order_id) SELECT n, n, 10000000000 + n "
        "FROM generate_series(1, 300) AS s (n), generate_series(1, n % 4) ORDER BY n");
  }
};

const test::PreparedDatabase& database() {
  static const FilledDatabase filled;
  return filled;
}

struct ReadsFixture {
  [[nodiscard]] std::vector<std::int64_t> all_pages(OrderQuery query) {
    std::vector<std::int64_t> ids;
    for (;;) {
      const auto page = value_of(store.list(query));
      if (page.empty()) return ids;
      BOOST_REQUIRE(page.size() <= static_cast<std::size_t>(query.limit));
      for (const auto& order : page) ids.push_back(order.id.value - 10'000'000'000);
      query.after = page.back().id;
    }
  }
  PostgresOrderStore store{database().settings()};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(order_reads, ReadsFixture)

BOOST_AUTO_TEST_CASE(lists_every_order_once_in_ascending_pages) {
  OrderQuery query;
  query.limit = 77;
  const auto ids = all_pages(query);
  BOOST_REQUIRE_EQUAL(ids.size(), 300U);
  for (std::size_t n = 0; n < ids.size(); ++n) BOOST_TEST(ids[n] == static_cast<std::int64_t>(n + 1));
}

BOOST_AUTO_TEST_CASE(gives_each_order_its_items) {
  OrderQuery query;
  query.limit = 10'000;
  for (const auto& order : value_of(store.list(query))) {
    const auto n = order.id.value - 10'000'000'000;
    BOOST_REQUIRE_EQUAL(order.items.size(), static_cast<std::size_t>(n % 4));
    for (const auto& item : order.items) BOOST_TEST(item.quantity == n);
  }
}

BOOST_AUTO_TEST_CASE(filters_by_customer_and_status) {
  OrderQuery query;
  query.limit = 40;
  query.customer = CustomerId{2};
  BOOST_TEST(all_pages(query).size() == 100U);
  query.status = "it's \\ \"odd\"";
  for (const auto id : all_pages(query)) BOOST_TEST((id % 3 == 1 && id % 2 == 1));
  BOOST_TEST(all_pages(query).size() == 50U);
  query.customer.reset();
  BOOST_TEST(all_pages(query).size() == 150U);
  query.status = "nothing like it";
  BOOST_TEST(all_pages(query).empty());
  query.status = std::string("Ordered\0", 8);  // not to be taken for "Ordered"
  BOOST_TEST(all_pages(query).empty());
}

BOOST_AUTO_TEST_CASE(finds_one_order_or_none) {
  const auto order = value_of(store.find(OrderId{10'000'000'007}));
  BOOST_REQUIRE(order.has_value());
  BOOST_TEST(order->customer.value == 2);
  BOOST_TEST(order->items.size() == 3U);
  BOOST_TEST(!value_of(store.find(OrderId{5})).has_value());
}

BOOST_AUTO_TEST_CASE(keeps_times_to_the_microsecond) {
  (void)database().ask(
      "UPDATE orders SET created_at = '2024-02-29 12:34:56.789123+00', "
      "updated_at = '1969-12-31 23:59:59.999999+00' WHERE id = 10000000008");
  const auto order = *value_of(store.find(OrderId{10'000'000'008}));
  BOOST_TEST(order.created_at.time_since_epoch().count() == 1'709'210'096'789'123);
  BOOST_TEST(order.updated_at.time_since_epoch().count() == -1);
}

BOOST_AUTO_TEST_CASE(lists_items_in_pages) {
  std::int64_t after = 0;
  std::size_t count = 0;
  for (;;) {
    const auto page = value_of(store.list_items(after, 100));
    if (page.empty()) break;
    for (const auto& row : page) {
      BOOST_TEST(row.item.id > after);
      BOOST_TEST(row.order.value - 10'000'000'000 == row.item.quantity);
      after = row.item.id;
    }
    count += page.size();
  }
  BOOST_TEST(count == 450U);
}

BOOST_AUTO_TEST_CASE(hands_out_blocks_of_ids_that_never_overlap) {
  std::vector<std::vector<IdBlock>> taken(3);
  std::vector<std::thread> threads;
  for (std::size_t n = 0; n < taken.size(); ++n) {
    threads.emplace_back([&, n] {
      auto settings = database().settings();
      settings.order_ids_block =
          static_cast<std::uint32_t>(10 + n);  // also when the setting is changed meanwhile
      PostgresOrderStore mine(settings);
      for (int round = 0; round < 30; ++round) {
        const auto block = mine.reserve_order_ids();
        if (block.ok()) taken[n].push_back(block.value());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  PostgresCluster::shared().stop_immediate();
  PostgresCluster::shared().start();
  taken[0].push_back(value_of(store.reserve_order_ids()));
  std::set<std::int64_t> ids;
  std::size_t blocks = 0;
  for (const auto& mine : taken) {
    for (const auto& block : mine) {
      ++blocks;
      BOOST_TEST(block.first.value >= first_order_id.value);
      for (std::int64_t n = 0; n < block.count; ++n) BOOST_REQUIRE(ids.insert(block.first.value + n).second);
    }
  }
  BOOST_TEST(blocks == 91U);
}

BOOST_AUTO_TEST_CASE(leaves_a_gap_rather_than_reuse_ids_whose_answer_was_lost) {
  test::CuttingProxy proxy(PostgresCluster::shared().port());
  PostgresOrderStore cut(database().settings(proxy.port()));
  const auto first = value_of(cut.reserve_order_ids());
  proxy.cut("st_1", test::CuttingProxy::Moment::before_answering);
  const auto second = value_of(cut.reserve_order_ids());
  BOOST_TEST(proxy.cuts() == 1);
  BOOST_TEST(second.first.value >= first.first.value + 2 * first.count);
}

BOOST_AUTO_TEST_CASE(knows_whether_the_database_can_be_written) {
  value_of(store.check_writable());
  value_of(store.check_writable());
  BOOST_TEST(database().ask("SELECT count(*) FROM writable_check") == "1");
  PostgresCluster::shared().stop_immediate();
  BOOST_TEST(!store.check_writable().ok());  // outcome_unknown: it may have been the answer that was lost
  BOOST_TEST(code_of(store.check_writable()) == ErrorCode::storage_unavailable);
  PostgresCluster::shared().start();
  value_of(store.check_writable());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
