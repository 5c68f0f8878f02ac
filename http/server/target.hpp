// The request target taken apart: path and query, percent-decoded once and checked. Pure functions, any
// thread; what they refuse is answered 400.
#pragma once

#include <string>
#include <string_view>

#include "http/server/exchange.hpp"

namespace orders::http {

/// Fills path and query from a target in origin-form ("/a?b=c"), absolute-form ("http://host/a") or "*".
/// Returns an empty text, or a sentence saying what is wrong: a bad escape, %00, bytes that are not UTF-8.
std::string split_target(std::string_view target, Request& request);

/// "host", "host:port" or "[IPv6]:port", as RFC 3986 has it, without user; a comma, though allowed there, is
/// not, since it looks like two hosts in one.
[[nodiscard]] bool is_authority(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace orders::http
