#include "http/parameters.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

namespace orders::http {

namespace {
Error invalid(std::string_view name, const std::string& detail) {
  return Error{ErrorCode::invalid_parameter, std::string(name) + " " + detail, {}};
}
}  // namespace

Result<std::int64_t> whole_number(std::string_view name, std::string_view text, std::int64_t least,
                                  std::int64_t most) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool digits = !text.empty() && text.front() != '-' && end == text.data() + text.size();
  if (failed != std::errc() || !digits || number < least || number > most) {
    return invalid(name, "must be a whole number from " + std::to_string(least) + " to " +
                             std::to_string(most) + ", not \"" + std::string(text.substr(0, 40)) + "\"");
  }
  return number;
}

Result<CustomerId> customer_id(std::string_view text) {
  const auto number = whole_number("customer_id", text, 1, std::numeric_limits<std::int32_t>::max());
  if (!number.ok()) return number.error();
  return CustomerId{static_cast<std::int32_t>(number.value())};
}

Result<OrderId> order_id(std::string_view text) {
  const auto number = whole_number("order_id", text, 1, std::numeric_limits<std::int64_t>::max());
  if (!number.ok()) return number.error();
  return OrderId{number.value()};
}

std::optional<std::string> parameter(const Request& request, std::string_view name) {
  const auto found = std::find_if(request.query.begin(), request.query.end(),
                                  [name](const auto& pair) { return pair.first == name; });
  if (found == request.query.end()) return std::nullopt;
  return found->second;
}

std::optional<Error> unknown_parameter(const Request& request,
                                       std::initializer_list<std::string_view> known) {
  std::set<std::string_view> seen;
  for (const auto& pair : request.query) {
    const std::string_view name = pair.first;
    const auto shown = "\"" + std::string(name.substr(0, 40)) + "\"";
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      std::string list;
      for (const auto& each : known) list += (list.empty() ? "" : ", ") + std::string(each);
      return invalid(shown, "is not a parameter of this path" + (list.empty() ? "" : "; it knows: " + list));
    }
    if (!seen.insert(name).second) return invalid(shown, "is there twice");
  }
  return std::nullopt;
}

}  // namespace orders::http
