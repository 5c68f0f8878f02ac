// One connection to PostgreSQL, through SOCI: the only place that opens connections, runs transactions and
// turns what goes wrong into an Error. Used by the stores of this folder, each with a Session of its own; a
// Session belongs to one thread. A lost connection is opened again at the next call, at once; but when
// that fails, calls fail at once until reconnect_min to reconnect_max (doubling) have passed. Nothing thrown
// leaves transact(), read() and write().
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "domain/result.hpp"
#include "persistence/connection_settings.hpp"
#include "persistence/statement.hpp"
#include "persistence/watchdog.hpp"

namespace orders::persistence {

class Session {
 public:
  /// Does not connect yet.
  explicit Session(config::Database settings, Access access = Access::any);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Connects if it is not connected. Errors: storage_unavailable; internal when the url can't be read.
  Result<Done> connect();
  [[nodiscard]] bool connected() const { return sql_ != nullptr; }
  /// Ends the connection, with whatever belongs to it; not inside a body.
  void drop() noexcept;
  /// Counts connections, from 1: what belongs to a connection (advisory locks) is gone when it changes.
  [[nodiscard]] std::uint64_t connection() const { return connection_; }

  /// Runs `body` in a transaction and commits. Deadlocks and serialization failures run it again, a few
  /// times; so does a connection that turns out to be lost before anything was sent. Errors:
  ///   storage_unavailable  certainly nothing was committed; the same may work later
  ///   outcome_unknown      the connection was lost around the COMMIT
  ///   internal             certainly nothing was committed; the same will fail again
  template <class Body>
  auto transact(Body&& body) -> Result<std::invoke_result_t<Body&>> {
    return made_by(body, [this](const auto& run) { return in_transaction(run); });
  }

  /// Runs `body`, which reads by single statements. Once more on a new connection if this one turns out to be
  /// lost. Errors: storage_unavailable, internal.
  template <class Body>
  auto read(Body&& body) -> Result<std::invoke_result_t<Body&>> {
    return made_by(body, [this](const auto& run) { return one_by_one(run, false); });
  }

  /// Runs `body`, a single statement that writes and that may be run twice without harm. Errors: as of
  /// transact.
  template <class Body>
  auto write(Body&& body) -> Result<std::invoke_result_t<Body&>> {
    return made_by(body, [this](const auto& run) { return one_by_one(run, true); });
  }

  /// Inside a body: runs a statement with :p1, :p2... and returns its rows. Throws.
  template <class... Columns, class... Parameters>
  std::vector<std::tuple<Columns...>> rows(const char* sql, const Parameters&... parameters) {
    std::vector<std::string> texts{text_of(parameters)...};
    const Watch watch(*this);
    auto& kept = statements_[sql];
    if (!kept) kept = std::make_unique<TypedStatement<Columns...>>(*sql_, sql, texts.size());
    auto* statement = dynamic_cast<TypedStatement<Columns...>*>(kept.get());
    if (statement == nullptr) throw std::bad_cast();
    return statement->run(std::move(texts));
  }

  /// Inside a body: runs several statements that have neither parameters nor rows, in one round trip. Throws.
  void script(const char* sql);

  /// Inside a body of transact(): it ends with a rollback, which costs no flush, and still succeeds.
  void nothing_to_commit() { roll_back_ = true; }

 private:
  // Lets the watchdog look at one round trip.
  class Watch {
   public:
    explicit Watch(Session& session) : socket_(*session.socket_) { socket_.arm(session.limit_); }
    ~Watch() { socket_.disarm(); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    WatchedSocket& socket_;
  };

  struct Failure;

  template <class Body, class Runner>
  static auto made_by(Body& body, const Runner& runner) -> Result<std::invoke_result_t<Body&>> {
    std::optional<std::invoke_result_t<Body&>> made;
    const std::function<void()> run = [&] { made.emplace(body()); };
    if (std::optional<Error> error = runner(run)) return *std::move(error);
    return *std::move(made);
  }

  static std::string text_of(const std::string& text);
  static std::string text_of(std::int64_t number) { return std::to_string(number); }

  std::optional<Error> in_transaction(const std::function<void()>& body);
  std::optional<Error> one_by_one(const std::function<void()>& body, bool writes);
  std::optional<Error> open();
  std::optional<Error> open_now();
  std::optional<Error> begin();
  void run_and_commit(const std::function<void()>& body, bool& committing);
  void refuse_failed_transaction();
  void roll_back() noexcept;
  Failure failure(const std::exception_ptr& thrown) const;
  [[nodiscard]] Error error(ErrorCode code, const std::string& detail) const;

  const config::Database settings_;
  const Access access_;
  const std::chrono::milliseconds limit_;
  const std::shared_ptr<Watchdog> watchdog_;
  std::uint64_t connection_ = 0;
  std::optional<Error> last_failure_;  // of connecting; none once it worked
  std::chrono::steady_clock::time_point next_try_;
  std::chrono::milliseconds pause_{0};
  bool roll_back_ = false;
  // In this order: statements go before their connection, which goes before its watch.
  std::unique_ptr<WatchedSocket> socket_;
  std::unique_ptr<soci::session> sql_;
  std::unordered_map<std::string, std::unique_ptr<Statement>> statements_;
};

}  // namespace orders::persistence
