// A client with a scripted catalog and a scripted cart behind it, and short ways to use them. One object for
// one test, for its thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "http/client/http_client.hpp"
#include "tests/http/client/later.hpp"
#include "tests/http/client/scripted_server.hpp"

namespace orders::test {

inline config::Neighbour neighbour_at(const std::string& url, std::uint32_t in_flight = 8) {
  config::Neighbour settings;
  settings.url = url;
  settings.max_in_flight = in_flight;
  settings.call_timeout = std::chrono::seconds(10);
  settings.connect_timeout = std::chrono::seconds(5);
  return settings;
}

inline Deadline soon(std::chrono::milliseconds from_now = std::chrono::seconds(15)) {
  return std::chrono::steady_clock::now() + from_now;
}

using Ending = std::shared_ptr<Later<http::Outcome>>;

/// Submits a call and returns what will hold its outcome.
inline Ending submit(http::HttpClient& client, http::Call call) {
  auto ending = std::make_shared<Later<http::Outcome>>();
  if (call.deadline == Deadline{}) call.deadline = soon();
  call.done = [ending](http::Outcome outcome) { ending->put(std::move(outcome)); };
  client.submit(std::move(call));
  return ending;
}

inline http::Call get_of(const std::string& target) {
  http::Call call;
  call.target = target;
  return call;
}

inline http::Call put_of(const std::string& target, const std::string& body) {
  http::Call call;
  call.method = http::Method::put;
  call.target = target;
  call.body = body;
  return call;
}

/// The answer; throws std::bad_variant_access when it was a failure.
inline http::Answer answer_of(const Ending& ending) { return std::get<http::Answer>(ending->get()); }
inline http::Failure failure_of(const Ending& ending) { return std::get<http::Failure>(ending->get()); }

}  // namespace orders::test

namespace orders::http {
inline std::ostream& operator<<(std::ostream& out, FailureKind kind) { return out << static_cast<int>(kind); }
}  // namespace orders::http
