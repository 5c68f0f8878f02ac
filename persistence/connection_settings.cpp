#include "persistence/connection_settings.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <libpq-fe.h>

namespace orders::persistence {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds grace{1'000};

using Options = std::map<std::string, std::string>;

Result<Options> parsed(const std::string& url) {
  if (url.empty()) return Error{ErrorCode::internal, "database.url is not set"};
  char* ignored_message = nullptr;  // may quote the password
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(url.c_str(), &ignored_message), &PQconninfoFree);
  PQfreemem(ignored_message);
  if (!options) {
    return Error{ErrorCode::internal,
                 "database.url is neither a postgresql:// URL nor a list of key=value pairs"};
  }
  Options found;
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) found.emplace(option->keyword, option->val);
  }
  return found;
}

/// One, or one for each of several hosts; an empty one is the usual one.
bool is_port_list(const std::string& text) {
  int port = 0;
  bool digits = false;
  for (const char c : text + ",") {
    if (c == ',') {
      if (digits && (port < 1 || port > 65'535)) return false;
      port = 0;
      digits = false;
    } else if (c < '0' || c > '9' || port > 65'535) {
      return false;
    } else {
      port = port * 10 + (c - '0');
      digits = true;
    }
  }
  return true;
}

std::string quoted(const std::string& value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

}  // namespace

milliseconds round_trip_limit(const config::Database& settings) { return settings.statement_timeout + grace; }

Result<std::string> connection_string(const config::Database& settings) {
  auto options = parsed(settings.url);
  if (!options) return options.error();
  auto& all = options.value();
  if (const auto port = all.find("port"); port != all.end() && !is_port_list(port->second)) {
    return Error{ErrorCode::internal, "database.url has a port that is not from 1 to 65535"};
  }
  if (!settings.password.value.empty()) all["password"] = settings.password.value;
  const auto seconds_up =
      (settings.connect_timeout.count() + 999) / 1'000;  // at least 2, libpq takes 1 for 2
  all.emplace("connect_timeout", std::to_string(seconds_up));
  all.emplace("keepalives_idle", "5");
  all.emplace("keepalives_interval", "2");
  all.emplace("keepalives_count", "3");
  all.emplace("tcp_user_timeout", std::to_string(round_trip_limit(settings).count()));
  all.emplace("application_name", "orderd");
  all["client_encoding"] = "UTF8";
  std::string text;
  for (const auto& [key, value] : all) text += key + "=" + quoted(value) + " ";
  return text;
}

std::string session_settings(const config::Database& settings, Access access) {
  // Plans are kept as long as the session, those of the foreign keys' checks included, and they may have been
  // made while the tables were empty: then each check of an order's line would read all orders. Nor is the
  // index of the unsettled movements a way to a movement whose key is known: it is mostly entries that are
  // dead.
  constexpr const char* by_key = "; SET enable_seqscan = off; SET enable_bitmapscan = off; SET jit = off";
  // Set by statement rather than in the connection string, for proxies refuse unknown start-up options. The
  // tcp_ ones are the server's side: it must not keep the locks of a machine that has vanished.
  const auto timeout = settings.statement_timeout.count();
  return fmt::format(
      "SET synchronous_commit = on; SET statement_timeout = {0}; SET lock_timeout = {1}; "
      "SET idle_in_transaction_session_timeout = {0}; SET standard_conforming_strings = on; "
      "SET default_transaction_isolation = 'read committed'; SET DateStyle = ISO; "
      "SET TimeZone = 'UTC'; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET "
      "tcp_keepalives_count = 3{2}",
      timeout, std::max<std::int64_t>(timeout / 2, 1), access == Access::by_key ? by_key : "");
}

std::string without_password(std::string text, const config::Database& settings) {
  std::string password = settings.password.value;
  if (auto options = parsed(settings.url); options && password.empty())
    password = options.value()["password"];
  if (password.empty()) return text;
  for (auto at = text.find(password); at != std::string::npos; at = text.find(password, at + 3)) {
    text.replace(at, password.size(), "***");
  }
  return text;
}

std::string one_line(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool space = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (!space) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace orders::persistence
