// Answers as bytes: status line, headers, chunk frames. Pure functions for any thread; answers are rendered
// by whoever answers, so that reactor threads only copy bytes.
#pragma once

#include <string>
#include <string_view>

#include "http/server/exchange.hpp"

namespace orders::http {

enum class Framing { length, chunked, until_close };

struct AnswerFrame {
  std::string_view id;  ///< X-Request-Id
  bool head = false;    ///< the request was a HEAD
  bool old = false;     ///< the client speaks HTTP/1.0
  bool close = false;   ///< the connection ends with this answer
  Framing framing = Framing::length;
};

/// Head and body, ready for the wire. With Framing::chunked the body is the first chunk.
std::string render_answer(const Response& response, const AnswerFrame& frame);
/// One chunk; `bytes` is not empty.
std::string render_chunk(std::string_view bytes);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";
/// What every answer begins with, whatever it says.
inline constexpr std::string_view answer_beginning = "H";
inline constexpr std::string_view continue_answer = "HTTP/1.1 100 Continue\r\n\r\n";

/// RFC 9457 with type "about:blank".
Response default_problem(int status, const std::string& detail);
std::string_view reason_phrase(int status);
[[nodiscard]] bool never_has_body(int status);

}  // namespace orders::http
