// A real PostgreSQL server of our own for tests: made with initdb in a temporary folder, on a free port of
// 127.0.0.1, with fsync on, and gone with the object. Used by the tests of persistence/, actors/ and the
// system tests. One object belongs to one thread; the servers it starts may of course be used from many.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

#include "tests/support/process.hpp"

namespace orders::test {

class PostgresCluster {
 public:
  /// Makes the cluster and starts it; throws std::runtime_error when that fails.
  PostgresCluster();
  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  /// The one that all suites of a test executable share; started at the first call.
  static PostgresCluster& shared();

  [[nodiscard]] int port() const { return port_; }
  /// For libpq, over TCP.
  [[nodiscard]] std::string url(const std::string& database = "postgres") const;

  /// A new, empty database; its name.
  std::string create_database();

  /// Runs SQL through psql; rows as lines, columns parted by '|'. Throws std::runtime_error with psql's words
  /// on errors.
  [[nodiscard]] std::string execute(const std::string& sql, const std::string& database = "postgres") const;

  /// Starts the server and waits until it takes connections.
  void start();
  /// As a crash would: no checkpoint, connections cut; what was committed is recovered at the next start.
  void stop_immediate();

  /// Ends all sessions of a database, as an administrator would; how many there were.
  [[nodiscard]] int terminate_backends(const std::string& database) const;
  /// Process ids of a database's sessions whose last statement is like the SQL pattern given.
  [[nodiscard]] std::vector<pid_t> backends(const std::string& database, const std::string& like = "%") const;

 private:
  TemporaryFolder folder_;
  std::string data_;
  int port_;
  int databases_ = 0;
  std::unique_ptr<Process> server_;
};

}  // namespace orders::test
