// What all threads of one server share: its settings, handler, counters and flags. Owned jointly by the
// server, its connections and whatever Responder is still out, so that a late answer always finds it.
// Everything in it is constant or atomic; any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

#include "config/config.hpp"
#include "http/server/counters.hpp"
#include "http/server/exchange.hpp"

namespace orders::http {

using Clock = std::chrono::steady_clock;

struct Edge {
  Edge(const config::Http& http, Handler handle, RenderError render_error);

  const config::Http settings;
  const Handler handler;
  const RenderError render;
  const std::size_t low_water;  ///< bytes; below it a streaming writer is asked for more
  /// The setting, or less if this process may not open that many descriptors.
  std::atomic<std::size_t> connections_max;
  EdgeCounters counters;
  std::atomic<bool> draining{false};
  std::atomic<bool> stopping{false};

  std::string next_request_id();
  /// The answer for one of the edge's own refusals; 503 carries Retry-After. Falls back to the plain one when
  /// the service's renderer throws.
  [[nodiscard]] Response refusal(int status, const std::string& detail, const std::string& request_id) const;

  void connection_closed();
  bool wait_until_no_connection(Clock::time_point deadline);

 private:
  std::atomic<std::uint64_t> next_id_;
  std::mutex mutex_;
  std::condition_variable closed_;
};

}  // namespace orders::http
