#include "http/server/message.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <fmt/format.h>

#include "http/server/target.hpp"

namespace orders::http {

namespace beast = boost::beast;
using beast::http::field;
using beast::http::verb;

namespace {

constexpr std::size_t reserve_max = std::size_t{64} * 1024;
constexpr std::size_t extension_max = 256;
constexpr std::size_t length_digits_max = 18;

bool is_decimal(char c) { return c >= '0' && c <= '9'; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// "http://" and "https://"; what follows is checked when the target is split.
bool is_url(beast::string_view target) {
  return beast::iequals(target.substr(0, 7), "http://") || beast::iequals(target.substr(0, 8), "https://");
}

beast::string_view trimmed(beast::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// 0 for `chunked`. Where the body ends is known if that comes last, and then it is another coding that is
/// not implemented (501); otherwise nobody could tell where the next request begins (400, RFC 9112 6.3).
int refusal_of_encoding(beast::string_view value) {
  if (beast::iequals(value, "chunked")) return 0;
  const auto comma = value.rfind(',');
  if (comma == beast::string_view::npos || !beast::iequals(trimmed(value.substr(comma + 1)), "chunked"))
    return 400;
  const auto before = trimmed(value.substr(0, comma));
  const bool only_others = beast::http::validate_list(beast::http::opt_token_list{before}) &&
                           !before.empty() && !beast::http::token_list{before}.exists("chunked");
  return only_others ? 501 : 400;
}

/// A request line that is fine except for a version other than 1.0 and 1.1.
bool has_other_version(std::string_view head) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  if (line.size() < 9 || std::count(line.begin(), line.end(), ' ') != 2) return false;
  const std::string_view version = line.substr(line.size() - 9);
  return version.substr(0, 6) == " HTTP/" && is_decimal(version[6]) && version[7] == '.' &&
         is_decimal(version[8]);
}

}  // namespace

RequestParser::Message::Message(const ParserLimits& limits, Request& request, std::size_t head_bytes)
    : limits_(limits), request_(request) {
  // The head was measured before; the library's own limit does not hold when bytes come in pieces.
  header_limit(static_cast<std::uint32_t>(head_bytes + 1));
  body_limit(limits.body_bytes);
  eager(false);
}

bool RequestParser::Message::take(std::string_view& bytes) {
  ErrorCode error;
  const std::size_t taken = put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error && refusal_.status == 0) refuse_library_error(error, bytes);
  bytes.remove_prefix(std::min(taken, bytes.size()));
  return refusal_.status == 0;
}

void RequestParser::Message::refuse(int status, const char* detail, ErrorCode& error) {
  if (refusal_.status == 0) refusal_ = {status, detail};
  error = beast::http::make_error_code(beast::http::error::bad_value);
}

void RequestParser::Message::refuse_library_error(ErrorCode error, std::string_view bytes) {
  if (error == beast::http::error::body_limit) {
    refusal_ = {413, fmt::format("the body may have at most {} bytes", limits_.body_bytes)};
  } else if (error == beast::http::error::bad_version && has_other_version(bytes)) {
    refusal_ = {505, "this server speaks HTTP/1.1 and HTTP/1.0"};
  } else {
    refusal_ = {400, fmt::format("the request is not valid HTTP/1.1: {}", error.message())};
  }
}

void RequestParser::Message::on_request_impl(verb method, Text method_text, Text target, int version,
                                             ErrorCode& error) {
  if (std::any_of(target.begin(), target.end(),
                  [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    return refuse(400, "the target has bytes that must be percent-encoded", error);
  }
  if (target.find('#') != Text::npos) return refuse(400, "the target has a fragment", error);
  if (method == verb::unknown || method == verb::connect) {
    return refuse(501, "this method is not implemented", error);
  }
  if (target.size() > limits_.target_bytes) return refuse(414, "the target is too long", error);
  if (!(target.starts_with('/') || (target == "*" && method == verb::options) || is_url(target))) {
    return refuse(400, "the target is neither a path nor a URL", error);
  }
  old_ = version < 11;
  request_.method.assign(method_text.data(), method_text.size());
  target_.assign(target.data(), target.size());
}

void RequestParser::Message::on_response_impl(int /*status*/, Text /*reason*/, int /*version*/,
                                              ErrorCode& error) {
  refuse(400, "this is not a request", error);
}

void RequestParser::Message::on_field_impl(field name, Text name_text, Text value, ErrorCode& error) {
  if (is_header_done()) return;  // trailers are read and dropped
  if (request_.headers.size() == limits_.fields) return refuse(431, "there are too many headers", error);
  note_framing_field(name, value, error);
  if (error) return;
  std::string lower(name_text.data(), name_text.size());
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  request_.headers.emplace_back(std::move(lower), std::string(value.data(), value.size()));
}

void RequestParser::Message::note_framing_field(field name, Text value, ErrorCode& error) {
  switch (name) {
    case field::host:
      ++hosts_;
      if (!value.empty() && !is_authority({value.data(), value.size()})) {
        refuse(400, "the Host header is not valid", error);
      }
      break;
    case field::content_length:
      ++lengths_;
      if (!std::all_of(value.begin(), value.end(), is_decimal)) {
        refuse(400, "the Content-Length is not a number", error);
      } else if (value.size() > length_digits_max) {
        refuse(413, "the body is too long", error);
      }
      break;
    case field::transfer_encoding:
      ++encodings_;
      encoding_refusal_ = refusal_of_encoding(value);
      break;
    case field::connection:
      note_connection(value);
      break;
    case field::expect:
      if (beast::iequals(value, "100-continue")) {
        expects_continue_ = true;
      } else {
        expects_other_ = true;
      }
      break;
    default:
      break;
  }
}

void RequestParser::Message::note_connection(Text value) {
  for (const Text token : beast::http::opt_token_list{value}) {
    if (beast::iequals(token, "close")) close_ = true;
    if (beast::iequals(token, "keep-alive")) keep_alive_ = true;
  }
}

void RequestParser::Message::on_header_impl(ErrorCode& error) {
  if (hosts_ > 1) return refuse(400, "there is more than one Host header", error);
  if (hosts_ == 0 && !old_) return refuse(400, "the Host header is missing", error);
  // Everything by which two servers could disagree about where this request ends is refused.
  if (lengths_ > 1) return refuse(400, "there is more than one Content-Length header", error);
  if (encodings_ > 1) return refuse(400, "there is more than one Transfer-Encoding header", error);
  if (lengths_ == 1 && encodings_ == 1) {
    return refuse(400, "there are both Content-Length and Transfer-Encoding", error);
  }
  if (encodings_ == 1 && old_) return refuse(400, "HTTP/1.0 has no Transfer-Encoding", error);
  if (encoding_refusal_ != 0) {
    return refuse(encoding_refusal_, "the only Transfer-Encoding here is chunked", error);
  }
  if (old_) {
    expects_continue_ = false;
  } else if (expects_other_) {
    return refuse(417, "the only expectation met here is 100-continue", error);
  }
}

void RequestParser::Message::on_body_init_impl(const boost::optional<std::uint64_t>& length,
                                               ErrorCode& /*error*/) {
  // Memory for what has arrived, not for what was announced.
  if (length) request_.body.reserve(std::min<std::size_t>(*length, reserve_max));
}

std::size_t RequestParser::Message::on_body_impl(Text bytes, ErrorCode& /*error*/) {
  request_.body.append(bytes.data(), bytes.size());
  return bytes.size();
}

void RequestParser::Message::on_chunk_header_impl(std::uint64_t size, Text extensions, ErrorCode& error) {
  if (extensions.size() > extension_max || std::any_of(extensions.begin(), extensions.end(), is_control)) {
    return refuse(400, "a chunk extension is not valid", error);
  }
  chunk_left_ = size;
}

std::size_t RequestParser::Message::on_chunk_body_impl(std::uint64_t /*remain*/, Text bytes,
                                                       ErrorCode& /*error*/) {
  request_.body.append(bytes.data(), bytes.size());
  chunk_left_ -= bytes.size();
  return bytes.size();
}

void RequestParser::Message::on_finish_impl(ErrorCode& /*error*/) {}

}  // namespace orders::http
