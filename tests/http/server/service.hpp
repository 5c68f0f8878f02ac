// A real server with a handler made for tests: it answers from a thread of its own, holds answers back until
// it is told, streams, fails. The test's thread owns it; waiting is for conditions, with a deadline.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "http/server/server.hpp"

namespace orders::test {

/// The targets it knows: /hello, /echo, /show (what the request was), /big?bytes=, /status?code=, /now
/// (answered on the reactor thread), /hold (until release()), /drop, /throw, /throw-int, /inject,
/// /stream?bytes= (with back-pressure), /flood?bytes= (without), /cut (a stream given up), /stall?bytes= (one
/// that says no more, and keeps so many bytes ready).
class Service {
 public:
  using Settings = config::Http;

  /// Any free port, and limits fit for tests; `change` adjusts them.
  explicit Service(const std::function<void(Settings&)>& change = {}, http::RenderError render = {});
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  Service(Service&&) = delete;
  Service& operator=(Service&&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] http::Server& server() { return *server_; }
  [[nodiscard]] const http::EdgeCounters& counters() const { return server_->counters(); }

  /// Waits until that many requests are being held.
  bool wait_held(std::size_t count);
  [[nodiscard]] std::vector<bool> held_alive();
  /// Answers all that are held with "released".
  void release();
  /// True as soon as `condition` is; false after 5 s.
  static bool wait_until(const std::function<bool()>& condition);
  /// How often a streaming writer was told that the client has gone.
  [[nodiscard]] int writers_stopped() const { return writers_stopped_; }

 private:
  struct Job {
    http::Request request;
    http::Responder responder;
  };

  void handle(http::Request request, http::Responder responder);
  void answer(Job job);
  void stream(Job job);
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::vector<http::Responder> held_;
  std::vector<http::BodyStream> stalled_;  ///< of the worker's thread
  bool ending_ = false;
  std::atomic<int> writers_stopped_{0};
  std::thread worker_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace orders::test
