// What a SQLSTATE says about the transaction it ended, as one table. Used by session.cpp only; pure, any
// thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace orders::persistence {

enum class SqlFault : std::uint8_t {
  connection,  ///< the connection is gone or its state is not known: whether a COMMIT took place is open
  repeat,      ///< rolled back because of others; running it again at once may work
  later,       ///< rolled back for want of time, locks or room: the same may work later
  refused,     ///< rolled back because it was wrong; the same will be wrong again
};

/// Only what PostgreSQL documents as an answer about the statement counts as one; every other code, known or
/// not, is `connection`, which errs to the safe side.
SqlFault fault_of(std::string_view sqlstate);

}  // namespace orders::persistence
