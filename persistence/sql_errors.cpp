#include "persistence/sql_errors.hpp"

namespace orders::persistence {

SqlFault fault_of(std::string_view sqlstate) {
  const auto class_of = sqlstate.substr(0, 2);
  if (sqlstate == "40001" || sqlstate == "40P01") return SqlFault::repeat;  // serialization failure, deadlock
  if (sqlstate == "40003") return SqlFault::connection;                     // statement completion unknown
  if (sqlstate == "55P03" || sqlstate == "57014") return SqlFault::later;   // lock_timeout, statement_timeout
  if (class_of == "53") return SqlFault::later;                             // disk full, out of memory
  if (class_of == "22" || class_of == "23" || class_of == "40" || class_of == "42" || class_of == "54") {
    return SqlFault::refused;
  }
  return SqlFault::connection;
}

}  // namespace orders::persistence
