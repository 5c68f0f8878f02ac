#include "tests/support/postgres.hpp"

#include <csignal>
#include <filesystem>
#include <pwd.h>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace orders::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// PostgreSQL refuses to run as root.
constexpr const char* server_user = "postgres";

std::string program(const std::string& name) { return "/usr/lib/postgresql/15/bin/" + name; }

Process::Options as_server_user(std::string output) {
  Process::Options options;
  options.output = std::move(output);
  options.run_as = server_user;
  return options;
}

void give_to_server_user(const std::string& path) {
  if (geteuid() != 0) return;
  const passwd* user = ::getpwnam(server_user);
  if (user == nullptr || ::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) {
    throw std::runtime_error("cannot give " + path + " to the user " + server_user);
  }
}

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace

PostgresCluster::PostgresCluster() : data_(folder_.path() + "/cluster"), port_(free_port()) {
  std::filesystem::create_directory(data_);
  give_to_server_user(data_);
  const std::string log = data_ + "/initdb.log";
  const int status = run({program("initdb"), "--pgdata=" + data_ + "/data", "--username=postgres",
                          "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"},
                         as_server_user(log));
  if (status != 0) throw std::runtime_error("initdb failed: " + read_file(log));
  start();
}

PostgresCluster::~PostgresCluster() {
  try {
    if (server_) stop_immediate();
  } catch (const std::exception&) {
    server_.reset();  // kills it
  }
}

PostgresCluster& PostgresCluster::shared() {
  static PostgresCluster cluster;
  return cluster;
}

std::string PostgresCluster::url(const std::string& database) const {
  return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

std::string PostgresCluster::create_database() {
  // The process id keeps the names apart when several test executables should ever share a server.
  std::string name = "test_" + std::to_string(::getpid()) + "_" + std::to_string(++databases_);
  (void)execute("CREATE DATABASE " + name);
  return name;
}

std::string PostgresCluster::execute(const std::string& sql, const std::string& database) const {
  const TemporaryFolder folder;
  Process::Options options;
  options.output = folder.path() + "/out";
  options.environment["PGOPTIONS"] = "--client-min-messages=error";  // warnings would stand among the rows
  const int status = run({program("psql"), "--no-psqlrc", "--quiet", "--no-align", "--tuples-only",
                          "--set=ON_ERROR_STOP=1", "--dbname=" + url(database), "--command=" + sql},
                         options);
  auto output = trimmed(read_file(options.output));
  if (status != 0) throw std::runtime_error("psql: " + output);
  return output;
}

void PostgresCluster::start() {
  server_ = std::make_unique<Process>(
      std::vector<std::string>{
          program("postgres"), "-D", data_ + "/data", "-k", data_, "-p", std::to_string(port_), "-c",
          "listen_addresses=127.0.0.1", "-c", "fsync=on", "-c", "max_connections=100", "-c",
          // After a crash one call for the file system instead of one for each file of it.
          "recovery_init_sync_method=syncfs"},
      as_server_user(data_ + "/server.log"));
  const auto end = std::chrono::steady_clock::now() + seconds(30);
  while (run({program("pg_isready"), "--quiet", "--dbname=" + url()}) != 0) {
    if (!server_->running() || std::chrono::steady_clock::now() > end) {
      throw std::runtime_error("PostgreSQL did not start: " + read_file(data_ + "/server.log"));
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
}

void PostgresCluster::stop_immediate() {
  server_->signal(SIGQUIT);
  if (!server_->wait(seconds(20))) throw std::runtime_error("PostgreSQL did not stop");
  server_.reset();
}

int PostgresCluster::terminate_backends(const std::string& database) const {
  return std::stoi(execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '" +
                           database + "' AND pid <> pg_backend_pid()"));
}

std::vector<pid_t> PostgresCluster::backends(const std::string& database, const std::string& like) const {
  std::istringstream rows(execute("SELECT pid FROM pg_stat_activity WHERE datname = '" + database +
                                  "' AND query LIKE '" + like +
                                  "' AND pid <> pg_backend_pid() ORDER BY pid"));
  std::vector<pid_t> ids;
  for (pid_t id = 0; rows >> id;) ids.push_back(id);
  return ids;
}

}  // namespace orders::test
