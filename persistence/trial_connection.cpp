#include "persistence/trial_connection.hpp"

#include <libpq-fe.h>

namespace orders::persistence {

std::string try_connection(const std::string& connection_string, const std::string& statement,
                           const std::shared_ptr<Watchdog>& watchdog, std::chrono::milliseconds limit) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(connection_string.c_str()),
                                                                &PQfinish);
  if (!connection) return "no memory for a connection";
  if (PQstatus(connection.get()) != CONNECTION_OK) return PQerrorMessage(connection.get());
  WatchedSocket socket(watchdog, PQsocket(connection.get()));
  socket.arm(limit);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), statement.c_str()),
                                                             &PQclear);
  const bool answered = result && PQresultStatus(result.get()) == PGRES_COMMAND_OK;
  return answered ? std::string() : std::string(PQerrorMessage(connection.get()));
}

}  // namespace orders::persistence
