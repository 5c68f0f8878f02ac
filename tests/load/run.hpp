// The load itself: so many connections, each of which places one order after another until the time is up.
// Used by main; runs in the calling thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/load/latencies.hpp"
#include "tests/load/options.hpp"

namespace orders::load {

/// What came of it. Orders that were begun in the warm-up are left out, except that those which were answered
/// in the measured time count for `placed_in_time`.
struct Results {
  std::map<unsigned, std::uint64_t> answers{};              ///< by status
  std::map<std::string, std::uint64_t> transport_errors{};  ///< by kind, the warm-up's and the cart's too
  std::uint64_t cart_refusals{0};                           ///< answers other than 201 of the cart
  std::uint64_t placed_in_time = 0;                         ///< 201 answers within the measured time
  Latencies latencies{};                                    ///< of all answers
  Latencies placed_latencies{};                             ///< of 201 answers
  std::chrono::milliseconds duration{0};                    ///< the measured time
};

/// Orders `products` (ids). Throws std::runtime_error or boost::system::system_error if it can't begin.
Results run(const Options& options, const std::vector<std::int32_t>& products);

}  // namespace orders::load
