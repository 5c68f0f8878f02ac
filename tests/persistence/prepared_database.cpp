#include "tests/persistence/prepared_database.hpp"

#include <atomic>
#include <ostream>
#include <set>

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

}  // namespace orders::test
