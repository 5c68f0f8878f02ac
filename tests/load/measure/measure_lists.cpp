// GET /orders over 1,000,000 orders: how much memory it takes, when its first byte comes, and whether orders
// go on being placed while 16 clients read, two of which read nothing. Takes some minutes.
#include <algorithm>
#include <atomic>
#include <iostream>
#include <thread>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "tests/http/server/raw_client.hpp"
#include "tests/load/latencies.hpp"
#include "tests/load/measure/large_table.hpp"
#include "tests/support/list_reader.hpp"
#include "tests/system/rig.hpp"

using namespace orders::test;
using namespace std::chrono_literals;
using orders::load::Latencies;

namespace {

constexpr int readers = 14;
constexpr int sleepers = 2;
constexpr long mib = 1L << 20;
constexpr auto patience = 1'200s;

double milliseconds(std::chrono::microseconds value) { return static_cast<double>(value.count()) / 1'000; }

/// Places orders one after another until told to stop.
class Buyer {
 public:
  explicit Buyer(Rig& rig) : rig_(rig), product_(rig.product(1'000'000)), thread_([this] { buy(); }) {}
  ~Buyer() { stop(); }
  Buyer(const Buyer&) = delete;
  Buyer& operator=(const Buyer&) = delete;
  Buyer(Buyer&&) = delete;
  Buyer& operator=(Buyer&&) = delete;

  void stop() {
    ending_ = true;
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] std::string report() const {
    return fmt::format("{} orders placed, {} failed; p50 {:.1f} ms, p99 {:.1f} ms, max {:.1f} ms",
                       placed_.count(), failed_, milliseconds(placed_.percentile(0.5)),
                       milliseconds(placed_.percentile(0.99)), milliseconds(placed_.max()));
  }
  [[nodiscard]] int failed() const { return failed_; }
  [[nodiscard]] std::uint64_t placed() const { return placed_.count(); }

 private:
  void buy() {
    for (int n = 0; !ending_; ++n) {
      const auto begun = std::chrono::steady_clock::now();
      const auto reply = rig_.post(n % 100 + 1, Rig::lines({{product_, 1}}));
      const auto took = std::chrono::steady_clock::now() - begun;
      if (reply.status == 201) {
        placed_.add(std::chrono::duration_cast<std::chrono::microseconds>(took));
      } else {
        ++failed_;
      }
    }
  }

  Rig& rig_;
  const int product_;
  std::atomic<bool> ending_{false};
  Latencies placed_;
  int failed_ = 0;
  std::thread thread_;
};

/// Runs `act` and says by how much orderd's memory grew meanwhile, at most.
template <class Act>
long growth(Rig& rig, const char* what, Act act) {
  const long before = rig.orderd().resident_bytes();
  std::atomic<bool> done{false};
  long most = before;
  std::thread watch([&] {
    while (!done) {
      most = std::max(most, rig.orderd().resident_bytes());
      std::this_thread::sleep_for(5ms);
    }
  });
  act();
  done = true;
  watch.join();
  std::cout << fmt::format("{}: memory {:.1f} MiB before, grew by {:.1f} MiB at most\n", what,
                           static_cast<double>(before) / mib, static_cast<double>(most - before) / mib);
  return most - before;
}

void report(const char* what, const ListSeen& seen) {
  const auto seconds = static_cast<double>(seen.took.count()) / 1e6;
  std::cout << fmt::format(
      "{}: {} rows, {:.0f} MB in {:.1f} s ({:.0f} rows/s, {:.1f} MB/s), first byte after {:.1f} ms\n", what,
      seen.rows, static_cast<double>(seen.bytes) / 1e6, seconds, static_cast<double>(seen.rows) / seconds,
      static_cast<double>(seen.bytes) / 1e6 / seconds, milliseconds(seen.first_byte));
}

void check(const ListSeen& seen, std::uint64_t rows) {
  BOOST_TEST_CONTEXT(seen.trouble) { BOOST_TEST(seen.whole); }
  BOOST_TEST(seen.ascending);
  BOOST_TEST(seen.rows >= rows);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_million_orders) {
  Rig rig({{}, {{"ORDERD_LOG__LEVEL", "warn"}}});
  fill_large_table(rig.cluster(), rig.database());
  (void)rig.call("GET", "/orders?limit=1000");

  ListSeen alone;
  const auto one =
      growth(rig, "one reader", [&] { alone = orders_reader().read(rig.url("/orders"), patience); });
  report("one reader", alone);
  check(alone, large_table_orders);
  BOOST_TEST(one < 32 * mib);
  BOOST_TEST(milliseconds(alone.first_byte) < 100);

  {
    Buyer buyer(rig);
    std::this_thread::sleep_for(5s);
    buyer.stop();
    std::cout << "without readers, 5 s: " << buyer.report() << "\n";
  }
  std::vector<ListSeen> seen(readers);
  Buyer buyer(rig);
  const auto all = growth(rig, "16 readers, two of which read nothing", [&] {
    std::vector<RawClient> silent;
    for (int n = 0; n < sleepers; ++n) {
      silent.emplace_back(static_cast<std::uint16_t>(rig.port()), 16'384);
      silent.back().send(get("/orders"));
    }
    at_once(readers, [&](int n) {
      seen[static_cast<std::size_t>(n)] = orders_reader().read(rig.url("/orders"), patience);
    });
    BOOST_TEST(eventually([&] { return rig.metric("orderd_http_slow_dropped_total") == "2"; }, 60s));
  });
  buyer.stop();
  std::cout << "meanwhile: " << buyer.report() << "\n";
  std::chrono::microseconds first{0};
  for (const auto& one_of_them : seen) {
    check(one_of_them, large_table_orders);
    first = std::max(first, one_of_them.first_byte);
  }
  report("one of the 14 that read", seen.front());
  std::cout << fmt::format("first byte of the 14: {:.1f} ms at most\n", milliseconds(first));
  std::cout << "dropped for not reading: " << rig.metric("orderd_http_slow_dropped_total") << "\n";
  BOOST_TEST(all < 32 * mib);
  BOOST_TEST(buyer.failed() == 0);
  BOOST_TEST(buyer.placed() > 100U);
}
