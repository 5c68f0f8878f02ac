#include "http/server/parser.hpp"

#include <algorithm>
#include <utility>

#include "http/server/message.hpp"
#include "http/server/target.hpp"

namespace orders::http {

namespace {

constexpr std::size_t empty_lines_max = 4;
constexpr std::size_t beyond_target = 64;    // method, version and blanks of a request line
constexpr std::size_t method_max = 32;       // longer than any there is
constexpr std::size_t chunk_line_max = 300;  // size, and extensions we ignore
constexpr std::size_t trailers_max = 4'096;  // ignored as well
constexpr std::size_t nowhere = std::string_view::npos;

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/// "0", "000", "0;name=value": the size line of the last chunk.
bool says_zero(std::string_view line) {
  const std::size_t digits = line.find_first_not_of('0');
  if (digits == 0) return false;
  return digits == nowhere || std::string_view("123456789abcdefABCDEF").find(line[digits]) == nowhere;
}

}  // namespace

RequestParser::RequestParser(const ParserLimits& limits) : limits_(limits) {}

RequestParser::~RequestParser() = default;

void RequestParser::reset() {
  message_.reset();
  request_ = {};
  refusal_ = {};
  empty_lines_ = line_start_ = scanned_ = 0;
  head_begun_ = any_chunk_ = expects_continue_ = keep_alive_ = http_1_0_ = false;
}

RequestParser::Progress RequestParser::refuse(int status, std::string detail) {
  refusal_ = {status, std::move(detail)};
  return Progress::refused;
}

RequestParser::Progress RequestParser::feed(std::string_view& input) {
  if (refusal_.status != 0) return Progress::refused;
  if (!message_) {
    const Progress head = feed_head(input);
    if (head != Progress::done) return head;
  }
  if (message_->is_done()) return Progress::done;
  return message_->chunked() ? feed_chunked_body(input) : feed_sized_body(input);
}

/// False: refused, or nothing left to look at.
bool RequestParser::skip_empty_lines(std::string_view& input) {
  while (!input.empty() && input[0] == '\r') {
    if (input.size() == 1) return false;
    if (input[1] != '\n' || ++empty_lines_ > empty_lines_max) {
      refuse(400, "the request does not begin with a method");
      return false;
    }
    input.remove_prefix(2);
  }
  if (input.empty()) return false;
  if (is_letter(input[0])) return true;
  refuse(400, "the request does not begin with a method");
  return false;
}

RequestParser::Progress RequestParser::feed_head(std::string_view& input) {
  if (scanned_ == 0 && !skip_empty_lines(input)) {
    return refusal_.status != 0 ? Progress::refused : Progress::need_more;
  }
  head_begun_ = true;
  const std::size_t end = find_head_end(input);
  if (refusal_.status != 0) return Progress::refused;
  if (end == nowhere) return Progress::need_more;
  const std::string_view head = input.substr(0, end);
  input.remove_prefix(end);
  return parse_head(head);
}

/// One past the empty line that ends the head; nowhere: not here yet, or refused.
std::size_t RequestParser::find_head_end(std::string_view input) {
  const std::size_t line_max = limits_.target_bytes + beyond_target;
  const std::string_view window = input.substr(0, limits_.header_bytes);
  for (;;) {
    if (line_start_ > 0 && line_start_ < window.size() &&
        (input[line_start_] == ' ' || input[line_start_] == '\t')) {
      refuse(400, "a header is folded over two lines");
      return nowhere;
    }
    const std::size_t newline = window.find('\n', scanned_);
    if (line_start_ == 0 && std::min(newline, window.size()) > line_max) {
      refuse_long_line(window);
      return nowhere;
    }
    if (newline == nowhere) break;
    if (newline == line_start_ || input[newline - 1] != '\r') {
      refuse(400, "a line does not end with CR LF");
      return nowhere;
    }
    if (line_start_ > 0 && newline == line_start_ + 1) return newline + 1;
    line_start_ = scanned_ = newline + 1;
  }
  scanned_ = window.size();
  if (input.size() >= limits_.header_bytes) {
    if (line_start_ == 0) {
      refuse_long_line(window);
    } else {
      refuse(431, "the headers are too long");
    }
  }
  return nowhere;
}

void RequestParser::refuse_long_line(std::string_view line) {
  if (line.find(' ') > method_max) {
    refuse(501, "this method is not implemented");
  } else {
    refuse(414, "the target is too long");
  }
}

RequestParser::Progress RequestParser::parse_head(std::string_view head) {
  auto message = std::make_unique<Message>(limits_, request_, head.size());
  if (!message->take(head)) return refuse(message->refusal().status, message->refusal().detail);
  if (!message->is_header_done() || !head.empty()) return refuse(400, "the head of the request is not valid");
  std::string wrong = split_target(message->target(), request_);
  if (!wrong.empty()) return refuse(400, std::move(wrong));
  expects_continue_ = message->expects_continue();
  keep_alive_ = message->keep_alive_wanted();
  http_1_0_ = message->http_1_0();
  message_ = std::move(message);
  return Progress::done;
}

RequestParser::Progress RequestParser::feed_sized_body(std::string_view& input) {
  while (!message_->is_done()) {
    if (input.empty()) return Progress::need_more;
    if (!message_->take(input)) return refuse(message_->refusal().status, message_->refusal().detail);
  }
  return Progress::done;
}

RequestParser::Progress RequestParser::feed_chunked_body(std::string_view& input) {
  while (!message_->is_done()) {
    std::size_t size = 0;
    if (message_->chunk_left() > 0) {
      size = std::min<std::size_t>(message_->chunk_left(), input.size());
      if (size == 0) return Progress::need_more;
    } else {
      // Only ever a whole chunk head: the library, given half of the last one, fails an assertion.
      size = find_chunk_head_end(input);
      if (refusal_.status != 0) return Progress::refused;
      if (size == nowhere) return Progress::need_more;
      any_chunk_ = true;
    }
    std::string_view unit = input.substr(0, size);
    if (!message_->take(unit)) return refuse(message_->refusal().status, message_->refusal().detail);
    if (!unit.empty()) return refuse(400, "a chunk is not valid");
    input.remove_prefix(size);
  }
  return Progress::done;
}

/// A chunk head is the line break after the chunk before, the size line and, behind a size of zero, the
/// trailers.
std::size_t RequestParser::find_chunk_head_end(std::string_view input) {
  const std::size_t start = any_chunk_ ? 2 : 0;
  if (std::string_view("\r\n").substr(0, start).substr(0, input.size()) != input.substr(0, start)) {
    refuse(400, "a chunk is not as long as it says");
    return nowhere;
  }
  if (input.size() <= start) return nowhere;
  const std::size_t newline = input.find('\n', start);
  if (std::min(newline, input.size()) - start > chunk_line_max) {
    refuse(400, "the size line of a chunk is too long");
    return nowhere;
  }
  if (newline == nowhere) return nowhere;
  if (newline == start || input[newline - 1] != '\r') {
    refuse(400, "the size line of a chunk does not end with CR LF");
    return nowhere;
  }
  const bool last = says_zero(input.substr(start, newline - 1 - start));
  return last ? find_trailers_end(input, newline + 1) : newline + 1;
}

std::size_t RequestParser::find_trailers_end(std::string_view input, std::size_t line_end) {
  const std::string_view window = input.substr(0, line_end + trailers_max);
  for (std::size_t line = line_end; line < window.size();) {
    if (line > line_end && (window[line] == ' ' || window[line] == '\t')) {
      refuse(400, "a trailer is folded over two lines");
      return nowhere;
    }
    const std::size_t newline = window.find('\n', line);
    if (newline == nowhere) break;
    if (newline == line || window[newline - 1] != '\r') {
      refuse(400, "a trailer does not end with CR LF");
      return nowhere;
    }
    if (newline == line + 1) return newline + 1;
    line = newline + 1;
  }
  if (input.size() >= line_end + trailers_max) refuse(431, "the trailers are too long");
  return nowhere;
}

}  // namespace orders::http
