// orderd is killed at every crash point, one after another, under load of every kind; each time it is started
// again, and afterwards the audit must be clean and every client's view true (P1 to P4 of the promises).
#include <atomic>
#include <csignal>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <sstream>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/crashing/points.hpp"
#include "tests/system/rig.hpp"

namespace orders::test {

namespace {

using nlohmann::json;

constexpr int plenty = 10'000'000;
constexpr int scarce = 3;

/// Clients of every kind, until they are told to stop; what they were answered is kept.
class Load {
 public:
  Load(const Rig& rig, int customers_from) : rig_(rig), customers_from_(customers_from) {}

  void run(const std::vector<int>& products, int scarce_one, int scarce_two) {
    const auto start = [this](auto act) {
      threads_.emplace_back([this, act] {
        for (int round = 0; !stopping_; ++round) act(round);
      });
    };
    start([=](int round) { order(1, {{products[0], 1}, {products[1], 1 + round % 3}}); });
    start([=](int round) { cancel(order(2, {{products[1], 2}, {products[2], 1 + round % 2}})); });
    start([=](int) { from_cart(3, products[2]); });
    // Competing for the last units of two products, so that orders begin again and are refused.
    for (int client = 4; client < 8; ++client) {
      start([=](int round) {
        cancel(placed_by(post(client, Rig::lines({{scarce_one, 2}, {scarce_two, 2}}), round)));
      });
    }
  }
  void stop() {
    stopping_ = true;
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

  [[nodiscard]] std::set<std::int64_t> placed() const {
    const std::lock_guard<std::mutex> guard(mutex_);
    return placed_;
  }

 private:
  /// The order's id; 0: it was refused, or nobody can tell.
  std::int64_t placed_by(const HttpReply& reply) {
    if (reply.status != 201) return 0;
    const auto id = json::parse(reply.body).at("id").get<std::int64_t>();
    const std::lock_guard<std::mutex> guard(mutex_);
    placed_.insert(id);
    return id;
  }

  std::int64_t order(int client, const std::vector<std::pair<int, int>>& lines) {
    return placed_by(post(client, Rig::lines(lines)));
  }

  void from_cart(int client, int product) {
    try {
      rig_.add_to_cart(customers_from_ + client, product, 1);
    } catch (const std::runtime_error&) {  // the cart is disturbed just now
    }
    (void)placed_by(post(client, "{}"));
  }

  void cancel(std::int64_t id) {
    if (id == 0) return;
    (void)patient(
        [&] { return rig_.call("PUT", "/orders/" + std::to_string(id), R"({"status":"Cancelled"})"); });
  }

  /// With a key of each round's own if there is one: refusals are kept then.
  HttpReply post(int client, const std::string& body, std::optional<int> round = {}) {
    const int customer = customers_from_ + client;
    return patient([&] {
      return round ? rig_.keyed_post(customer, "round-" + std::to_string(*round), body)
                   : rig_.post(customer, body);
    });
  }

  template <class Call>
  static HttpReply patient(const Call& call) {
    try {
      return call();
    } catch (const std::runtime_error&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      return {};
    }
  }

  const Rig& rig_;
  const int customers_from_;
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> threads_;
  mutable std::mutex mutex_;
  std::set<std::int64_t> placed_;
};

struct Crashing {
  Crashing() {
    for (int i = 0; i < 3; ++i) products.push_back(product_of(plenty));
  }

  int product_of(int stock) {
    const auto product = rig.product(stock);
    units[product] = stock;
    return product;
  }

  std::unique_ptr<Process> start(const std::string& crash_at) {
    auto environment = rig.environment();
    if (!crash_at.empty()) environment["ORDERD_CRASH_AT"] = crash_at;
    return std::make_unique<Process>(std::vector<std::string>{ORDERD_CRASHING_PROGRAM},
                                     Process::Options{environment, folder.path() + "/log", {}});
  }

  /// Lets PUTs fail now and then, so that every road is taken.
  void disturb() {
    rig.sandbox().fault(
        {{"route", "PUT /products/{id}"}, {"answer", "close"}, {"probability", 0.1}, {"seed", 7}});
    rig.sandbox().fault({{"route", "PUT /carts/{id}"}, {"answer", "500"}, {"probability", 0.3}, {"seed", 7}});
  }

  /// Runs it under load until it has killed itself.
  void crash(const std::string& point) {
    disturb();
    auto process = start(point);
    (void)eventually([&] { return !process->running() || rig.ready(); }, std::chrono::seconds(30));
    Load load(rig, ++runs * 100);
    // Fresh ones each time: what a killed process had sold is not given back by anybody.
    load.run(products, product_of(scarce), product_of(scarce));
    const auto status = process->wait(std::chrono::seconds(30));
    load.stop();
    BOOST_REQUIRE_MESSAGE(status.has_value(),
                          "the point was not reached: " << read_file(folder.path() + "/log"));
    BOOST_TEST(*status == 128 + SIGKILL, read_file(folder.path() + "/log"));
    for (const auto id : load.placed()) placed.insert(id);
  }

  /// Starts it again, undisturbed, and judges what has become of everything.
  void judge() {
    rig.sandbox().clear_faults();
    auto process = start("");
    BOOST_REQUIRE(eventually([&] { return rig.ready(); }, std::chrono::seconds(30)));
    BOOST_TEST(eventually([this] { return parsed(rig.call("GET", "/recovery")).at("status") == "finished"; },
                          std::chrono::seconds(30)),
               rig.call("GET", "/recovery").body);
    BOOST_TEST(rig.settles(std::chrono::seconds(30)));
    // A customer's carts are closed one after another.
    BOOST_TEST(
        eventually([this] { return rig.query("SELECT count(*) FROM cart_closings WHERE NOT closed") == "0"; },
                   std::chrono::seconds(30)),
        said_by_audit().dump());
    json said;
    (void)eventually([&] {
      said = said_by_audit();
      return said.at("verdict") == "clean" && said.at("under_way") == 0;
    });
    BOOST_TEST(said.at("verdict") == "clean", said.dump());
    check_command();
    check_units();
    check_placed();
    const auto status = process->stop(std::chrono::seconds(20));
    BOOST_TEST(status == 0, "it ended with " << status << ": " << read_file(folder.path() + "/log"));
  }

  /// One query for all: each is a process of its own.
  void check_units() {
    std::istringstream rows(rig.query(
        "SELECT i.product_id || ' ' || sum(i.quantity) FROM order_items i JOIN orders o ON o.id = i.order_id "
        "WHERE NOT o.restocked GROUP BY i.product_id"));
    std::map<int, int> sold;
    for (int product = 0, quantity = 0; rows >> product >> quantity;) sold[product] = quantity;
    for (const auto& [product, stock] : units) {
      const auto left = rig.sandbox().stock(product).value();
      BOOST_TEST(left == stock - sold[product], "product " << product << ": " << left << " of " << stock
                                                           << " left, " << sold[product] << " sold");
    }
  }

  json said_by_audit() { return parsed(rig.call("GET", "/audit?limit=1000")); }

  /// Status 2 only says that a neighbour did not answer in time.
  void check_command() {
    const auto file = folder.path() + "/audit";
    int status = 2;
    (void)eventually([&] {
      write_file(file, "");
      status = run({ORDERD_CRASHING_PROGRAM, "audit", "--json"}, {rig.environment(), file, {}});
      return status != 2;
    });
    BOOST_TEST(status == 0, read_file(file));
  }

  void check_placed() {
    std::string ids;
    for (const auto id : placed) ids += (ids.empty() ? "" : ",") + std::to_string(id);
    if (ids.empty()) return;
    BOOST_TEST(rig.query("SELECT count(*) FROM orders WHERE id IN (" + ids + ")") ==
               std::to_string(placed.size()));
  }

  Rig rig{{{},
           {{"ORDERD_RECOVERY__INTERVAL", "100ms"},
            {"ORDERD_ORDERS__DEADLINE", "2s"},
            {"ORDERD_CATALOG__RETRY_MIN", "5ms"},
            {"ORDERD_CART__RETRY_MIN", "20ms"}},
           nullptr,
           false}};
  TemporaryFolder folder;
  std::map<int, int> units;  ///< what there was of each product
  std::vector<int> products;
  std::set<std::int64_t> placed;  ///< what clients were told to be there
  int runs = 0;
};

bool of_recovery(std::string_view point) { return point.substr(0, 9) == "recovery."; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(crash_points_of_orderd, Crashing)

BOOST_AUTO_TEST_CASE(p4_a_kill_at_any_of_them_leaves_no_limbo_and_no_drift) {
  for (const auto& point : crash_points) {
    BOOST_TEST_CONTEXT("killed at " << point) {
      if (of_recovery(point)) crash("cycle.put_sent:5");  // something to recover
      crash(std::string(point));
      judge();
    }
  }
}

BOOST_AUTO_TEST_CASE(p4_a_kill_after_some_time_of_work_neither) {
  for (const auto* point : {"intent.commits", "intent.committed", "cycle.put_sent", "order.commits",
                            "order.committed", "order.gives_up", "cancel.committed", "cart.puts"}) {
    BOOST_TEST_CONTEXT("killed at " << point) {
      crash(std::string(point) + ":20");
      crash(std::string(point) + ":10");  // and again, before everything was put right
      judge();
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
