#include "tests/sandbox/server.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "tests/sandbox/wire.hpp"

namespace orders::sandbox {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {
constexpr std::size_t pipelined_bytes_max = 65'536;
constexpr std::uint64_t body_bytes_max = 16'777'216;
constexpr std::uint32_t head_bytes_max = 65'536;
constexpr std::size_t inline_body_max = 16'384;  // up to here copying is cheaper than a second buffer

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }
}  // namespace

Connection::Connection(Server& server, asio::ip::tcp::socket socket)
    : server_(server), socket_(std::move(socket)), buffer_(body_bytes_max + head_bytes_max) {
  server_.connections_.insert(this);
}

void Connection::when_abandoned(std::function<void()> call) {
  if (open_) {
    abandoned_ = std::move(call);
  } else {
    call();
  }
}

void Connection::read() {
  if (!open_ || reading_ || (busy_ && buffer_.size() > pipelined_bytes_max)) return;
  reading_ = true;
  socket_.async_read_some(
      asio::buffer(incoming_),
      [self = shared_from_this()](error_code error, std::size_t size) { self->received(error, size); });
}

void Connection::received(const error_code& error, std::size_t size) {
  reading_ = false;
  if (!open_) return;
  if (error) {
    cut();
    return;
  }
  buffer_.commit(asio::buffer_copy(buffer_.prepare(size), asio::buffer(incoming_, size)));
  advance();
  read();
}

void Connection::advance() {
  if (busy_ || !open_ || buffer_.size() == 0) return;
  if (!parser_) {
    parser_.emplace();
    parser_->eager(true);
    parser_->body_limit(body_bytes_max);
    parser_->header_limit(head_bytes_max);
  }
  // Beast 1.74 asserts five bytes for the last chunk's line; fewer are not complete in any case.
  if (parser_->is_header_done() && parser_->chunked() && buffer_.size() < 5) return;
  error_code error;
  const auto used = parser_->put(buffer_.data(), error);
  buffer_.consume(used);
  if (error && error != http::error::need_more) {
    refuse();
  } else if (parser_->is_done()) {
    take_request();
  }
}

void Connection::take_request() {
  const auto& message = parser_->get();
  const auto target = view(message.target());
  const auto question = target.find('?');
  request_.method = view(message.method_string());
  request_.path = target.substr(0, question);
  request_.query = question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
  request_.host = view(message[http::field::host]);
  request_.content_type = view(message[http::field::content_type]);
  request_.if_match = view(message[http::field::if_match]);
  request_.body = message.body();
  keep_alive_ = message.keep_alive();
  head_only_ = message.method() == http::verb::head;
  busy_ = true;
  server_.handler_(shared_from_this());
}

void Connection::refuse() {
  Answer answer;
  answer.status = 400;
  answer.json = false;
  answer.close = true;
  answer.body = "Invalid HTTP request received.";
  busy_ = true;
  keep_alive_ = false;
  this->answer(answer);
}

void Connection::answer(const Answer& answer) {
  if (!open_ || !busy_) return;
  const bool close_after = answer.close || !keep_alive_;
  write_head(out_, answer, !keep_alive_);
  std::string_view body = head_only_ ? std::string_view() : answer.text();
  if (!answer.shared_body || body.size() <= inline_body_max) {
    out_.append(body);
    body = {};
  } else {
    out_body_ = answer.shared_body;
  }
  send(body, close_after);
}

void Connection::answer_truncated(const Answer& answer) {
  if (!open_ || !busy_) return;
  write_head(out_, answer, false);
  out_.append(answer.text().substr(0, answer.text().size() / 2));
  send({}, true);
}

void Connection::answer_garbage() {
  if (!open_ || !busy_) return;
  constexpr std::string_view bytes("\x16\x03\x01\xff\x00\xfe\r\n{]\r\n\r\n", 14);
  out_.assign(bytes);
  send({}, true);
}

void Connection::send(std::string_view body, bool close_after) {
  // Most answers fit into the socket at once, and need no further turn of the loop then.
  const std::array<asio::const_buffer, 2> parts{asio::buffer(out_), asio::buffer(body.data(), body.size())};
  error_code error;
  const auto sent = socket_.write_some(parts, error);
  if (error && error != asio::error::would_block) {
    cut();
  } else if (sent == out_.size() + body.size()) {
    answered(close_after);
  } else {
    send_rest(sent, body, close_after);
  }
}

void Connection::send_rest(std::size_t sent, std::string_view body, bool close_after) {
  const auto of_head = std::min(sent, out_.size());
  body.remove_prefix(sent - of_head);
  const std::array<asio::const_buffer, 2> parts{asio::buffer(out_) + of_head,
                                                asio::buffer(body.data(), body.size())};
  asio::async_write(socket_, parts, [self = shared_from_this(), close_after](error_code error, std::size_t) {
    if (error) {
      self->cut();
    } else {
      self->answered(close_after);
    }
  });
}

void Connection::answered(bool close_after) {
  if (!open_) return;
  abandoned_ = nullptr;
  out_body_.reset();
  if (close_after) {
    cut();
    return;
  }
  busy_ = false;
  served_ = true;
  idle_since_ = steady_clock::now();
  request_ = {};
  parser_.reset();
  advance();
  read();
}

void Connection::cut() {
  if (!open_) return;
  open_ = false;
  server_.connections_.erase(this);
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  if (const auto call = std::exchange(abandoned_, nullptr)) call();
}

void Connection::close_if_idle(steady_clock::time_point since) {
  // Like the real ones: the clock starts with the first answer, and stops with the first byte of a request.
  if (!busy_ && served_ && buffer_.size() == 0 && !parser_ && idle_since_ < since) cut();
}

Server::Server(asio::io_context& context, std::uint16_t port, milliseconds idle_timeout, Handler handler)
    : context_(context),
      acceptor_(context, {asio::ip::address_v4::loopback(), port}),
      sweeper_(context),
      retry_(context),
      idle_timeout_(idle_timeout),
      handler_(std::move(handler)) {
  accept();
  sweep();
}

void Server::accept() {
  acceptor_.async_accept([this](error_code error, asio::ip::tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (error) {  // most likely out of descriptors: the next try waits for some to be closed
      retry_.expires_after(milliseconds(50));
      retry_.async_wait([this](error_code stopped) {
        if (!stopped) accept();
      });
      return;
    }
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    std::make_shared<Connection>(*this, std::move(socket))->start();
    accept();
  });
}

void Server::sweep() {
  const auto now = steady_clock::now();
  const std::unordered_set<Connection*> all = connections_;  // closing one changes the set
  for (auto* connection : all) connection->close_if_idle(now - idle_timeout_);
  sweeper_.expires_after(std::clamp(idle_timeout_ / 20, milliseconds(5), milliseconds(250)));
  sweeper_.async_wait([this](error_code stopped) {
    if (!stopped) sweep();
  });
}

}  // namespace orders::sandbox
