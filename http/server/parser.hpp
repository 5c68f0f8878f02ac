// Bytes into one Request, strictly by RFC 9112 and with a limit on everything: a library splits lines and
// fields, the rules about what frames a message are ours. Knows no sockets: the same bytes give the same
// result however they are cut into pieces. One object per connection, used by its reactor thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/server/exchange.hpp"

namespace orders::http {

struct ParserLimits {
  std::size_t header_bytes = 16'384;   ///< request line and headers together; beyond: 431
  std::size_t target_bytes = 8'192;    ///< beyond: 414
  std::size_t body_bytes = 1'048'576;  ///< beyond: 413, decided from Content-Length before reading the body
  std::size_t fields = 100;            ///< headers; beyond: 431
};

/// Why a request is refused; the connection cannot be used after it.
struct Refusal {
  int status = 0;
  std::string detail;
};

class RequestParser {
 public:
  enum class Progress { need_more, done, refused };

  explicit RequestParser(const ParserLimits& limits);
  RequestParser(RequestParser&&) = delete;
  RequestParser& operator=(RequestParser&&) = delete;
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;
  ~RequestParser();

  /// Takes bytes off the front of `input`. After need_more call it again with what was left, and more behind
  /// it; after done, `input` begins with the next request. May throw std::bad_alloc.
  Progress feed(std::string_view& input);
  /// Begins the next request.
  void reset();

  /// Something other than empty lines has come.
  [[nodiscard]] bool head_begun() const { return head_begun_; }
  [[nodiscard]] bool head_done() const { return message_ != nullptr; }
  [[nodiscard]] bool expects_continue() const { return expects_continue_; }
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }
  [[nodiscard]] bool http_1_0() const { return http_1_0_; }
  [[nodiscard]] const Refusal& refusal() const { return refusal_; }
  [[nodiscard]] Request& request() { return request_; }
  [[nodiscard]] const Request& request() const { return request_; }

 private:
  class Message;
  friend class Message;

  Progress refuse(int status, std::string detail);
  bool skip_empty_lines(std::string_view& input);
  Progress feed_head(std::string_view& input);
  std::size_t find_head_end(std::string_view input);
  void refuse_long_line(std::string_view line);
  Progress parse_head(std::string_view head);
  Progress feed_sized_body(std::string_view& input);
  Progress feed_chunked_body(std::string_view& input);
  std::size_t find_chunk_head_end(std::string_view input);
  std::size_t find_trailers_end(std::string_view input, std::size_t line_end);

  const ParserLimits limits_;
  std::unique_ptr<Message> message_;  ///< set once the head is accepted
  Request request_;
  Refusal refusal_;
  std::size_t empty_lines_ = 0;
  std::size_t line_start_ = 0;  ///< of the line of the head being looked at
  std::size_t scanned_ = 0;     ///< so that bytes arriving one by one are not searched again
  bool head_begun_ = false;
  bool any_chunk_ = false;
  bool expects_continue_ = false;
  bool keep_alive_ = false;
  bool http_1_0_ = false;
};

}  // namespace orders::http
