// The sandbox's command line. Used by main only.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "tests/sandbox/cart.hpp"
#include "tests/sandbox/catalog.hpp"
#include "tests/sandbox/service.hpp"

namespace orders::sandbox {

struct Options {
  std::uint16_t catalog_port = 0;
  std::uint16_t cart_port = 0;
  std::optional<std::uint16_t> control_port{};
  CatalogStyle catalog{};
  CartStyle cart{};
  ServiceStyle service{};
  std::chrono::milliseconds idle_timeout{5000};
  std::string products_file{};
  bool sample = false;
  std::string state_file{};
};

/// None when the program has nothing to do but print help, which is done. What is wrong is thrown as
/// std::runtime_error (or boost::program_options::error, which is a std::logic_error).
std::optional<Options> read_options(int argc, const char* const* argv);

}  // namespace orders::sandbox
