#include "http/routes.hpp"

#include <exception>
#include <string_view>

#include <spdlog/spdlog.h>

#include "http/audit_handlers.hpp"
#include "http/order_handlers.hpp"
#include "http/probes.hpp"
#include "http/problem.hpp"
#include "http/recovery_handlers.hpp"

namespace orders::http {

namespace {

constexpr const char* no_route = "(none)";  // what metrics call a path that is no route

/// The segments of a path. Empty ones are passed over, as clients of the older service are used to.
std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  std::size_t begin = 0;
  while (begin < path.size()) {
    const auto end = std::min(path.find('/', begin), path.size());
    if (end > begin) segments.emplace_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return segments;
}

bool is_parameter(const std::string& segment) { return segment.front() == '{'; }

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (!is_parameter(pattern[i]) && pattern[i] != path[i]) return false;
  }
  return true;
}

Response options_answer(const std::string& allow) {
  Response response;
  response.status = 204;
  response.headers.emplace_back("Allow", allow);
  return response;
}

}  // namespace

/// What the table says about a request: its route, or what else its path would allow.
struct Routes::Match {
  const Route* route = nullptr;
  const char* path = no_route;
  std::string allow;  ///< the methods of the path; empty: no such path
  std::vector<std::string> parameters;
};

Routes::Routes(Surroundings& surroundings) : surroundings_(surroundings) {
  for (auto* add : {&order_routes, &audit_routes, &recovery_routes, &probe_routes}) {
    for (auto& route : add(surroundings)) table_.push_back(std::move(route));
  }
  for (const auto& route : table_) segments_.push_back(split(route.path));
}

Routes::Match Routes::find(const Request& request) const {
  Match match;
  const auto path = split(request.path);
  const std::string wanted = request.method == "HEAD" ? "GET" : request.method;
  for (std::size_t i = 0; i < table_.size(); ++i) {
    if (!matches(segments_[i], path)) continue;
    const auto& route = table_[i];
    match.path = route.path;
    const std::string method = route.method;
    match.allow += (match.allow.empty() ? "" : ", ") + (method == "GET" ? std::string("GET, HEAD") : method);
    if (method != wanted) continue;
    match.route = &route;
    match.parameters.clear();
    for (std::size_t s = 0; s < path.size(); ++s) {
      if (is_parameter(segments_[i][s])) match.parameters.push_back(path[s]);
    }
  }
  if (!match.allow.empty()) match.allow += ", OPTIONS";
  return match;
}

void Routes::dispatch(Request request, Responder responder) const {
  if (request.path == "*") {  // OPTIONS *: the server as a whole
    return PendingAnswer(request, std::move(responder), no_route, surroundings_.metrics)
        .send(options_answer("GET, HEAD, POST, PUT, OPTIONS"));
  }
  auto match = find(request);
  const PendingAnswer answer(request, std::move(responder), match.path, surroundings_.metrics);
  try {
    if (match.route != nullptr) {
      match.route->handle({std::move(request), std::move(match.parameters)}, answer);
    } else if (match.allow.empty()) {
      answer.fail({ErrorCode::route_not_found, "there is nothing at this path", {}});
    } else if (request.method == "OPTIONS") {
      answer.send(options_answer(match.allow));
    } else {
      auto refusal =
          problem({ErrorCode::method_not_allowed, "this path supports " + match.allow, {}}, request.id);
      refusal.headers.emplace_back("Allow", match.allow);
      answer.send(std::move(refusal));
    }
  } catch (const std::exception& broken) {
    answer.fail({ErrorCode::internal, broken.what(), {}});
  }
}

}  // namespace orders::http
