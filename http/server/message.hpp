// The one place that knows Boost.Beast: its tokeniser, plus the checks it lacks (framing by exactly one of
// Content-Length and `chunked`, one Host, a target of a form we serve, limits). Used by parser.cpp only,
// which feeds it complete units: a whole head, a whole chunk head, a piece of body. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

#include "http/server/parser.hpp"

namespace orders::http {

class RequestParser::Message : public boost::beast::http::basic_parser<true> {
 public:
  Message(const ParserLimits& limits, Request& request, std::size_t head_bytes);

  /// Parses the front of `bytes` and takes it off; false: refused, and refusal() says why.
  bool take(std::string_view& bytes);

  [[nodiscard]] const Refusal& refusal() const { return refusal_; }
  [[nodiscard]] std::uint64_t chunk_left() const { return chunk_left_; }
  [[nodiscard]] bool expects_continue() const { return expects_continue_; }
  [[nodiscard]] bool keep_alive_wanted() const { return !close_ && (!old_ || keep_alive_); }
  [[nodiscard]] bool http_1_0() const { return old_; }
  [[nodiscard]] const std::string& target() const { return target_; }

 private:
  using ErrorCode = boost::beast::error_code;
  using Text = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb method, Text method_text, Text target, int version,
                       ErrorCode& error) override;
  void on_response_impl(int status, Text reason, int version, ErrorCode& error) override;
  void on_field_impl(boost::beast::http::field name, Text name_text, Text value, ErrorCode& error) override;
  void on_header_impl(ErrorCode& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode& error) override;
  std::size_t on_body_impl(Text bytes, ErrorCode& error) override;
  void on_chunk_header_impl(std::uint64_t size, Text extensions, ErrorCode& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, Text bytes, ErrorCode& error) override;
  void on_finish_impl(ErrorCode& error) override;

  void refuse(int status, const char* detail, ErrorCode& error);
  void refuse_library_error(ErrorCode error, std::string_view bytes);
  void note_framing_field(boost::beast::http::field name, Text value, ErrorCode& error);
  void note_connection(Text value);

  const ParserLimits& limits_;
  Request& request_;
  Refusal refusal_;
  std::string target_;
  std::uint64_t chunk_left_ = 0;
  std::size_t hosts_ = 0;
  std::size_t lengths_ = 0;
  std::size_t encodings_ = 0;
  int encoding_refusal_ = 0;  ///< status, when the Transfer-Encoding is none we take
  bool expects_continue_ = false;
  bool expects_other_ = false;
  bool old_ = false;
  bool close_ = false;
  bool keep_alive_ = false;
};

}  // namespace orders::http
