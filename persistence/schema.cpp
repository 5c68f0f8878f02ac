#include "persistence/schema.hpp"

#include <string>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "persistence/advisory_locks.hpp"
#include "persistence/migrations.hpp"
#include "persistence/session.hpp"

namespace orders::persistence {

namespace {

using std::chrono::milliseconds;

// Version the database is at; 0 when there is nothing of ours.
int version_found(Session& session) {
  session.rows<int>("SELECT 1 FROM pg_advisory_xact_lock(:p1::int, :p2::int)", advisory_class, schema_lock);
  session.script(
      "CREATE TABLE IF NOT EXISTS orderd_schema (version integer PRIMARY KEY, "
      "applied_at timestamptz NOT NULL DEFAULT now())");
  return std::get<0>(session.rows<int>("SELECT coalesce(max(version), 0) FROM orderd_schema").front());
}

int newest_version() { return static_cast<int>(migrations().size()); }

// If we end meanwhile, the server does not go on rewriting tables or waiting for locks (PostgreSQL 14 or
// later).
constexpr const char* notice_our_end =
    "SELECT set_config(name, '1s', true) FROM pg_settings WHERE name = 'client_connection_check_interval'";

void bring_up_to_date(Session& session, int version) {
  while (version < newest_version()) {
    for (const char* script : migrations()[static_cast<std::size_t>(version)]) session.script(script);
    session.rows<>("INSERT INTO orderd_schema (version) VALUES (:p1::int)", ++version);
    spdlog::info("the database schema is brought to version {}", version);
  }
}

}  // namespace

Result<Done> prepare_schema(const config::Database& settings, milliseconds limit) {
  constexpr int tries_max = 3;
  auto patient = settings;
  patient.statement_timeout = limit;
  Session session(patient);
  for (int tries = 1;; ++tries) {
    int found = 0;
    auto prepared = session.transact([&] {
      session.rows<std::string>(notice_our_end);
      found = version_found(session);
      if (found < newest_version()) {
        bring_up_to_date(session, found);
      } else {
        session.nothing_to_commit();
      }
      return Done{};
    });
    // Run again, it finds out whether a COMMIT of unknown outcome took place.
    if (!prepared && prepared.error().code == ErrorCode::outcome_unknown && tries < tries_max) continue;
    if (!prepared || found <= newest_version()) return prepared;
    return Error{ErrorCode::internal,
                 fmt::format("the database schema is at version {}, made by a newer orderd: this "
                             "one knows versions up to {}",
                             found, newest_version())};
  }
}

}  // namespace orders::persistence
