// What the edge counts, for GET /metrics. Plain atomics, written by the edge's threads, read by anybody at
// any time. They only grow, except those called gauges.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace orders::http {

/// The statuses with which the edge itself answers.
inline constexpr std::array<int, 12> edge_statuses{400, 408, 413, 414, 417, 431, 500, 501, 503, 504, 505, 0};

struct EdgeCounters {
  using Number = std::atomic<std::uint64_t>;

  Number accepted{0};          ///< connections taken
  Number rejected{0};          ///< connections beyond connections_max, answered 503
  Number idle_closed{0};       ///< idle connections closed to make room for new ones
  Number requests{0};          ///< complete, well-formed requests
  Number requests_refused{0};  ///< of these, answered 503 by the edge because too many were in flight
  Number responses{0};         ///< answers begun, the edge's own included
  Number bytes_in{0};
  Number bytes_out{0};
  Number slow_dropped{0};       ///< connections dropped because the client did not read its answers
  Number receiving_dropped{0};  ///< requests given up because all together were too much to receive
  Number timeouts_header{0};
  Number timeouts_body{0};
  Number timeouts_idle{0};
  Number timeouts_handler{0};
  Number timeouts_write{0};  ///< these count as slow_dropped too
  Number late_answers{0};    ///< answers nobody waited for any more
  Number parse_errors{0};    ///< requests refused for what they are: 400, 413, 414, 417, 431, 501, 505
  Number handler_exceptions{0};
  /// Answers of the edge's own, by status, in the order of edge_statuses; the last is for any other.
  std::array<Number, edge_statuses.size()> own_answers{};

  void count_own_answer(int status) {
    std::size_t at = 0;
    while (at + 1 < edge_statuses.size() && edge_statuses.at(at) != status) ++at;
    ++own_answers.at(at);
  }

  Number open_connections{0};  ///< gauge
  Number in_flight{0};         ///< gauge: requests a handler has not done with, abandoned ones included
  Number pending_bytes{0};     ///< gauge: answers waiting for their clients
  Number receiving_bytes{0};   ///< gauge: what was read and is no whole request yet, or not looked at
};

}  // namespace orders::http
