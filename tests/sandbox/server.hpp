// A small HTTP/1.1 server with the manners of the two real ones (lower-case header names, content-length
// always, idle connections closed after a while, an unannounced close after a 500) and, on demand, worse
// ones. A Service gets each Connection whose request is complete and ends it with exactly one of answer(),
// answer_broken(), cut(); until then the connection waits. Everything runs in the thread that runs the
// io_context.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "tests/sandbox/message.hpp"

namespace orders::sandbox {

class Server;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Server& server, boost::asio::ip::tcp::socket socket);

  void start() { read(); }
  /// The request being answered.
  [[nodiscard]] const Request& request() const { return request_; }
  /// Called once if the client goes away before the request is ended; forgotten with the request.
  void when_abandoned(std::function<void()> call);

  void answer(const Answer& answer);
  /// Only a part of the answer, as if the server died while sending: half of its body.
  void answer_truncated(const Answer& answer);
  /// Bytes that are no HTTP at all.
  void answer_garbage();
  /// Ends the connection without a byte.
  void cut();
  /// Ends the connection if it is idle since before `since`.
  void close_if_idle(std::chrono::steady_clock::time_point since);

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  void read();
  void received(const boost::system::error_code& error, std::size_t size);
  void advance();
  void take_request();
  void refuse();
  void send(std::string_view body, bool close_after);
  void send_rest(std::size_t sent, std::string_view body, bool close_after);
  void answered(bool close_after);

  Server& server_;
  boost::asio::ip::tcp::socket socket_;
  std::array<char, 4096> incoming_{};  // not in buffer_: that moves while a read is outstanding
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  Request request_;
  std::string out_;                              ///< head, or head and body
  std::shared_ptr<const std::string> out_body_;  ///< keeps a shared body alive while it is sent
  std::function<void()> abandoned_;
  std::chrono::steady_clock::time_point idle_since_;  ///< of the last answer
  bool served_ = false;                               ///< has had an answer
  bool busy_ = false;                                 ///< a request is being answered
  bool keep_alive_ = true;
  bool head_only_ = false;
  bool reading_ = false;
  bool open_ = true;
};

class Server {
 public:
  using Handler = std::function<void(const std::shared_ptr<Connection>&)>;

  /// Listens on 127.0.0.1:port (0: any free one); throws boost::system::system_error if it cannot.
  Server(boost::asio::io_context& context, std::uint16_t port, std::chrono::milliseconds idle_timeout,
         Handler handler);

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  friend class Connection;

  void accept();
  void sweep();

  boost::asio::io_context& context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer sweeper_;
  boost::asio::steady_timer retry_;
  std::chrono::milliseconds idle_timeout_;
  Handler handler_;
  std::unordered_set<Connection*> connections_;
};

}  // namespace orders::sandbox
