#include "tests/sandbox/body.hpp"

#include <cmath>
#include <limits>

namespace orders::sandbox {

namespace {

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t int64_min = std::numeric_limits<std::int64_t>::min();

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::int64_t clamped(double value) {
  if (value >= 9.2e18) return int64_max;
  if (value <= -9.2e18) return int64_min;
  return static_cast<std::int64_t>(value);
}

bool same_letters(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

/// Without a content type the framework tries JSON; with one it must be application/json or
/// application/...+json.
bool claims_json(std::string_view content_type) {
  auto type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && is_blank(type.back())) type.remove_suffix(1);
  if (type.empty() || same_letters(type, "application/json")) return true;
  return type.size() > 17 && same_letters(type.substr(0, 12), "application/") &&
         same_letters(type.substr(type.size() - 5), "+json");
}

std::optional<std::int64_t> as_integer(const rapidjson::Value& value) {
  if (value.IsInt64()) return value.GetInt64();
  if (value.IsUint64()) return int64_max;
  if (value.IsDouble() && std::isfinite(value.GetDouble())) return clamped(value.GetDouble());
  if (value.IsBool()) return value.GetBool() ? 1 : 0;
  if (value.IsString()) return parse_integer({value.GetString(), value.GetStringLength()});
  return std::nullopt;
}

}  // namespace

void Faults422::add(std::string_view location, std::string_view message, std::string_view type) {
  if (!text_.empty()) text_ += ',';
  text_.append(R"({"loc":[)").append(location).append(R"(],"msg":)").append(quoted(message));
  text_.append(R"(,"type":")").append(type).append("\"}");
}

Answer Faults422::answer() const { return json_answer(422, R"({"detail":[)" + text_ + "]}"); }

std::optional<std::int64_t> parse_integer(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const int digit = c - '0';
    value = value > (int64_max - digit) / 10 ? int64_max : value * 10 + digit;
  }
  return negative ? -value : value;
}

Body::Body(const Request& request, Faults422& faults) : faults_(faults) {
  if (request.body.empty()) {
    faults.add(R"("body")", "field required", "value_error.missing");
    return;
  }
  if (!claims_json(request.content_type)) {
    faults.add(R"("body")", "value is not a valid dict", "type_error.dict");
    return;
  }
  // Iterative, because the nesting of a body must not use up the stack.
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  document_.Parse<flags>(request.body.data(), request.body.size());
  if (document_.HasParseError()) {
    const auto at = std::to_string(document_.GetErrorOffset());
    faults.add("\"body\"," + at, "Expecting value: line 1 column 1 (char " + at + ")",
               "value_error.jsondecode");
  } else if (!document_.IsObject()) {
    faults.add(R"("body")", "value is not a valid dict", "type_error.dict");
  } else {
    object_ = true;
  }
}

const rapidjson::Value* Body::field(const char* name) {
  if (!object_) return nullptr;  // already a fault
  const std::string location = std::string("\"body\",\"") + name + "\"";
  const auto member = document_.FindMember(name);
  if (member == document_.MemberEnd()) {
    faults_.add(location, "field required", "value_error.missing");
    return nullptr;
  }
  if (member->value.IsNull()) {
    faults_.add(location, "none is not an allowed value", "type_error.none.not_allowed");
    return nullptr;
  }
  return &member->value;
}

std::int64_t Body::integer(const char* name) {
  const auto* value = field(name);
  if (value == nullptr) return 0;
  const auto number = as_integer(*value);
  if (!number) {
    faults_.add(std::string("\"body\",\"") + name + "\"", "value is not a valid integer",
                "type_error.integer");
  }
  return number.value_or(0);
}

std::string Body::text(const char* name) {
  const auto* value = field(name);
  if (value == nullptr) return {};
  if (value->IsString()) return {value->GetString(), value->GetStringLength()};
  if (value->IsInt64()) return std::to_string(value->GetInt64());
  faults_.add(std::string("\"body\",\"") + name + "\"", "str type expected", "type_error.str");
  return {};
}

}  // namespace orders::sandbox
