// A whole orderd for system tests: the real binary, a real PostgreSQL database of its own and the sandbox
// catalog and cart, each a process. The tests speak to it over HTTP as clients do, and look into the database
// and the catalog to judge. Requests may be sent from several threads; everything else belongs to the test's
// thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/sandbox/sandbox_process.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/http_call.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"

namespace orders::test {

class Rig {
 public:
  struct Options {
    std::vector<std::string> sandbox{};             ///< further arguments
    std::map<std::string, std::string> settings{};  ///< e.g. {"ORDERD_ORDERS__DEADLINE", "1s"}
    PostgresCluster* cluster = nullptr;             ///< none: the one the executable shares
    bool start = true;                              ///< start orderd at once
  };

  explicit Rig(Options options);
  Rig();
  /// Stops orderd; a test fails if a sanitizer had something to say about it.
  ~Rig();
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;
  Rig(Rig&&) = delete;
  Rig& operator=(Rig&&) = delete;

  /// Starts orderd and waits until it is ready; throws std::runtime_error with its log when it is not.
  void start();
  /// The orderd process; it must have been started.
  Process& orderd() { return *orderd_; }
  [[nodiscard]] bool ready() const;
  void kill_and_restart();
  /// What orderd would be started with.
  [[nodiscard]] std::map<std::string, std::string> environment() const;
  [[nodiscard]] std::string log() const { return read_file(folder_.path() + "/log"); }
  [[nodiscard]] int port() const { return port_; }
  /// The value of a line of /metrics, named with its labels; empty: there is none.
  [[nodiscard]] std::string metric(const std::string& name) const;

  SandboxProcess& sandbox() { return sandbox_; }
  PostgresCluster& cluster() { return cluster_; }
  [[nodiscard]] const std::string& database() const { return database_; }
  /// One value from the database.
  std::string query(const std::string& sql) const;

  /// On a connection of its own; throws std::runtime_error when there is no answer.
  [[nodiscard]] HttpReply call(const std::string& method, const std::string& target,
                               const std::string& body = {}) const;
  [[nodiscard]] HttpReply post(int customer, const std::string& body) const;
  /// With an Idempotency-Key, sent as it stands; to another instance's port if given.
  [[nodiscard]] HttpReply keyed_post(int customer, const std::string& key, const std::string& body,
                                     int port = 0) const;
  /// A body with one line for each pair of product and quantity.
  static std::string lines(const std::vector<std::pair<int, int>>& products);

  /// Orders 10000000001 and up of an older time, each with so many items, put straight into the database.
  void fill(int orders, int items) const;
  [[nodiscard]] std::string url(const std::string& target) const;

  /// A new product with this stock; its id.
  [[nodiscard]] int product(int stock) const;
  void add_to_cart(int customer, int product, int quantity) const;

  /// Units of the product in orders that were not cancelled.
  [[nodiscard]] int sold(int product) const;
  /// Waits until nothing is undecided or on its way and the catalog shows what the ledger says; false after
  /// `limit`.
  [[nodiscard]] bool settles(std::chrono::milliseconds limit = std::chrono::seconds(10)) const;

 private:
  TemporaryFolder folder_;
  Options options_;
  PostgresCluster& cluster_;
  std::string database_;
  SandboxProcess sandbox_;
  int port_;
  std::unique_ptr<Process> orderd_;
};

/// Runs `act(0)` to `act(count - 1)` at once, each in a thread of its own, and waits for all.
void at_once(int count, const std::function<void(int)>& act);

nlohmann::json parsed(const HttpReply& reply);

}  // namespace orders::test
