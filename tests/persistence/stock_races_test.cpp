// Many threads on the same products: what T_intent, T_order and changes of status do to each other, on a real
// server.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "persistence/order_store.hpp"
#include "persistence/stock_journal.hpp"
#include "tests/persistence/prepared_database.hpp"

namespace orders::persistence {

namespace {

using test::commit_of;
using test::cycle;
using test::new_order;
using test::new_product;
using test::PostgresCluster;

// Repeats until it is known what became of the call, as the callers of the ports do.
template <class T, class Call>
std::optional<T> told(const Call& call, std::atomic<int>& refusals) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  std::string last;
  while (std::chrono::steady_clock::now() < end) {
    Result<T> result = call();
    if (result.ok()) return std::move(result.value());
    const auto code = result.error().code;
    last = result.error().detail;
    if (code != ErrorCode::storage_unavailable && code != ErrorCode::outcome_unknown) break;
  }
  std::cerr << "refused: " << last << '\n';
  ++refusals;
  return std::nullopt;
}

constexpr std::int32_t stock = 40;

// One of several instances: holds, sells, releases and cancels at random, without a catalog (what the ledger
// says is what the catalog shows).
class Buyer {
 public:
  Buyer(const config::Database& settings, std::vector<ProductId> products, unsigned seed,
        std::atomic<int>& refusals)
      : journal_(settings, seed, std::chrono::hours(1)),
        store_(settings),
        products_(std::move(products)),
        random_(seed),
        refusals_(refusals) {}

  void trade(int rounds) {
    for (int round = 0; round < rounds; ++round) {
      const auto id = new_order();
      std::vector<OrderLine> lines;
      for (const auto product : products_) {
        if (pick(2) == 0) lines.push_back({product, static_cast<std::int32_t>(1 + pick(3))});
      }
      if (lines.empty()) continue;
      if (hold(id, lines) && pick(4) != 0) {
        const auto outcomes = told<std::vector<CommitOutcome>>(
            [&] { return store_.commit({commit_of(id, lines)}); }, refusals_);
        const bool sold = outcomes && outcomes->at(0).verdict == CommitVerdict::committed;
        if (sold) ++sold_;
        if (sold && pick(3) == 0) {
          told<std::vector<StatusOutcome>>(
              [&] {
                return store_.change_status({{id, "Cancelled"}}, StatusRules{});
              },
              refusals_);
          release(id, lines);
        }
        if (sold) continue;
      }
      release(id, lines);
    }
  }
  [[nodiscard]] int sold() const { return sold_; }

 private:
  unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }

  // One batch for all products; stale ones again. Whether all was granted.
  bool hold(OrderId id, const std::vector<OrderLine>& lines) {
    std::vector<OrderLine> open = lines;
    bool all = true;
    while (!open.empty()) {
      std::vector<CycleRequest> batch;
      batch.reserve(open.size());
      for (const auto& line : open) batch.push_back(request(line.product));
      for (std::size_t n = 0; n < open.size(); ++n) batch[n].holds = {{{id, 0}, open[n].quantity}};
      std::shuffle(batch.begin(), batch.end(), random_);
      const auto results = told<std::vector<CycleResult>>([&] { return journal_.record(batch); }, refusals_);
      if (!results) return false;
      open.clear();
      for (std::size_t n = 0; n < batch.size(); ++n) {
        const auto verdict = results->at(n).holds.at(0);
        if (verdict == HoldVerdict::undecided) open.push_back({batch[n].product, batch[n].holds[0].quantity});
        all &= verdict == HoldVerdict::granted || verdict == HoldVerdict::undecided;
      }
    }
    return all;
  }

  void release(OrderId id, const std::vector<OrderLine>& lines) {
    for (const auto& line : lines) {
      for (bool done = false; !done;) {
        auto one = request(line.product);
        one.releases = {{id, 0}};
        const auto results =
            told<std::vector<CycleResult>>([&] { return journal_.record({one}); }, refusals_);
        done = !results || !results->at(0).stale;
      }
    }
  }

  CycleRequest request(ProductId product) {
    const auto rows =
        told<std::vector<std::optional<Ledger>>>([&] { return journal_.read({product}); }, refusals_);
    const auto row = rows ? rows->at(0) : std::nullopt;
    return cycle(product, row, row ? row->quantity : stock);
  }

  PostgresStockJournal journal_;
  PostgresOrderStore store_;
  const std::vector<ProductId> products_;
  std::mt19937 random_;
  std::atomic<int>& refusals_;
  int sold_ = 0;
};

struct Market {
  // Every unit is in the ledger or in a reservation that has it; and nothing is left held.
  void check_books() const {
    BOOST_TEST(
        database.ask("SELECT count(*) FROM product_stock p WHERE quantity < 0 OR quantity + coalesce((SELECT "
                     "sum(r.quantity) FROM reservations r WHERE r.product_id = p.product_id AND r.state IN "
                     "('sold', 'held', 'owed')), 0) <> " +
                     std::to_string(stock)) == "0");
    BOOST_TEST(database.ask("SELECT count(*) FROM reservations WHERE state IN ('held', 'owed')") == "0");
    BOOST_TEST(
        database.ask(
            "SELECT count(*) FROM product_stock p WHERE seq <> (SELECT count(*) FROM stock_movements m "
            "WHERE m.product_id = p.product_id)") == "0");
    // What is sold is in an order that was not cancelled, line for line.
    BOOST_TEST(
        database.ask("SELECT coalesce(sum(quantity), 0) FROM reservations WHERE state = 'sold'") ==
        database.ask(
            "SELECT coalesce(sum(i.quantity), 0) FROM order_items i JOIN orders o ON o.id = i.order_id "
            "WHERE NOT o.restocked"));
  }

  // `buyers` threads trade; `disturb` runs meanwhile. How many orders were sold.
  template <class Disturb>
  int run(unsigned buyers, int rounds, const Disturb& disturb) {
    std::atomic<unsigned> trading{buyers};
    std::atomic<int> sold{0};
    std::vector<std::thread> threads;
    for (unsigned n = 0; n < buyers; ++n) {
      threads.emplace_back([&, n] {
        Buyer buyer(database.settings(), products, n + 1, refusals);
        buyer.trade(rounds);
        sold += buyer.sold();
        --trading;
      });
    }
    std::exception_ptr failed;
    while (trading > 0 && !failed) {
      try {
        disturb();
      } catch (...) {
        failed = std::current_exception();
      }
    }
    for (auto& thread : threads) thread.join();
    if (failed) std::rethrow_exception(failed);
    return sold;
  }

  test::PreparedDatabase database;
  std::vector<ProductId> products{new_product(), new_product(), new_product(), new_product()};
  std::atomic<int> refusals{0};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(stock_races, Market)

BOOST_AUTO_TEST_CASE(lets_one_of_two_be_first_with_a_new_product) {
  for (int round = 0; round < 20; ++round) {
    const auto product = new_product();
    std::atomic<int> ready{0};
    std::atomic<int> granted{0};
    std::atomic<int> stale{0};
    const auto race = [&] {
      PostgresStockJournal journal(database.settings(), 1, std::chrono::hours(1));
      (void)journal.read({product});
      ++ready;
      while (ready < 2) std::this_thread::yield();
      const auto result = journal.record({cycle(product, {}, 1, {{{new_order(), 0}, 1}})});
      if (!result.ok()) return;
      granted += result.value().at(0).holds.at(0) == HoldVerdict::granted ? 1 : 0;
      stale += result.value().at(0).stale ? 1 : 0;
    };
    std::thread other(race);
    race();
    other.join();
    BOOST_TEST(granted == 1);
    BOOST_TEST(stale == 1);
  }
}

BOOST_AUTO_TEST_CASE(keeps_the_books_among_several_instances) {
  const int sold = run(4, 40, [] { std::this_thread::yield(); });
  BOOST_TEST(refusals == 0);
  BOOST_TEST(sold > 0);
  check_books();
  BOOST_TEST(database.ask("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") ==
             "0");
}

BOOST_AUTO_TEST_CASE(keeps_the_books_while_connections_die) {
  int killed = 0;
  const int sold =
      run(3, 20, [&] { killed += PostgresCluster::shared().terminate_backends(database.name()); });
  BOOST_TEST(refusals == 0);
  BOOST_TEST(sold > 0);
  BOOST_TEST(killed > 0);
  check_books();
}

BOOST_AUTO_TEST_CASE(keeps_the_books_while_the_server_crashes) {
  auto& cluster = PostgresCluster::shared();
  int crashes = 0;
  const int sold = run(3, 60, [&] {
    if (crashes >= 2) return std::this_thread::yield();
    ++crashes;
    cluster.stop_immediate();
    cluster.start();
  });
  BOOST_TEST(refusals == 0);
  BOOST_TEST(sold > 0);
  check_books();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
