// The command lines of edge-storm and edge-answers. Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace orders::storm {

struct StormOptions {
  std::string server{};  ///< program
  std::uint32_t threads = 1;
  std::chrono::milliseconds duration{10'000};
  std::uint64_t seed = 1;
  std::uint32_t honest = 4;
  std::uint32_t hostile = 16;
  double p99_max_ms = 0;  ///< 0: any
  std::uint32_t memory_max_mib = 16;
};

struct AnswersOptions {
  std::string server{};
  std::uint32_t threads = 1;
  std::uint64_t answers = 1'000'000;
  std::uint32_t connections = 64;
  double late_max_ms = 1'000;
};

/// None when only help was asked for, which is printed. Throws boost::program_options::error.
std::optional<StormOptions> read_storm_options(int argc, const char* const* argv);
std::optional<AnswersOptions> read_answers_options(int argc, const char* const* argv);

}  // namespace orders::storm
