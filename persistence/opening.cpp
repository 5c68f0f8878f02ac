#include "persistence/opening.hpp"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>

#include <spdlog/spdlog.h>

#include "persistence/schema.hpp"
#include "persistence/session.hpp"

namespace orders::persistence {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Whether `stop` spoke before `until`.
bool stopped_before(steady_clock::time_point until, const std::function<bool()>& stop) {
  constexpr milliseconds between_questions{20};
  while (!stop()) {
    const auto now = steady_clock::now();
    if (now >= until) return false;
    std::this_thread::sleep_until(std::min(until, now + between_questions));
  }
  return true;
}

// Every step may be run again however far the last try got: the schema is brought up to date once, and an
// epoch that was taken and not used is never missed. The connection goes first, with connect_timeout only:
// the schema's own time limit is for rewriting tables.
Result<std::unique_ptr<Instance>> try_to_open(const config::Database& settings, bool shared) {
  auto connected = Session(settings).connect();
  if (!connected) return std::move(connected.error());
  auto prepared = prepare_schema(settings);
  if (!prepared) return std::move(prepared.error());
  return Instance::start(settings, shared);
}

// Waiting mends neither a wrong password nor a server that refuses this user. libpq passes no SQLSTATE on for
// a connection that was refused (28xxx), only the server's sentence; of a server that speaks another language
// the sentence is still logged, and waited on.
bool is_refused(const std::string& detail) {
  for (const auto* sentence : {"password authentication failed", "no password supplied",
                               "no pg_hba.conf entry", "authentication failed for user", "FATAL: role \""}) {
    if (detail.find(sentence) != std::string::npos) return true;
  }
  return false;
}

bool may_pass(const Error& error) {
  if (is_refused(error.detail)) return false;
  return error.code == ErrorCode::storage_unavailable || error.code == ErrorCode::outcome_unknown;
}

}  // namespace

Result<std::unique_ptr<Instance>> open_database(const config::Database& settings, bool shared,
                                                const std::function<bool()>& stop,
                                                steady_clock::time_point deadline) {
  std::string reason;
  auto pause = settings.reconnect_min;
  auto next_word = steady_clock::now();
  for (;;) {
    if (stop()) return Error{ErrorCode::shutting_down, "stopped while waiting for PostgreSQL"};
    auto opened = try_to_open(settings, shared);
    if (opened || !may_pass(opened.error())) return opened;
    opened.error().code = ErrorCode::storage_unavailable;
    const auto now = steady_clock::now();
    if (opened.error().detail != reason || now >= next_word) {
      reason = opened.error().detail;
      next_word = now + std::chrono::seconds(10);
      spdlog::warn("the database cannot be used yet, trying again: {}", reason);
    }
    if (now >= deadline) return opened;
    if (stopped_before(std::min(now + pause, deadline), stop)) continue;
    pause = std::min(pause * 2, settings.reconnect_max);
  }
}

}  // namespace orders::persistence
