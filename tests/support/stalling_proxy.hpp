// Stands between a client and a TCP server and lets a test stall what goes through, as a broken network does:
// nothing is lost, but nothing arrives either, until it flows again; then what was sent long ago arrives,
// also from clients that have gone since. It can cut all connections, too. Used by the chaos runs, between
// orderd and PostgreSQL, the catalog and the cart. Threads of its own do the work, two for each connection;
// the methods may be called from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace orders::test {

class StallingProxy {
 public:
  enum class Way { requests, answers, both };

  /// Listens on a free port of 127.0.0.1 and connects every client to `server_port` there.
  explicit StallingProxy(int server_port);
  ~StallingProxy();
  StallingProxy(const StallingProxy&) = delete;
  StallingProxy& operator=(const StallingProxy&) = delete;
  StallingProxy(StallingProxy&&) = delete;
  StallingProxy& operator=(StallingProxy&&) = delete;

  [[nodiscard]] int port() const { return port_; }
  /// From now on nothing arrives that goes this way. Connections are still taken, but reach no server while
  /// requests stall.
  void stall(Way way);
  /// Everything arrives again, what has piled up first.
  void flow();
  /// Ends all connections at once; new ones are taken.
  void cut();
  /// Connections there are.
  [[nodiscard]] int connections() const;

 private:
  struct Link;

  void serve();
  void take();
  void reap(bool all);
  void carry_requests(Link& link);
  void carry_answers(Link& link);
  bool may_pass(const Link& link, bool request);
  void end(Link& link);

  const int server_port_;
  int listener_ = -1;
  int port_ = 0;
  int stop_[2] = {-1, -1};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool requests_stall_ = false;
  bool answers_stall_ = false;
  std::vector<std::unique_ptr<Link>> links_;
  std::thread thread_;
};

}  // namespace orders::test
