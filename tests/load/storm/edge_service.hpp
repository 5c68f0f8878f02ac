// The edge (http/server) with a service of a few lines behind it, for storms: everything it answers carries
// the token that stands in the path, so that a client can tell its own answer from anybody else's. Answers
// come from threads of its own, as orderd's come from actors. Owned by main().
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <queue>
#include <string>
#include <thread>
#include <vector>

#include "http/server/server.hpp"

namespace orders::storm {

/// The answer to /big/TOKEN?bytes=N, and the body of /stream/TOKEN?bytes=N: lines that each carry the token,
/// N bytes in all.
std::string marked_text(const std::string& token, std::size_t from, std::size_t bytes);

/// Its targets: /echo/TOKEN (the token, a line feed and the request's body), /later/TOKEN?us=N (the same,
/// after a while), /stamped/TOKEN (the same, with the time it was answered at, in nanoseconds of the
/// monotonic clock), /big/TOKEN?bytes=N, /stream/TOKEN?bytes=N (with back-pressure), /drop/TOKEN (never
/// answered by the service), /livez (answered on the reactor thread), /state (what the edge counts).
class EdgeService {
 public:
  EdgeService(const config::Http& settings, std::size_t threads);
  ~EdgeService();
  EdgeService(const EdgeService&) = delete;
  EdgeService& operator=(const EdgeService&) = delete;
  EdgeService(EdgeService&&) = delete;
  EdgeService& operator=(EdgeService&&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  /// Lets what is in flight finish; false when that took longer than `limit`.
  bool drain(std::chrono::milliseconds limit);

 private:
  using Clock = std::chrono::steady_clock;

  struct Job {
    Clock::time_point due;
    http::Request request;
    http::Responder responder;
  };
  struct Later {
    bool operator()(const Job& a, const Job& b) const { return a.due > b.due; }
  };

  void take(http::Request request, http::Responder responder);
  void work();
  void answer(Job job);
  [[nodiscard]] std::string state() const;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::priority_queue<Job, std::vector<Job>, Later> jobs_;
  bool ending_ = false;
  http::Server server_;
  std::vector<std::thread> threads_;
};

}  // namespace orders::storm
