// Ends database calls that overrun. A server that is frozen rather than gone (SIGSTOP, a hung proxy, a full
// disk under it) answers nothing: statement_timeout runs on the server, and TCP's own timeouts see a healthy
// connection. So one thread shuts the socket of an overdue call down, whereupon libpq reports a lost
// connection. Every method may be called from any thread; a WatchedSocket is armed and disarmed by the thread
// whose call it guards.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

namespace orders::persistence {

class WatchedSocket;

class Watchdog {
 public:
  /// The one of this process; its thread runs while anybody keeps the pointer.
  static std::shared_ptr<Watchdog> shared();

  Watchdog();
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  friend class WatchedSocket;
  void watch();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<WatchedSocket*> sockets_;
  std::chrono::steady_clock::time_point next_look_ = std::chrono::steady_clock::time_point::max();
  bool stopping_ = false;
  std::thread thread_;
};

/// A connection under watch, made when it is opened and gone before it is closed for good.
class WatchedSocket {
 public:
  /// Watches the connection behind `descriptor`. Throws std::system_error when there are no descriptors left.
  WatchedSocket(std::shared_ptr<Watchdog> watchdog, int descriptor);
  ~WatchedSocket();
  WatchedSocket(const WatchedSocket&) = delete;
  WatchedSocket& operator=(const WatchedSocket&) = delete;

  /// From now on the connection is shut down after `limit`, until disarm().
  void arm(std::chrono::milliseconds limit);
  void disarm();
  /// Shuts the connection down now.
  void cut();
  /// Whether arm() ran out.
  [[nodiscard]] bool overran() const;

 private:
  friend class Watchdog;

  const std::shared_ptr<Watchdog> watchdog_;
  const int descriptor_;
  std::chrono::steady_clock::time_point due_ = std::chrono::steady_clock::time_point::max();
  bool overran_ = false;
};

}  // namespace orders::persistence
