// Gives the products of a load run their stock, through the catalog's own API, one request after another: the
// real catalog bears no more. Used by main before the run.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/load/options.hpp"

namespace orders::load {

/// Sets the stock of options.products products at options.catalog to options.prepare_stock and gives their
/// ids, ascending: those that are there with the smallest ids first, new ones for the rest. Throws
/// std::runtime_error (or boost::system::system_error) when the catalog does not do as asked.
std::vector<std::int32_t> prepare_stock(const Options& options);

}  // namespace orders::load
