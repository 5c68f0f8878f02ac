#include "tests/persistence/prepared_database.hpp"

#include <atomic>
#include <ostream>
#include <set>
#include <thread>

#include "persistence/order_store.hpp"
#include "persistence/schema.hpp"

namespace orders {

std::ostream& operator<<(std::ostream& out, ErrorCode code) {
  return out << "ErrorCode " << static_cast<int>(code);
}
std::ostream& operator<<(std::ostream& out, HoldVerdict verdict) {
  return out << "HoldVerdict " << static_cast<int>(verdict);
}
std::ostream& operator<<(std::ostream& out, CommitVerdict verdict) {
  return out << "CommitVerdict " << static_cast<int>(verdict);
}

}  // namespace orders

namespace orders::test {

config::Database settings_for(const std::string& database, int port) {
  config::Database settings;
  settings.url = port == 0 ? PostgresCluster::shared().url(database)
                           : "postgresql://postgres@127.0.0.1:" + std::to_string(port) + "/" + database;
  settings.connect_timeout =
      std::chrono::milliseconds(20'000);  // on a busy machine, patience is not what is tested
  settings.statement_timeout = std::chrono::milliseconds(20'000);
  return settings;
}

PreparedDatabase::PreparedDatabase() : name_(PostgresCluster::shared().create_database()) {
  value_of(persistence::prepare_schema(settings()));
}

OrderId new_order() {
  static std::atomic<std::int64_t> next{first_order_id.value};
  return OrderId{next++};
}

ProductId new_product() {
  static std::atomic<std::int32_t> next{1};
  return ProductId{next++};
}

CycleRequest cycle(ProductId product, std::optional<Ledger> read, std::int32_t shown, std::vector<Hold> holds,
                   std::vector<HoldKey> releases) {
  CycleRequest request;
  request.product = product;
  request.read = std::move(read);
  request.seen = {product, "Moby Dick", 12, shown, ""};
  request.holds = std::move(holds);
  request.releases = std::move(releases);
  return request;
}

CycleResult record_one(StockJournal& journal, const CycleRequest& request) {
  return value_of(journal.record({request})).at(0);
}

void hold_all(StockJournal& journal, OrderId order, const std::vector<OrderLine>& lines, std::int32_t stock) {
  for (const auto& line : lines) {
    const auto read = value_of(journal.read({line.product})).at(0);
    const auto shown = read ? read->quantity : stock;
    const auto result = record_one(journal, cycle(line.product, read, shown, {{{order, 0}, line.quantity}}));
    BOOST_REQUIRE_EQUAL(result.holds.at(0), HoldVerdict::granted);
  }
}

OrderCommit commit_of(OrderId order, const std::vector<OrderLine>& lines) {
  std::set<ProductId> products;
  for (const auto& line : lines) products.insert(line.product);
  OrderCommit commit;
  commit.id = order;
  commit.customer = CustomerId{7};
  commit.lines = lines;
  commit.products = static_cast<std::int32_t>(products.size());
  return commit;
}

std::pair<std::vector<CommitOutcome>, std::vector<CommitOutcome>> commit_at_once(
    OrderStore& store, const std::vector<OrderCommit>& ours, const std::vector<OrderCommit>& theirs,
    const config::Database& another) {
  std::atomic<bool> go{false};
  std::vector<CommitOutcome> their_outcomes;
  std::thread thread([&] {
    persistence::PostgresOrderStore other(another);
    (void)other.check_writable();  // connected
    go = true;
    auto result = other.commit(theirs);
    if (result.ok()) their_outcomes = std::move(result.value());
  });
  while (!go) std::this_thread::yield();
  auto result = store.commit(ours);
  thread.join();
  BOOST_REQUIRE_EQUAL(their_outcomes.size(), theirs.size());
  return {value_of(std::move(result)), std::move(their_outcomes)};
}

void check_same(const Order& a, const Order& b) {
  BOOST_TEST(a.id.value == b.id.value);
  BOOST_TEST(a.customer.value == b.customer.value);
  BOOST_TEST(a.status == b.status);
  BOOST_TEST((a.created_at == b.created_at));
  BOOST_TEST((a.updated_at == b.updated_at));
  BOOST_REQUIRE_EQUAL(a.items.size(), b.items.size());
  for (std::size_t n = 0; n < a.items.size(); ++n) {
    BOOST_TEST(a.items[n].id == b.items[n].id);
    BOOST_TEST(a.items[n].product.value == b.items[n].product.value);
    BOOST_TEST(a.items[n].quantity == b.items[n].quantity);
  }
}

}  // namespace orders::test
