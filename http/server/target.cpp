#include "http/server/target.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace orders::http {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Empty, or what is wrong with it.
std::string decode(std::string_view text, std::string& decoded) {
  decoded.clear();
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low < 0) return "the target has a % that is not followed by two hexadecimal digits";
    const int value = high * 16 + low;
    if (value == 0) return "the target has a NUL";
    decoded.push_back(static_cast<char>(value));
    i += 2;
  }
  return is_utf8(decoded) ? std::string() : "the target is not valid UTF-8";
}

std::string split_query(std::string_view query, NameValues& pairs) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::pair<std::string, std::string> decoded;
    std::string wrong = decode(pair.substr(0, equals), decoded.first);
    if (wrong.empty()) wrong = decode(pair.substr(std::min(equals + 1, pair.size())), decoded.second);
    if (!wrong.empty()) return wrong;
    pairs.push_back(std::move(decoded));
  }
  return {};
}

/// How many continuation bytes follow `lead`, and the range of the first of them (RFC 3629 table 3-7); -1: no
/// lead.
int continuation(std::uint8_t lead, std::uint8_t& low, std::uint8_t& high) {
  low = 0x80;
  high = 0xbf;
  if (lead < 0x80) return 0;
  if (lead >= 0xc2 && lead <= 0xdf) return 1;
  if (lead >= 0xe0 && lead <= 0xef) {
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
    return 2;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
    return 3;
  }
  return -1;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_host_name(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return false;
      i += 2;
    } else if (std::isalnum(static_cast<unsigned char>(text[i])) == 0 &&
               std::string_view("-._~!$&'()*+;=").find(text[i]) == std::string_view::npos) {
      return false;
    }
  }
  return !text.empty();
}

bool is_ipv6(std::string_view text) {
  in6_addr address{};
  return ::inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

}  // namespace

bool is_authority(std::string_view text) {
  const bool bracketed = text.substr(0, 1) == "[";
  const std::size_t host_end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (host_end == std::string_view::npos) return false;
  const bool host_valid =
      bracketed ? is_ipv6(text.substr(1, host_end - 1)) : is_host_name(text.substr(0, host_end));
  std::string_view rest = text.substr(host_end + (bracketed ? 1 : 0));
  if (!host_valid || rest.empty()) return host_valid;
  if (rest.front() != ':') return false;
  rest.remove_prefix(1);
  while (rest.size() > 1 && rest.front() == '0') rest.remove_prefix(1);
  if (rest.size() > 5 || !std::all_of(rest.begin(), rest.end(), is_digit)) return false;
  return rest.empty() || std::stoi(std::string(rest)) <= 65'535;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::uint8_t low = 0;
    std::uint8_t high = 0;
    int more = continuation(static_cast<std::uint8_t>(text[i]), low, high);
    if (more < 0) return false;
    for (; more > 0; --more) {
      if (++i == text.size()) return false;
      const auto byte = static_cast<std::uint8_t>(text[i]);
      if (byte < low || byte > high) return false;
      low = 0x80;
      high = 0xbf;
    }
  }
  return true;
}

std::string split_target(std::string_view target, Request& request) {
  if (target.substr(0, 1) != "/" && target != "*") {
    // absolute-form: the server is who it is, whatever authority is written there.
    const std::size_t scheme = target.find("://");
    if (scheme == std::string_view::npos) return "the target is neither a path nor a URL";
    target.remove_prefix(scheme + 3);
    const std::size_t authority = std::min(target.find_first_of("/?"), target.size());
    if (!is_authority(target.substr(0, authority))) return "the target's host is not valid";
    target.remove_prefix(authority);
  }
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, mark);
  std::string wrong = decode(path.empty() ? std::string_view("/") : path, request.path);
  request.query.clear();
  if (wrong.empty() && mark < target.size()) wrong = split_query(target.substr(mark + 1), request.query);
  return wrong;
}

}  // namespace orders::http
