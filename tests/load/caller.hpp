// One keep-alive connection to one service that carries one request at a time: connects when it has to, and
// tells how a call ended. Used by the load run, many of them in the one thread that runs the io_context.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "tests/load/url.hpp"

namespace orders::load {

/// How a call ended: with an answer, or with what went wrong on the way.
struct Called {
  unsigned status = 0;  ///< 0: no answer
  std::string body{};
  std::string trouble{};  ///< "connect", "send", "receive" or "timeout" when there is no answer
};

class Caller {
 public:
  using Done = std::function<void(const Called&)>;
  using Endpoint = boost::asio::ip::tcp::endpoint;

  Caller(boost::asio::io_context& context, Url url, Endpoint endpoint, std::chrono::milliseconds timeout);

  /// Sends a JSON body; `done` is called once, within the timeout. One call at a time.
  /// `key`: the Idempotency-Key, empty for none.
  void post(const std::string& path, std::string body, const std::string& key, Done done);

 private:
  void connect();
  void send();
  void receive();
  void end(boost::beast::error_code error, const char* trouble);

  Url url_;
  Endpoint endpoint_;
  std::chrono::milliseconds timeout_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  boost::beast::http::request<boost::beast::http::string_body> request_;
  std::optional<boost::beast::http::response_parser<boost::beast::http::string_body>> answer_;
  Done done_;
  bool connected_ = false;
  std::chrono::steady_clock::time_point idle_since_;
};

/// Looks the host up; throws boost::system::system_error if there is no such host.
Caller::Endpoint resolve(boost::asio::io_context& context, const Url& url);

}  // namespace orders::load
