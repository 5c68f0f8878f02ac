// Everything of a chaos run that is a process: PostgreSQL, the sandbox, orderd, and the proxies between them;
// how each is killed, stopped, stalled and healed, and what there is to be seen in the end. Belongs to the
// run's thread, except for url() and sandbox(), which clients use too.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/chaos/judge.hpp"
#include "tests/chaos/options.hpp"
#include "tests/sandbox/sandbox_process.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"
#include "tests/support/stalling_proxy.hpp"

namespace orders::chaos {

struct AuditResult {
  bool clean = false;     ///< nothing is off, and nothing is under way
  std::string printed{};  ///< what the audit said
};

class World {
 public:
  explicit World(const Options& options);

  [[nodiscard]] std::string url(const std::string& target) const {
    return "http://127.0.0.1:" + std::to_string(port_) + target;
  }
  [[nodiscard]] const test::SandboxProcess& sandbox() const { return sandbox_; }
  /// Throws std::out_of_range when there is none of that name.
  test::StallingProxy& proxy(const std::string& name) { return *proxies_.at(name); }

  /// Of every orderd started from now on.
  void set_settings(std::map<std::string, std::string> settings) { settings_ = std::move(settings); }
  void start_orderd();
  void kill_orderd();
  void terminate_orderd();
  /// Starts orderd again when it has ended; what is wrong about its end, empty if nothing is.
  std::string supervise();
  [[nodiscard]] bool ready() const;

  [[nodiscard]] bool database_runs() const { return database_runs_; }
  void stop_database();
  void start_database();
  void end_sessions();

  /// Products with this stock; their ids.
  std::vector<int> make_products(int count, int stock);
  /// Everything at rest, as it is stored; of the carts those of these customers.
  View look(const std::vector<int>& products, const std::vector<int>& cart_customers);
  AuditResult audit();
  /// Orders the customer's cart, whatever is answered, and gives orderd some time to close it.
  void order_cart_again(int customer) const;
  /// Keeps logs and tables in that folder.
  void keep_evidence(const std::string& folder);
  /// Ends orderd as an operator would; what is wrong about it, empty if nothing is.
  std::string stop();

 private:
  [[nodiscard]] std::map<std::string, std::string> environment(bool through_proxies) const;
  [[nodiscard]] std::string log_file() const { return folder_.path() + "/orderd.log"; }
  std::string end_fault(int status);

  const std::string program_;
  const bool versions_;  ///< orderd sends If-Match
  test::TemporaryFolder folder_;
  test::PostgresCluster cluster_;
  const std::string database_;
  test::SandboxProcess sandbox_;
  std::map<std::string, std::unique_ptr<test::StallingProxy>> proxies_;
  const int port_;
  std::map<std::string, std::string> settings_;
  std::unique_ptr<test::Process> orderd_;
  bool told_to_end_ = false;
  std::chrono::steady_clock::time_point started_at_;
  std::chrono::steady_clock::time_point told_at_;
  bool database_runs_ = true;
};

}  // namespace orders::chaos
