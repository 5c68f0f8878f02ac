#include "tests/sandbox/message.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace orders::sandbox {

Answer json_answer(unsigned status, std::string body) {
  Answer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

Answer detail_answer(unsigned status, std::string_view detail) {
  return json_answer(status, "{\"detail\":" + quoted(detail) + "}");
}

Answer bare_string_answer(std::string_view text) { return json_answer(200, quoted(text)); }

Answer internal_error_answer() {
  Answer answer;
  answer.status = 500;
  answer.body = "Internal Server Error";
  answer.json = false;
  answer.close = true;
  return answer;
}

Answer no_content_answer() {
  Answer answer;
  answer.status = 204;
  return answer;
}

std::string quoted(std::string_view text) {
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer(out);
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return {out.GetString(), out.GetSize()};
}

namespace {
int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}
}  // namespace

std::string percent_decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
        continue;
      }
    }
    out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
  }
  return out;
}

std::string query_value(std::string_view query, std::string_view name, bool& found) {
  found = false;
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(pair.size() == query.size() ? pair.size() : pair.size() + 1);
    const auto equals = pair.find('=');
    if (percent_decoded(pair.substr(0, equals), true) != name) continue;
    found = equals != std::string_view::npos;
    return found ? percent_decoded(pair.substr(equals + 1), true) : std::string();
  }
  return {};
}

}  // namespace orders::sandbox
