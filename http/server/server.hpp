// The HTTP server as the rest of the service sees it: give it a handler, start it, drain it, stop it. Its
// acceptor and reactor threads are its own; the functions of Server are for one thread (main), counters() for
// any. Not to be stopped or destroyed from within a handler.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "config/config.hpp"
#include "http/server/counters.hpp"
#include "http/server/exchange.hpp"

namespace orders::http {

struct Edge;

class Server {
 public:
  /// Without a renderer refusals are RFC 9457 problems of type "about:blank".
  Server(const config::Http& settings, Handler handler, RenderError render = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  Server(Server&&) = delete;
  Server& operator=(Server&&) = delete;

  /// Binds and starts the threads, ignores SIGPIPE and raises the limit of open files. Throws
  /// std::runtime_error with a sentence saying host, port and why. Once only.
  void start();
  /// The port it listens on, also when the setting was 0; 0 before start().
  [[nodiscard]] std::uint16_t port() const;
  /// New connections are refused from here on, idle ones are closed, answers carry `Connection: close`.
  void begin_drain();
  /// True: no connection is left.
  bool wait_drained(std::chrono::steady_clock::time_point deadline);
  /// Closes what is open and ends the threads; idempotent.
  void stop();
  [[nodiscard]] const EdgeCounters& counters() const;

 private:
  class Threads;

  std::shared_ptr<Edge> edge_;
  std::unique_ptr<Threads> threads_;
};

}  // namespace orders::http
