#include "config/addresses.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <vector>

namespace orders::config {

namespace {

/// A stretch of a text.
struct Span {
  std::size_t begin = 0;
  std::size_t size = 0;
};

/// What a connection text is found to be: where its passwords are, or what is wrong.
struct Connection {
  std::vector<Span> passwords{};
  std::string fault{};
};

constexpr std::array<std::string_view, 2> url_schemes{"postgresql://", "postgres://"};

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

/// In whatever case: libpq refuses PASSWORD, but it is printed before libpq sees it.
bool is_secret_key(std::string_view key) {
  std::string lower;
  for (const char c : key) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower == "password" || lower == "sslpassword";
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Percent-decoded as libpq does; none where the encoding is broken.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

Connection faulty(std::string fault) { return {{}, std::move(fault)}; }

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5) return false;
  int port = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    port = port * 10 + (c - '0');
  }
  return port >= 1 && port <= 65'535;
}

/// [host][:port][,[host][:port]...], where a host of colons stands in brackets.
std::string hosts_fault(std::string_view hosts) {
  for (std::size_t at = 0; at <= hosts.size();) {
    const auto comma = std::min(hosts.find(',', at), hosts.size());
    auto host = hosts.substr(at, comma - at);
    at = comma + 1;
    if (!host.empty() && host.front() == '[') {
      const auto bracket = host.find(']');
      if (bracket == std::string_view::npos) return "must have a closing ']' for every opening one";
      host.remove_prefix(bracket + 1);
      if (!host.empty() && host.front() != ':') return "must have nothing but a port after ']'";
    }
    const auto colon = host.find(':');
    if (colon != std::string_view::npos && colon + 1 < host.size() && !is_port(host.substr(colon + 1))) {
      return "must have a port from 1 to 65535";
    }
  }
  return {};
}

/// postgresql://[user[:password]@][host][:port][,...][/name][?key=value&...]
Connection read_url(std::string_view text, std::size_t begin) {
  if (!decoded(text)) return faulty("must have %XX only where a character is percent-encoded");
  for (const char c : text) {
    if (is_space(c)) return faulty("must not contain spaces (write %20)");
  }
  Connection found;
  const auto question = text.find('?', begin);
  const auto first = text.find_first_of("@/", begin);
  if (first != std::string_view::npos && text[first] == '@' && question < first) {
    return faulty(
        "must have '?' written as %3F in user and password");  // libpq takes what is before '@' for them
  }
  const auto address = text.substr(0, question);
  const auto at = address.find('@', begin);
  if (at != std::string_view::npos) {
    if (address.find('@', at + 1) != std::string_view::npos || address.find('/', begin) < at) {
      return faulty("must have '@' written as %40 and '/' as %2F in user, password and name");
    }
    const auto colon = address.find(':', begin);
    if (colon < at && colon + 1 < at) found.passwords.push_back({colon + 1, at - colon - 1});
  }
  const auto host = at == std::string_view::npos ? begin : at + 1;
  auto fault = hosts_fault(address.substr(host, address.find('/', host) - host));
  if (!fault.empty()) return faulty(std::move(fault));
  for (auto pair = question; pair != std::string_view::npos;) {
    const auto end = text.find('&', pair + 1);
    const auto option = text.substr(0, end).substr(pair + 1);
    const auto equals = option.find('=');
    if (equals == std::string_view::npos) return faulty("must have options of the form key=value after '?'");
    if (is_secret_key(decoded(option.substr(0, equals)).value_or("")) && equals + 1 < option.size()) {
      found.passwords.push_back({pair + 1 + equals + 1, option.size() - equals - 1});
    }
    pair = end;
  }
  return found;
}

/// The end of a value that begins at `at`, quoted or not, by libpq's rules; none when a quote is not closed.
std::optional<std::size_t> end_of_value(std::string_view text, std::size_t at) {
  const bool in_quotes = at < text.size() && text[at] == '\'';
  if (in_quotes) ++at;
  for (; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (in_quotes ? text[at] == '\'' : is_space(text[at])) {
      return in_quotes ? at + 1 : at;
    }
  }
  return in_quotes ? std::nullopt : std::optional(text.size());
}

/// host=... dbname='a name' ...
Connection read_pairs(std::string_view text) {
  static const std::string form =
      "must be postgresql://user@host:5432/name or pairs such as host=db dbname=orderd";
  Connection found;
  std::size_t at = 0;
  const auto skip_spaces = [&] {
    while (at < text.size() && is_space(text[at])) ++at;
  };
  for (skip_spaces(); at < text.size(); skip_spaces()) {
    const auto key_begin = at;
    while (at < text.size() && text[at] != '=' && !is_space(text[at])) ++at;
    const auto key = text.substr(key_begin, at - key_begin);
    skip_spaces();
    if (key.empty() || at >= text.size() || text[at] != '=') return faulty(form);
    for (const char c : key) {
      if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_') return faulty(form);
    }
    ++at;
    skip_spaces();
    const auto end = end_of_value(text, at);
    if (!end) return faulty("must have a closing ' for every opening one");
    if (is_secret_key(key) && *end > at) found.passwords.push_back({at, *end - at});
    at = *end;
  }
  return found;
}

Connection read_connection(std::string_view text) {
  for (const auto scheme : url_schemes) {
    if (text.substr(0, scheme.size()) == scheme) return read_url(text, scheme.size());
  }
  if (text.find("://") < text.find('=')) return faulty("must begin with postgresql://");
  return read_pairs(text);
}

bool is_host(std::string_view text) {
  if (text.empty()) return false;
  const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  if (bracketed) text = text.substr(1, text.size() - 2);
  for (const char c : text) {
    const bool always = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.';
    if (!always && !(bracketed ? c == ':' : c == '-' || c == '_')) return false;
  }
  return true;
}

}  // namespace

std::string connection_fault(std::string_view text) { return read_connection(text).fault; }

bool has_password(std::string_view connection) { return !read_connection(connection).passwords.empty(); }

std::string masked_connection(std::string_view connection) {
  const auto found = read_connection(connection);
  if (!found.fault.empty()) return "[secret]";
  std::string out;
  std::size_t shown = 0;
  for (const auto& password : found.passwords) {
    out += connection.substr(shown, password.begin - shown);
    out += "[secret]";
    shown = password.begin + password.size;
  }
  out += connection.substr(shown);
  return out;
}

std::string link_fault(std::string_view text) {
  static const std::string form = "must be of the form http://host:port, with or without a path";
  constexpr std::string_view scheme = "http://";
  if (text.empty()) return {};
  if (text.substr(0, 8) == "https://")
    return "must begin with http:// (https is not spoken here; put a proxy between)";
  if (text.substr(0, scheme.size()) != scheme) return form;
  text.remove_prefix(scheme.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20U || byte >= 0x7FU) return "must not contain spaces, control or non-ASCII characters";
    if (c == '?' || c == '#') return "must not have a query or a fragment";
  }
  const auto slash = text.find('/');
  const auto authority = text.substr(0, slash);
  if (authority.find('@') != std::string_view::npos) return "must not have a user or a password";
  const auto bracket = authority.find(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (!is_host(authority.substr(0, colon))) return form;
  if (colon != std::string_view::npos && !is_port(authority.substr(colon + 1))) {
    return "must have a port from 1 to 65535";
  }
  return {};
}

}  // namespace orders::config
