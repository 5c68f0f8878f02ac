// The numbers of our advisory locks, one list for the whole database: pg_advisory_lock(advisory_class,
// number). Constants, any thread.
#pragma once

#include <cstdint>

namespace orders::persistence {

inline constexpr std::int64_t advisory_class = 0x6f726464;  ///< "ordd"

inline constexpr std::int64_t instance_lock = 0;  ///< one alone, or several sharing it (cluster.enabled)
inline constexpr std::int64_t schema_lock = -1;   ///< while the schema is brought up to date
/// "ordp": the turn of an instance at a product, which is the number (rule R15).
inline constexpr std::int64_t turn_class = 0x6f726470;
// Of advisory_class, 1 and up: the epoch of an instance, held as long as it lives.

}  // namespace orders::persistence
