// GET /orders and GET /order_items over tables that do not fit into anybody's memory: they flow as fast as
// their clients read, who does not read is dropped, and nobody else notices.
#include <atomic>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/http/server/raw_client.hpp"
#include "tests/support/list_reader.hpp"
#include "tests/system/rig.hpp"

using namespace orders::test;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 100s;
/// So small that most of a list stays with its sender.
constexpr int little = 16'384;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr long growth_max = 128L << 20;  // shadow memory and freed blocks that are held back
#else
constexpr long growth_max = 32L << 20;
#endif

const std::map<std::string, std::string> short_timeouts{
    {"ORDERD_HTTP__WRITE_TIMEOUT", "1500ms"},
    {"ASAN_OPTIONS", "quarantine_size_mb=8"},
};

RawClient silent_reader(const Rig& rig, const std::string& target) {
  RawClient client(static_cast<std::uint16_t>(rig.port()), little);
  client.send(get(target));
  return client;
}

/// What is not closed in the database: a list must hold nothing there.
std::string open_transactions(const Rig& rig) {
  return rig.query(
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
      "application_name = 'orderd' AND state LIKE 'idle in transaction%'");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lists)

BOOST_AUTO_TEST_CASE(a_large_table_flows_to_many_in_bounded_memory_and_who_does_not_read_is_dropped) {
  Rig rig({{}, short_timeouts});
  constexpr int rows = 60'000;
  rig.fill(rows, 2);
  const int product = rig.product(1'000'000);
  BOOST_REQUIRE_EQUAL(rig.post(1, Rig::lines({{product, 1}})).status, 201);
  const auto before = rig.orderd().resident_bytes();
  auto sleeper = silent_reader(rig, "/orders");
  auto other_sleeper = silent_reader(rig, "/order_items");
  std::vector<ListSeen> seen(8);
  std::atomic<bool> reading{true};
  long most = 0;
  int placed = 0;
  std::thread readers([&] {
    at_once(8, [&](int n) {
      seen[static_cast<std::size_t>(n)] = n < 6 ? orders_reader().read(rig.url("/orders"), patience)
                                                : items_reader().read(rig.url("/order_items"), patience);
    });
    reading = false;
  });
  while (reading) {
    placed += rig.post(placed % 50 + 1, Rig::lines({{product, 1}})).status == 201 ? 1 : 0;
    most = std::max(most, rig.orderd().resident_bytes());
  }
  readers.join();
  BOOST_TEST(placed > 10);
  for (std::size_t n = 0; n < seen.size(); ++n) {
    BOOST_TEST_CONTEXT(n << ": " << seen[n].trouble) {
      BOOST_TEST(seen[n].whole);
      BOOST_TEST(seen[n].ascending);
      BOOST_TEST(seen[n].rows >= static_cast<std::uint64_t>(n < 6 ? rows : 2 * rows));
    }
  }
  BOOST_TEST(eventually([&] { return rig.metric("orderd_http_slow_dropped_total") == "2"; }));
  BOOST_TEST(eventually([&] { return rig.metric("orderd_http_pending_bytes") == "0"; }));
  BOOST_TEST(open_transactions(rig) == "0");
  for (auto* dropped : {&sleeper, &other_sleeper}) {
    const auto got = dropped->read_to_end(10s);
    BOOST_REQUIRE(got);
    BOOST_TEST(got->find("\r\n0\r\n") == std::string::npos);  // it can tell that there should be more
  }
  most = std::max(most, rig.orderd().resident_bytes());
  BOOST_TEST_MESSAGE("resident memory grew by " << (most - before) / 1024 << " KiB at most");
  BOOST_TEST(most - before < growth_max);
}

BOOST_AUTO_TEST_CASE(orders_of_many_lines_are_listed_whole) {
  Rig rig;
  rig.fill(700, 150);
  const auto orders = orders_reader().read(rig.url("/orders"), patience);
  BOOST_TEST_CONTEXT(orders.trouble) { BOOST_TEST(orders.whole); }
  BOOST_TEST(orders.rows == 700U);
  BOOST_TEST(items_reader().read(rig.url("/orders"), patience).rows == 700U * 150U);
  const auto items = items_reader().read(rig.url("/order_items?after=5"), patience);
  BOOST_TEST(items.whole);
  BOOST_TEST(items.rows == 700U * 150U - 5U);
}

BOOST_AUTO_TEST_CASE(a_slow_reader_keeps_its_list_when_its_database_sessions_end) {
  Rig rig;
  rig.fill(30'000, 1);
  ListSeen seen;
  std::thread reader([&] { seen = orders_reader().read(rig.url("/orders"), patience, 2'000'000); });
  int cut = 0;
  for (int round = 0; round < 2; ++round) {
    std::this_thread::sleep_for(700ms);
    cut += rig.cluster().terminate_backends(rig.database());
  }
  reader.join();
  BOOST_TEST(cut > 2);
  BOOST_TEST_CONTEXT(seen.trouble << "\n" << rig.log()) { BOOST_TEST(seen.whole); }
  BOOST_TEST(seen.rows == 30'000U);
  BOOST_TEST(seen.ascending);
}

BOOST_AUTO_TEST_CASE(a_reset_in_the_middle_ends_the_list) {
  Rig rig;
  rig.fill(30'000, 1);
  for (int round = 0; round < 5; ++round) {
    auto client = silent_reader(rig, "/orders");
    BOOST_TEST(client.discard(100'000) > 0U);
    client.reset();
  }
  BOOST_TEST(eventually([&] { return rig.metric("orderd_http_pending_bytes") == "0"; }));
  BOOST_TEST(eventually([&] { return rig.metric("orderd_reads_in_flight") == "0"; }));
  BOOST_TEST(rig.log().find("broken off") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_page_of_large_orders_is_shorter_and_the_next_one_goes_on) {
  Rig rig({{}, {{"ORDERD_HTTP__PENDING_BYTES_MAX", "64KiB"}}});
  constexpr int orders = 60;
  rig.fill(orders, 150);
  std::vector<std::int64_t> ids;
  int pages = 0;
  for (std::string next = "/orders?limit=1000"; !next.empty(); ++pages) {
    const auto reply = rig.call("GET", next);
    BOOST_REQUIRE_EQUAL(reply.status, 200);
    BOOST_TEST(reply.body.size() < 66'000U);
    const auto page = parsed(reply);
    for (const auto& order : page.at("orders")) ids.push_back(order.at("id").get<std::int64_t>());
    next = page.value("next", "");
    BOOST_TEST(reply.headers.count("Link") == (next.empty() ? 0U : 1U));
  }
  BOOST_TEST(pages > 5);
  BOOST_REQUIRE_EQUAL(ids.size(), static_cast<std::size_t>(orders));
  for (std::size_t i = 0; i < ids.size(); ++i)
    BOOST_TEST(ids[i] == 10'000'000'001 + static_cast<std::int64_t>(i));
}

BOOST_AUTO_TEST_CASE(a_list_under_way_is_not_broken_off_by_those_who_come_later) {
  Rig rig({{},
           {{"ORDERD_DATABASE__READERS", "1"},
            {"ORDERD_ORDERS__READS_IN_FLIGHT_MAX", "2"},
            {"ORDERD_ORDERS__READ_DEADLINE", "20ms"}}});
  rig.fill(20'000, 2);
  std::atomic<bool> reading{true};
  std::atomic<int> refused{0};
  ListSeen seen;
  std::thread reader([&] {
    seen = orders_reader().read(rig.url("/orders"), patience, 2'000'000);
    reading = false;
  });
  BOOST_TEST(eventually([&] { return rig.metric("orderd_http_pending_bytes") != "0"; }));
  at_once(8, [&](int) {
    while (reading) {
      if (rig.call("GET", "/order_items?limit=1000").status == 503) ++refused;
    }
  });
  reader.join();
  BOOST_TEST(refused > 0);
  BOOST_TEST_CONTEXT(seen.trouble) { BOOST_TEST(seen.whole); }
  BOOST_TEST(seen.rows == 20'000U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(reads)

namespace {

/// Keeps every reader waiting for a while.
class LockedTable {
 public:
  LockedTable(Rig& rig, const std::string& seconds)
      : thread_([&rig, seconds] {
          (void)rig.query("BEGIN; LOCK TABLE orders; SELECT pg_sleep(" + seconds + "); COMMIT");
        }) {
    locked_ = eventually([&] {
      return rig.query(
                 "SELECT count(*) FROM pg_locks WHERE relation = 'orders'::regclass AND granted AND "
                 "mode = 'AccessExclusiveLock'") == "1";
    });
  }
  ~LockedTable() { thread_.join(); }
  LockedTable(const LockedTable&) = delete;
  LockedTable& operator=(const LockedTable&) = delete;
  LockedTable(LockedTable&&) = delete;
  LockedTable& operator=(LockedTable&&) = delete;
  [[nodiscard]] bool locked() const { return locked_; }

 private:
  std::thread thread_;
  bool locked_ = false;
};

std::map<std::string, std::string> one_reader_and(const std::string& deadline) {
  return {{"ORDERD_DATABASE__READERS", "1"},
          {"ORDERD_DATABASE__STATEMENT_TIMEOUT", "1s"},  // and half a second for locks
          {"ORDERD_ORDERS__READ_DEADLINE", deadline}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(who_waits_too_long_for_a_turn_is_told_so) {
  Rig rig({{}, one_reader_and("300ms")});
  const LockedTable table(rig, "3");
  BOOST_REQUIRE(table.locked());
  const auto begun = std::chrono::steady_clock::now();
  std::atomic<int> late{0};
  std::atomic<int> refused{0};
  at_once(8, [&](int n) {
    const auto reply = rig.call("GET", "/orders/" + std::to_string(10'000'000'001 + n));
    if (reply.status == 503) ++refused;
    if (reply.body.find("timed-out") != std::string::npos) ++late;
  });
  BOOST_TEST(refused == 8);
  BOOST_TEST(late == 7);
  BOOST_TEST((std::chrono::steady_clock::now() - begun < 2s));
}

BOOST_AUTO_TEST_CASE(whether_it_is_ready_is_told_while_all_readers_are_busy) {
  Rig rig({{}, one_reader_and("5s")});
  const LockedTable table(rig, "3");
  BOOST_REQUIRE(table.locked());
  std::thread waiting([&] { at_once(4, [&](int) { (void)rig.call("GET", "/orders?limit=1"); }); });
  BOOST_TEST(eventually([&] { return rig.metric("orderd_reads_in_flight") != "0"; }));
  const auto begun = std::chrono::steady_clock::now();
  BOOST_TEST(rig.call("GET", "/readyz").status == 200);
  BOOST_TEST((std::chrono::steady_clock::now() - begun < 400ms));
  BOOST_TEST(rig.metric("orderd_reads_in_flight") != "0");
  waiting.join();
}

BOOST_AUTO_TEST_SUITE_END()
