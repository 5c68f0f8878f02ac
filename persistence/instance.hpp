// Who this process is to the others on the same database: an epoch, new with every start, that its
// reservations carry; an advisory lock on it, held as long as the process lives (rule R9); and the lock that
// lets one instance alone own the database, or several share it. Used by main.cpp, one for the process. A
// thread of its own keeps the locks and takes them again when the connection was lost; every method may be
// called from any thread and returns at once.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "config/config.hpp"
#include "domain/result.hpp"

namespace orders::persistence {

class Session;

class Instance {
 public:
  /// Takes a new epoch and its locks. `shared`: other instances may use the database too (cluster.enabled of
  /// all of them). A lock that is not free is asked for until `patience` is over: a predecessor that was
  /// killed keeps its own until the server notices. Errors: internal (another instance has the database; the
  /// detail says what to do), storage_unavailable.
  static Result<std::unique_ptr<Instance>> start(
      const config::Database& settings, bool shared,
      std::chrono::milliseconds patience = std::chrono::seconds(5));
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  /// 1 and up; never used before.
  [[nodiscard]] std::int64_t epoch() const { return epoch_; }
  /// Whether the locks are held as far as we know. While they are not, no new cycles should begin (rule R15);
  /// what is under way stays safe.
  [[nodiscard]] bool locked() const { return locked_.load(); }

  /// Calls `act`, once and on the thread that keeps the locks, when another instance has had the database for
  /// `patience`. It says why, and must not block.
  using Superseded = std::function<void(const std::string& reason)>;
  void when_superseded(std::chrono::milliseconds patience, Superseded act);

 private:
  Instance(const config::Database& settings, bool shared, std::unique_ptr<Session> session,
           std::int64_t epoch);
  void keep();
  std::string look();
  void tell_if_superseded(const std::string& trouble);

  const config::Database settings_;
  const bool shared_;
  const std::int64_t epoch_;
  std::unique_ptr<Session> session_;
  std::uint64_t locked_on_ = 0;  // the connection that has the locks
  std::atomic<bool> locked_{true};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;                             // guarded by mutex_
  std::chrono::milliseconds superseded_patience_{0};  // guarded by mutex_
  Superseded superseded_act_;                         // guarded by mutex_
  std::optional<std::chrono::steady_clock::time_point> superseded_since_;
  std::thread thread_;
};

}  // namespace orders::persistence
