// orderd-chaos's command line. Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "tests/chaos/script.hpp"

namespace orders::chaos {

struct Options {
  std::chrono::milliseconds duration{60'000};  ///< of the trouble; coming to rest is not counted
  std::uint64_t seed = 1;
  int clients = 8;
  bool keys = true;       ///< every POST has an Idempotency-Key, and is sent again until it is answered
  bool racy = false;      ///< the catalog and the cart mix up requests that overlap
  bool versions = false;  ///< the catalog has version ETags, and orderd uses them
  ScriptOptions script{};
  std::string program{};   ///< the orderd to be tried
  std::string evidence{};  ///< folder for what is left of a run that found something
};

/// None when the program has nothing to do but print help, which is done. What is wrong is thrown as
/// std::runtime_error (or boost::program_options::error, which is a std::logic_error).
std::optional<Options> read_options(int argc, const char* const* argv);

}  // namespace orders::chaos
