// The products a sandbox begins with, when it has no data yet. Used by main only.
#pragma once

#include <string>

#include "tests/sandbox/store.hpp"

namespace orders::sandbox {

/// Adds a handful of books.
void add_sample_products(Store& store);
/// Adds the products of a JSON file: an array of {"name","price","quantity"}, or {"data":[...]} as GET
/// /products has it. An "id" is kept, else numbers are given from 1 on. Throws std::runtime_error for
/// anything else.
void add_products_of(const std::string& path, Store& store);

}  // namespace orders::sandbox
