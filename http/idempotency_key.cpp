#include "http/idempotency_key.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "domain/idempotency.hpp"

namespace orders::http {

namespace {

Error invalid(const std::string& detail) {
  return Error{ErrorCode::invalid_parameter, "Idempotency-Key " + detail};
}

/// RFC 8941, section 3.3.3: any of ASCII's printable characters, with a backslash before quotes and
/// backslashes.
Result<std::string> unquoted(std::string_view text) {
  std::string key;
  for (std::size_t at = 1; at < text.size(); ++at) {
    char next = text[at];
    if (next == '"') {
      if (at + 1 == text.size()) return key;
      return invalid("must end with its closing quote");
    }
    if (next < ' ' || next > '~') return invalid("must be printable ASCII");
    if (next == '\\') {
      next = ++at < text.size() ? text[at] : ' ';
      if (next != '"' && next != '\\')
        return invalid("may have a backslash only before a quote or a backslash");
    }
    key += next;
  }
  return invalid("begins with a quote and must end with one");
}

/// What clients send who do not quote: no spaces, and nothing that would mean something else in a structured
/// field.
Result<std::string> bare(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == ',' || c == ';') {
      return invalid("must be in quotes if it has other characters than letters, digits and plain signs");
    }
  }
  return std::string(text);
}

}  // namespace

Result<std::optional<std::string>> read_idempotency_key(const Request& request) {
  const auto is_key = [](const auto& header) { return header.first == "idempotency-key"; };
  const auto count = std::count_if(request.headers.begin(), request.headers.end(), is_key);
  if (count == 0) return std::optional<std::string>();
  if (count > 1) return invalid("must be there once");
  const std::string_view text = *request.header("idempotency-key");
  auto key = !text.empty() && text.front() == '"' ? unquoted(text) : bare(text);
  if (!key.ok()) return std::move(key.error());
  if (key.value().empty()) return invalid("must not be empty");
  if (key.value().size() > idempotency_key_length_max) {
    return invalid("must have at most " + std::to_string(idempotency_key_length_max) + " characters");
  }
  return std::optional<std::string>(std::move(key.value()));
}

}  // namespace orders::http
