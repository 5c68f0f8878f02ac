// A database with more orders than anybody wants in memory. Used by the measurements of lists.
#pragma once

#include <cstdint>
#include <string>

#include "tests/support/postgres.hpp"

namespace orders::test {

inline constexpr std::uint64_t large_table_orders = 1'000'000;
inline constexpr int items_of_each = 2;

/// Fills a database that has orderd's tables, in some tens of seconds.
void fill_large_table(const PostgresCluster& cluster, const std::string& database);

}  // namespace orders::test
