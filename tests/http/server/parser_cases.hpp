// The parser's cases as a table: bytes in, and what must come of them, however the bytes are cut. Constant
// data for parser_test.cpp; the limits they are made for are there too.
#pragma once

#include <string>
#include <vector>

#include "http/server/parser.hpp"

namespace orders::test {

struct ParserCase {
  std::string name;
  std::string input;
  /// One line a request, "METHOD path ?name=value... body=... keep|close", and "refused STATUS" or "more" at
  /// the end unless the input ends with a request.
  std::string wanted;
};

std::vector<ParserCase> head_cases();
std::vector<ParserCase> framing_cases();
/// By section of RFC 9112 (2 to 9) and 9110.
std::vector<ParserCase> rfc_head_cases();
std::vector<ParserCase> rfc_framing_cases();
std::vector<ParserCase> all_cases();

inline http::ParserLimits case_limits() {
  http::ParserLimits limits;
  limits.body_bytes = 65'536;
  return limits;
}

/// A GET with these header lines (each with its CR LF) besides Host.
inline std::string get_with(const std::string& lines) {
  return "GET / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n";
}
/// A POST, likewise, with what follows the head.
inline std::string post_with(const std::string& lines, const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n" + body;
}

}  // namespace orders::test
