// The two ways to read a long list from PostgreSQL, on 1,000,000 orders: pages after the last id, each a
// query of its own, and a cursor in one transaction. As many rows at a time, the same columns, in turn,
// medians. No HTTP.
#include <algorithm>
#include <iostream>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "persistence/order_store.hpp"
#include "persistence/schema.hpp"
#include "persistence/session.hpp"
#include "persistence/sql_array.hpp"
#include "tests/load/measure/large_table.hpp"

namespace orders::test {

namespace {

using persistence::Session;
using Clock = std::chrono::steady_clock;

constexpr int rounds = 3;
constexpr std::int32_t page = 500;

constexpr const char* declare_orders =
    "DECLARE all_orders NO SCROLL CURSOR FOR SELECT id, coalesce(customer_id, 0), status, "
    "(extract(epoch FROM created_at) * 1000000)::bigint, (extract(epoch FROM updated_at) * 1000000)::bigint "
    "FROM orders ORDER BY id";
constexpr const char* fetch_orders = "FETCH 500 FROM all_orders";
constexpr const char* items =
    "SELECT order_id, id, coalesce(product_id, 0), coalesce(quantity, 0) FROM order_items "
    "WHERE order_id = ANY (:p1::bigint[]) ORDER BY order_id, id";
constexpr const char* declare_items =
    "DECLARE all_items NO SCROLL CURSOR FOR SELECT coalesce(order_id, 0), id, coalesce(product_id, 0), "
    "coalesce(quantity, 0) FROM order_items ORDER BY id";
constexpr const char* fetch_items = "FETCH 500 FROM all_items";

std::uint64_t orders_by_pages(const config::Database& settings) {
  persistence::PostgresOrderStore store(settings);
  OrderQuery query;
  query.limit = page;
  std::uint64_t rows = 0;
  for (;;) {
    const auto found = store.list(query);
    BOOST_REQUIRE(found.ok());
    rows += found.value().size();
    if (found.value().size() < static_cast<std::size_t>(page)) return rows;
    query.after = found.value().back().id;
  }
}

std::uint64_t orders_by_cursor(const config::Database& settings) {
  Session session(settings);
  const auto read = session.transact([&] {
    session.script(declare_orders);
    std::uint64_t rows = 0;
    for (;;) {
      const auto found =
          session.rows<std::int64_t, int, std::string, std::int64_t, std::int64_t>(fetch_orders);
      rows += found.size();
      persistence::SqlArray ids;
      for (const auto& row : found) ids.add(std::get<0>(row));
      if (!found.empty()) session.rows<std::int64_t, std::int64_t, int, int>(items, ids.text());
      if (found.size() < static_cast<std::size_t>(page)) return rows;
    }
  });
  BOOST_REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().detail));
  return read.value();
}

std::uint64_t items_by_pages(const config::Database& settings) {
  persistence::PostgresOrderStore store(settings);
  std::int64_t after = 0;
  std::uint64_t rows = 0;
  for (;;) {
    const auto found = store.list_items(after, page);
    BOOST_REQUIRE(found.ok());
    rows += found.value().size();
    if (found.value().size() < static_cast<std::size_t>(page)) return rows;
    after = found.value().back().item.id;
  }
}

std::uint64_t items_by_cursor(const config::Database& settings) {
  Session session(settings);
  const auto read = session.transact([&] {
    session.script(declare_items);
    std::uint64_t rows = 0;
    for (;;) {
      const auto found = session.rows<std::int64_t, std::int64_t, int, int>(fetch_items);
      rows += found.size();
      if (found.size() < static_cast<std::size_t>(page)) return rows;
    }
  });
  BOOST_REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().detail));
  return read.value();
}

using Way = std::uint64_t (*)(const config::Database&);

/// Rows a second.
double rate(Way way, const config::Database& settings, std::uint64_t rows) {
  const auto begun = Clock::now();
  BOOST_TEST(way(settings) == rows);
  return static_cast<double>(rows) / std::chrono::duration<double>(Clock::now() - begun).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(const char* what, Way pages, Way cursor, const config::Database& settings, std::uint64_t rows) {
  std::vector<double> by_pages;
  std::vector<double> by_cursor;
  for (int round = 0; round < rounds; ++round) {
    by_pages.push_back(rate(pages, settings, rows));
    by_cursor.push_back(rate(cursor, settings, rows));
    std::cout << fmt::format("{}: pages {:.0f}, cursor {:.0f} rows/s\n", what, by_pages.back(),
                             by_cursor.back());
  }
  std::cout << fmt::format("{}: medians {:.0f} and {:.0f} rows/s, pages are {:.2f} times as fast\n", what,
                           median(by_pages), median(by_cursor), median(by_pages) / median(by_cursor));
}

}  // namespace

BOOST_AUTO_TEST_CASE(pages_beside_a_cursor) {
  auto& cluster = PostgresCluster::shared();
  const auto database = cluster.create_database();
  config::Database settings;
  settings.url = cluster.url(database);
  settings.statement_timeout = std::chrono::minutes(5);
  BOOST_REQUIRE(persistence::prepare_schema(settings).ok());
  fill_large_table(cluster, database);
  compare("orders with their items", orders_by_pages, orders_by_cursor, settings, large_table_orders);
  compare("items", items_by_pages, items_by_cursor, settings, large_table_orders * items_of_each);
}

}  // namespace orders::test
