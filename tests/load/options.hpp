// The load tool's command line. Used by main, the run and the report; plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "tests/load/url.hpp"

namespace orders::load {

struct Options {
  Url url{};
  std::uint32_t connections = 64;
  std::chrono::milliseconds duration{10'000};
  std::chrono::milliseconds warmup{0};
  std::uint64_t orders = 0;                   ///< ends after so many, warm-up included; 0: only by time
  std::chrono::milliseconds timeout{30'000};  ///< of one request
  std::uint32_t lines = 3;
  std::int32_t quantity = 1;  ///< of every line
  std::uint32_t products = 100;
  std::uint32_t customers = 1'000;
  std::uint64_t seed = 1;
  std::optional<Url> catalog{};
  std::optional<std::int32_t> prepare_stock{};
  std::optional<Url> cart{};
  bool from_carts = false;
  bool idempotency_keys = false;
  std::uint32_t keep_every = 0;  ///< 0: none
  std::string keep_file{};
  bool json = false;
  bool allow_errors = false;
  std::string command{};  ///< as it was run
};

/// None when the program has nothing to do but print help, which is done. What is wrong is thrown as
/// std::runtime_error (or boost::program_options::error, which is a std::logic_error).
std::optional<Options> read_options(int argc, const char* const* argv);

}  // namespace orders::load
