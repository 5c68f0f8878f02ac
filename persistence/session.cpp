#include "persistence/session.hpp"

#include <algorithm>
#include <stdexcept>

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <spdlog/spdlog.h>

#include "persistence/sql_errors.hpp"
#include "persistence/trial_connection.hpp"

namespace orders::persistence {

namespace {

constexpr int tries_max = 5;

PGconn* libpq_of(soci::session& sql) {
  return static_cast<soci::postgresql_session_backend*>(sql.get_backend())->conn_;
}

// Without one, libpq writes notices ("relation exists, skipping") to stderr.
void log_notice(void* /*unused*/, const char* text) { spdlog::debug("PostgreSQL: {}", text); }

}  // namespace

// What went wrong in a body or a COMMIT.
struct Session::Failure {
  SqlFault fault = SqlFault::refused;
  std::string detail;
};

Session::Session(config::Database settings, Access access)
    : settings_(std::move(settings)),
      access_(access),
      limit_(round_trip_limit(settings_)),
      watchdog_(Watchdog::shared()) {}

Session::~Session() {
  if (socket_) socket_->arm(limit_);  // closing says goodbye to the server, which may be frozen
  statements_.clear();
  sql_.reset();
}

std::string Session::text_of(const std::string& text) {
  // SOCI passes C strings on: what follows a NUL would silently be lost.
  if (text.find('\0') != std::string::npos) throw std::invalid_argument("a text with a NUL");
  return text;
}

Result<Done> Session::connect() {
  if (sql_) return Done{};
  if (auto error = open()) return *std::move(error);
  return Done{};
}

// While the server is down, asking it for every request would only add to what it has to refuse when it comes
// back.
std::optional<Error> Session::open() {
  const auto now = std::chrono::steady_clock::now();
  if (last_failure_ && now < next_try_) return last_failure_;
  auto failure = open_now();
  if (failure && failure->code == ErrorCode::storage_unavailable) {
    pause_ = last_failure_ ? std::min(pause_ * 2, settings_.reconnect_max) : settings_.reconnect_min;
    next_try_ = std::chrono::steady_clock::now() + pause_;
    last_failure_ = failure;
  } else {
    last_failure_.reset();
  }
  return failure;
}

std::optional<Error> Session::open_now() {
  const auto conninfo = connection_string(settings_);
  if (!conninfo) return conninfo.error();
  try {
    // SOCI (4.0.3) runs a statement of its own as soon as it has connected, where no watchdog can reach it;
    // and when that fails, it forgets the connection without closing it. Behind a proxy that takes
    // connections while its server is gone, that would happen at every try. So a connection of our own goes
    // first.
    const auto trouble =
        try_connection(conninfo.value(), session_settings(settings_, access_), watchdog_, limit_);
    if (!trouble.empty()) return error(ErrorCode::storage_unavailable, trouble);
    sql_ = std::make_unique<soci::session>(soci::postgresql, conninfo.value());
    PQsetNoticeProcessor(libpq_of(*sql_), &log_notice, nullptr);
    socket_ = std::make_unique<WatchedSocket>(watchdog_, PQsocket(libpq_of(*sql_)));
    const Watch watch(*this);
    *sql_ << session_settings(settings_, access_);
    ++connection_;
    return std::nullopt;
  } catch (const soci::soci_error& e) {
    drop();
    return error(ErrorCode::storage_unavailable, e.get_error_message());
  } catch (const std::exception& e) {
    drop();
    return error(ErrorCode::storage_unavailable, e.what());
  }
}

void Session::drop() noexcept {
  // Destroying statements talks to the server (DEALLOCATE), so the connection is cut first: nothing may wait
  // here.
  if (socket_) socket_->cut();
  statements_.clear();
  sql_.reset();
  socket_.reset();
}

Error Session::error(ErrorCode code, const std::string& detail) const {
  return Error{code, "PostgreSQL: " + one_line(without_password(detail, settings_))};
}

std::optional<Error> Session::begin() {
  for (;;) {
    const bool fresh = !sql_;
    if (fresh) {
      if (auto error = open()) return error;
    }
    try {
      const Watch watch(*this);
      sql_->begin();
      return std::nullopt;
    } catch (const std::exception& e) {
      const bool frozen = socket_->overran();
      drop();
      // A connection may have died of a server restart since the last call; a fresh one then works at once.
      if (fresh || frozen) return error(ErrorCode::storage_unavailable, e.what());
    }
  }
}

// PostgreSQL answers the COMMIT of a failed transaction with ROLLBACK, and SOCI takes that for success.
void Session::refuse_failed_transaction() {
  if (PQtransactionStatus(libpq_of(*sql_)) != PQTRANS_INTRANS) {
    throw std::logic_error("a failed statement was passed over before the COMMIT");
  }
}

void Session::script(const char* sql) {
  const Watch watch(*this);
  *sql_ << sql;
}

void Session::roll_back() noexcept {
  try {
    const Watch watch(*this);
    if (PQtransactionStatus(libpq_of(*sql_)) != PQTRANS_IDLE) sql_->rollback();
  } catch (const std::exception&) {
    drop();
  }
}

Session::Failure Session::failure(const std::exception_ptr& thrown) const {
  const bool broken = PQstatus(libpq_of(*sql_)) != CONNECTION_OK;
  const auto otherwise = [broken](SqlFault fault) { return broken ? SqlFault::connection : fault; };
  try {
    std::rethrow_exception(thrown);
  } catch (const soci::postgresql_soci_error& e) {
    return {otherwise(fault_of(e.sqlstate())), e.get_error_message()};
  } catch (const soci::soci_error& e) {
    return {otherwise(SqlFault::refused), e.get_error_message()};  // SOCI's own: a NULL, a wrong type
  } catch (const std::exception& e) {
    return {otherwise(SqlFault::refused), e.what()};
  } catch (...) {
    return {otherwise(SqlFault::refused), "something unknown was thrown"};
  }
}

// `committing` is set when the COMMIT is about to be sent.
void Session::run_and_commit(const std::function<void()>& body, bool& committing) {
  body();
  if (roll_back_) return roll_back();
  refuse_failed_transaction();
  committing = true;
  const Watch watch(*this);
  sql_->commit();
}

std::optional<Error> Session::in_transaction(const std::function<void()>& body) {
  for (int tries = 1;; ++tries) {
    if (auto error = begin()) return error;
    roll_back_ = false;
    bool committing = false;
    Failure failed;
    try {
      run_and_commit(body, committing);
      return std::nullopt;
    } catch (...) {
      failed = failure(std::current_exception());
    }
    if (failed.fault == SqlFault::connection) {
      drop();
      return error(committing ? ErrorCode::outcome_unknown : ErrorCode::storage_unavailable, failed.detail);
    }
    roll_back();
    if (failed.fault == SqlFault::repeat && tries < tries_max) continue;
    return error(failed.fault == SqlFault::refused ? ErrorCode::internal : ErrorCode::storage_unavailable,
                 failed.detail);
  }
}

std::optional<Error> Session::one_by_one(const std::function<void()>& body, bool writes) {
  bool maybe_written = false;
  for (int tries = 1;; ++tries) {
    const bool fresh = !sql_;
    if (fresh) {
      if (auto error = open()) {
        if (maybe_written) error->code = ErrorCode::outcome_unknown;
        return error;
      }
    }
    Failure failed;
    try {
      body();
      return std::nullopt;
    } catch (...) {
      failed = failure(std::current_exception());
    }
    if (failed.fault == SqlFault::connection) {
      maybe_written |= writes;
      const bool frozen = socket_->overran();
      drop();
      if (!fresh && !frozen) continue;  // as in begin()
    } else if (failed.fault == SqlFault::repeat && tries < tries_max) {
      continue;
    }
    if (maybe_written) return error(ErrorCode::outcome_unknown, failed.detail);
    return error(failed.fault == SqlFault::refused ? ErrorCode::internal : ErrorCode::storage_unavailable,
                 failed.detail);
  }
}

}  // namespace orders::persistence
