// From the operator's database settings to what libpq is given and what each session sets first. Used by
// session.cpp; pure, any thread.
#pragma once

#include <chrono>
#include <string>

#include "config/config.hpp"
#include "domain/result.hpp"

namespace orders::persistence {

/// A connection string (key=value) with the password, timeouts and keepalives merged in; what the url says
/// itself wins, apart from the password. Error internal when the url can't be read; the detail quotes none of
/// it, for it may hold a password.
Result<std::string> connection_string(const config::Database& settings);

/// How the statements of a session reach their rows.
enum class Access {
  by_key,  ///< few rows of tables of any size: every plan goes through an index
  any,     ///< PostgreSQL's choice, for sums over whole tables
};

/// The statement every new session begins with.
std::string session_settings(const config::Database& settings, Access access);

/// How long one round trip may take before the watchdog ends it: the server's own statement_timeout comes
/// first.
std::chrono::milliseconds round_trip_limit(const config::Database& settings);

/// `text` without the password of the settings.
std::string without_password(std::string text, const config::Database& settings);

/// libpq's messages are of several lines; a log's are not.
std::string one_line(const std::string& text);

}  // namespace orders::persistence
