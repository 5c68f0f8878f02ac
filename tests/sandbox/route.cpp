#include "tests/sandbox/route.hpp"

#include <utility>

#include "tests/sandbox/body.hpp"

namespace orders::sandbox {

namespace {

constexpr std::string_view id_mark = "/{id}";

bool has_id(std::string_view pattern) {
  return pattern.size() > id_mark.size() && pattern.substr(pattern.size() - id_mark.size()) == id_mark;
}

/// True if `path` is of the pattern; `id` is then what stands for {id}.
bool matches(std::string_view pattern, std::string_view path, std::string_view& id) {
  if (!has_id(pattern)) return path == pattern;
  const auto prefix = pattern.substr(0, pattern.size() - id_mark.size() + 1);  // with the slash
  if (path.size() <= prefix.size() || path.substr(0, prefix.size()) != prefix) return false;
  id = path.substr(prefix.size());
  return id.find('/') == std::string_view::npos;
}

Answer redirect(const Request& request, std::string_view path) {
  Answer answer;
  answer.status = 307;
  answer.headers.append("location: http://").append(request.host).append(path);
  if (!request.query.empty()) answer.headers.append("?").append(request.query);
  answer.headers.append("\r\n");
  return answer;
}

}  // namespace

RouteTable::RouteTable(std::vector<Route> routes) : routes_(std::move(routes)) {}

bool RouteTable::any_matches(std::string_view path) const {
  std::string_view id;
  for (const auto& route : routes_) {
    if (matches(route.pattern, path, id)) return true;
  }
  return false;
}

std::optional<Answer> RouteTable::match(Call& call) const {
  const auto& request = call.request();
  std::string allowed;
  std::string_view id;
  for (const auto& route : routes_) {
    if (!matches(route.pattern, request.path, id)) continue;
    if (route.method != request.method) {
      allowed.append(allowed.empty() ? "" : ", ").append(route.method);
      continue;
    }
    call.route = &route;
    call.id_text = percent_decoded(id, false);
    const auto number = parse_integer(call.id_text);
    call.id = number.value_or(0);
    call.id_is_number = !has_id(route.pattern) || number.has_value();
    return std::nullopt;
  }
  if (!allowed.empty()) {
    auto answer = detail_answer(405, "Method Not Allowed");
    answer.headers = "allow: " + allowed + "\r\n";
    return answer;
  }
  auto shorter = request.path;
  while (!shorter.empty() && shorter.back() == '/') shorter.remove_suffix(1);
  if (shorter != request.path && any_matches(shorter)) return redirect(request, shorter);
  return detail_answer(404, "Not Found");
}

const Route* RouteTable::find(std::string_view name) const {
  for (const auto& route : routes_) {
    if (route.name() == name) return &route;
  }
  return nullptr;
}

}  // namespace orders::sandbox
