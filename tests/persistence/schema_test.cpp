// Fresh databases, taken-over ones, and several starts at once, on a real server.
#include "persistence/schema.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "persistence/migrations.hpp"
#include "persistence/order_store.hpp"
#include "persistence/stock_journal.hpp"
#include "tests/persistence/prepared_database.hpp"

namespace orders::persistence {

namespace {

using test::code_of;
using test::commit_of;
using test::hold_all;
using test::new_product;
using test::PostgresCluster;
using test::value_of;

struct EmptyDatabase {
  [[nodiscard]] std::string ask(const std::string& sql) const {
    return PostgresCluster::shared().execute(sql, name);
  }
  [[nodiscard]] config::Database settings() const { return test::settings_for(name); }

  // An order can be placed, cancelled and listed.
  void check_usable() const {
    PostgresOrderStore store(settings());
    PostgresStockJournal journal(settings(), 1, std::chrono::hours(1));
    const auto block = value_of(store.reserve_order_ids());
    BOOST_TEST(block.first.value >= first_order_id.value);
    const std::vector<OrderLine> lines{{new_product(), 2}, {new_product(), 1}};
    hold_all(journal, block.first, lines);
    const auto outcome = value_of(store.commit({commit_of(block.first, lines)})).at(0);
    BOOST_TEST(outcome.verdict == CommitVerdict::committed);
    BOOST_TEST(outcome.order.items.size() == 2U);
    BOOST_TEST(value_of(store.change_status({{block.first, "Cancelled"}}, StatusRules{})).at(0).owed.size() ==
               2U);
  }

  const std::string name = PostgresCluster::shared().create_database();
};

constexpr const char* old_installation = R"sql(
CREATE TABLE orders (id SERIAL PRIMARY KEY, customer_id INTEGER, status VARCHAR(20) DEFAULT 'Ordered');
CREATE TABLE order_items (id SERIAL PRIMARY KEY, product_id INTEGER, quantity INTEGER,
  order_id INTEGER REFERENCES orders (id));
INSERT INTO orders (customer_id, status) SELECT n, 'Shipped' FROM generate_series(1, 5) AS s (n);
INSERT INTO order_items (product_id, quantity, order_id) SELECT n, 10 * n, n FROM generate_series(1, 5) AS s (n);
)sql";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(schema, EmptyDatabase)

BOOST_AUTO_TEST_CASE(makes_an_empty_database_usable) {
  value_of(prepare_schema(settings()));
  BOOST_TEST(ask("SELECT count(*) || ' ' || max(version) FROM orderd_schema") ==
             std::to_string(migrations().size()) + " " + std::to_string(migrations().size()));
  check_usable();
  BOOST_TEST(ask("SELECT next_id FROM order_id_blocks") == "10000001001");
}

BOOST_AUTO_TEST_CASE(does_nothing_the_second_time) {
  value_of(prepare_schema(settings()));
  const auto before = ask("SELECT version, applied_at FROM orderd_schema");
  value_of(prepare_schema(settings()));
  BOOST_TEST(ask("SELECT version, applied_at FROM orderd_schema") == before);
}

BOOST_AUTO_TEST_CASE(lets_several_start_at_once) {
  std::atomic<int> ready{0};
  std::atomic<int> prepared{0};
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&] {
      ++ready;
      while (ready < 4) std::this_thread::yield();
      if (prepare_schema(settings()).ok()) ++prepared;
    });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(prepared == 4);
  BOOST_TEST(ask("SELECT count(*) FROM orderd_schema") == std::to_string(migrations().size()));
  check_usable();
}

BOOST_AUTO_TEST_CASE(takes_over_an_older_installation_with_all_its_rows) {
  (void)ask(old_installation);
  value_of(prepare_schema(settings()));
  PostgresOrderStore store(settings());
  const auto old = value_of(store.find(OrderId{3}));
  BOOST_REQUIRE(old.has_value());
  BOOST_TEST(old->customer.value == 3);
  BOOST_TEST(old->status == "Shipped");
  BOOST_REQUIRE_EQUAL(old->items.size(), 1U);
  BOOST_TEST(old->items[0].id == 3);
  BOOST_TEST(old->items[0].quantity == 30);
  check_usable();
  BOOST_TEST(ask("SELECT min(id) FROM order_items WHERE order_id > 10000000000") == "6");
  // Nothing says what its stock was taken from, so it is not said to have been given back.
  const auto cancelled = value_of(store.change_status({{OrderId{3}, "Cancelled"}}, StatusRules{})).at(0);
  BOOST_TEST(cancelled.owed.empty());
  BOOST_TEST(!cancelled.fault.empty());
  BOOST_TEST(value_of(store.find(OrderId{3}))->status == "Shipped");
  BOOST_TEST(value_of(store.change_status({{OrderId{3}, "Returned"}}, StatusRules{})).at(0).fault.empty());
  BOOST_TEST(value_of(store.list_items(0, 100)).size() == 7U);
}

BOOST_AUTO_TEST_CASE(takes_over_odd_types_nulls_and_constraints) {
  (void)ask(R"sql(
CREATE TYPE state_of_order AS ENUM ('Ordered', 'Sent');
CREATE TABLE orders (id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id INTEGER,
  status state_of_order DEFAULT 'Ordered', created_at TIMESTAMP, note TEXT NOT NULL,
  CHECK (customer_id > 0));
CREATE TABLE order_items (id INTEGER PRIMARY KEY, product_id INTEGER, quantity INTEGER, order_id INTEGER);
ALTER TABLE order_items ADD FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE;
INSERT INTO orders (customer_id, status, created_at, note) VALUES
  (1, 'Sent', '2020-01-02 03:04:05', 'a'), (NULL, NULL, NULL, 'b');
INSERT INTO order_items VALUES (40, 1, 1, 1), (41, NULL, NULL, 2), (42, 1, 1, NULL))sql");
  value_of(prepare_schema(settings()));
  PostgresOrderStore store(settings());
  const auto first = *value_of(store.find(OrderId{1}));
  BOOST_TEST(first.status == "Sent");
  BOOST_TEST(first.created_at.time_since_epoch().count() == 1'577'934'245'000'000);
  const auto second = *value_of(store.find(OrderId{2}));
  BOOST_TEST(second.customer.value == 0);
  BOOST_TEST(second.status == "Ordered");
  BOOST_TEST(second.items.at(0).quantity == 0);
  BOOST_TEST(value_of(store.list_items(0, 10)).size() == 3U);
  BOOST_TEST(value_of(store.change_status({{OrderId{1}, "anything"}}, StatusRules{})).at(0).order->status ==
             "anything");
  check_usable();
  BOOST_TEST(ask("SELECT min(id) FROM order_items WHERE order_id > 10000000000") == "43");
}

BOOST_AUTO_TEST_CASE(takes_over_a_status_that_was_checked_and_ids_ahead_of_their_sequence) {
  (void)ask(old_installation);
  (void)ask(
      "ALTER TABLE orders ADD CHECK (status IN ('Ordered', 'Shipped')), ALTER customer_id SET NOT NULL;"
      "UPDATE order_items SET id = id + 1000; INSERT INTO orders VALUES (2147483647, 9, 'Ordered')");
  value_of(prepare_schema(settings()));
  PostgresOrderStore store(settings());
  BOOST_TEST(
      value_of(store.change_status({{OrderId{2'147'483'647}, "Lost"}}, StatusRules{})).at(0).order->status ==
      "Lost");
  check_usable();
  BOOST_TEST(ask("SELECT min(id) FROM order_items WHERE order_id > 10000000000") == "1006");
  BOOST_TEST(ask("SELECT count(*) FROM pg_sequences WHERE sequencename = 'order_items_id_seq' "
                 "AND data_type::text = 'bigint'") == "1");
}

BOOST_AUTO_TEST_CASE(begins_above_every_order_that_is_there) {
  (void)ask("CREATE TABLE orders (id bigint PRIMARY KEY, customer_id integer, status text)");
  (void)ask("INSERT INTO orders VALUES (20000000000, 1, 'Ordered')");
  value_of(prepare_schema(settings()));
  PostgresOrderStore store(settings());
  BOOST_TEST(value_of(store.reserve_order_ids()).first.value == 20'000'000'001);
}

BOOST_AUTO_TEST_CASE(leaves_a_database_alone_that_it_cannot_take_over) {
  (void)ask("CREATE TABLE orders (id text PRIMARY KEY, customer_id integer, status text)");
  (void)ask("INSERT INTO orders VALUES ('first', 1, 'Ordered')");
  BOOST_TEST(code_of(prepare_schema(settings())) == ErrorCode::internal);
  BOOST_TEST(ask("SELECT id FROM orders") == "first");
  BOOST_TEST(ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "1");
}

BOOST_AUTO_TEST_CASE(refuses_a_schema_newer_than_it_knows) {
  value_of(prepare_schema(settings()));
  (void)ask("INSERT INTO orderd_schema (version) VALUES (1000)");
  BOOST_TEST(code_of(prepare_schema(settings())) == ErrorCode::internal);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
