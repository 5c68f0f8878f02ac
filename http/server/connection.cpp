#include "http/server/connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <sys/socket.h>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "http/server/render.hpp"

namespace orders::http {

namespace {

constexpr std::size_t read_max = std::size_t{64} * 1024;
constexpr std::size_t input_kept = std::size_t{4} * 1024;
constexpr std::chrono::milliseconds linger_limit{1'000};

ParserLimits limits_of(const config::Http& settings) {
  ParserLimits limits;
  limits.header_bytes = settings.header_bytes_max;
  limits.target_bytes = settings.target_bytes_max;
  limits.body_bytes = settings.body_bytes_max;
  return limits;
}

}  // namespace

Connection::Connection(int fd, std::uint64_t number, std::shared_ptr<Edge> edge,
                       std::shared_ptr<Mailbox> mailbox)
    : fd_(fd),
      // A head of any size that is allowed has to fit, or its sender would never be told that it is too long.
      input_max_(std::max(read_max, std::size_t{edge->settings.header_bytes_max} + 1)),
      number_(number),
      edge_(std::move(edge)),
      mailbox_(std::move(mailbox)),
      backlog_(std::make_shared<Backlog>(edge_)),
      parser_(limits_of(edge_->settings)),
      out_(edge_->settings.write_timeout) {
  // Who connects is expected to say something: not the long time that is given between requests.
  enter(Phase::idle, std::min(edge_->settings.header_timeout, edge_->settings.idle_timeout));
}

Connection::~Connection() {
  if (exchange_) exchange_->end();
  backlog_->release(out_.size());
  backlog_->keep(0);
  edge_->counters.receiving_bytes -= received_counted_;
}

/// How much may be read now. What cannot be looked at yet, because a request is being handled or an answer
/// waits, is read no further than one head: enough to go on with, and to notice a client that closes.
std::size_t Connection::room() const {
  if (phase_ == Phase::closing || phase_ == Phase::lingering) return read_max;
  const bool handled = phase_ == Phase::handling || phase_ == Phase::streaming || !out_.empty();
  const std::size_t most = handled ? edge_->settings.header_bytes_max : input_max_;
  const std::size_t unread = input_.size() - input_used_;
  return unread < most ? std::min(most - unread, read_max) : 0;
}

bool Connection::wants_read() const { return !ended_ && room() > 0; }

bool Connection::on_event(Ready ready) {
  // Both directions are gone: what waits cannot be delivered, and epoll would report it for ever. Unless it
  // was us who said goodbye: then what the client still sent is read first, or closing would reset the answer
  // on its way.
  if (ready.hangup && !(phase_ == Phase::lingering && ready.readable)) return false;
  if (!ready.readable && !ready.writable) {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) return false;
  }
  if (ready.readable && wants_read() && !receive()) return false;
  return advance();
}

/// One read an event, so that nobody's flood keeps others waiting.
bool Connection::receive() {
  thread_local std::array<char, read_max> buffer;
  const ssize_t got = ::recv(fd_, buffer.data(), room(), MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) {
    ended_ = true;
    probe();
    return true;
  }
  edge_->counters.bytes_in += static_cast<std::uint64_t>(got);
  if (phase_ == Phase::closing || phase_ == Phase::lingering) return true;  // read only to be thrown away
  if (input_used_ > 0) {
    input_.erase(0, input_used_);
    input_used_ = 0;
  }
  input_.append(buffer.data(), static_cast<std::size_t>(got));
  count_received();
  starved_ = false;
  return true;
}

/// Does all that can be done now.
bool Connection::advance() {
  do {
    while (may_parse()) parse();
    if (!flush()) return false;
  } while (may_parse());
  // Half-closed, and what is here is no whole request: there will be no more to do.
  const bool reading = phase_ == Phase::idle || phase_ == Phase::head || phase_ == Phase::body;
  if (ended_ && reading && starved_) phase_ = Phase::closing;
  if (phase_ == Phase::closing && out_.empty()) return say_goodbye();
  return phase_ != Phase::lingering || !ended_;
}

/// A client that does not read its answers gets no further requests looked at.
bool Connection::may_parse() const {
  const bool reading = phase_ == Phase::idle || phase_ == Phase::head || phase_ == Phase::body;
  return reading && !starved_ && out_.size() <= edge_->low_water;
}

void Connection::parse() {
  std::string_view rest = std::string_view(input_).substr(input_used_);
  if (rest.empty()) {
    starved_ = true;
  } else {
    if (phase_ == Phase::idle) {
      // Not between empty lines that come one by one: they are counted together.
      if (parser_.head_begun()) parser_.reset();
      idle_deadline_ = deadline_;
      enter(Phase::head, edge_->settings.header_timeout);
      begun_ = Clock::now();
    }
    const RequestParser::Progress progress = parser_.feed(rest);
    input_used_ = input_.size() - rest.size();
    switch (progress) {
      case RequestParser::Progress::need_more:
        need_more(rest.empty());
        break;
      case RequestParser::Progress::refused:
        ++edge_->counters.parse_errors;
        refuse(parser_.refusal().status, parser_.refusal().detail);
        break;
      case RequestParser::Progress::done:
        dispatch();
        break;
    }
  }
  if (input_used_ == input_.size()) {
    input_used_ = 0;
    input_.clear();
    // Thousands of idle connections must not keep the buffers of their biggest moment.
    if (input_.capacity() > input_kept) input_.shrink_to_fit();
  }
  count_received();
}

void Connection::need_more(bool at_end) {
  starved_ = true;
  if (back_to_idle()) return;
  if (phase_ != Phase::head || !parser_.head_done()) return;
  enter(Phase::body, edge_->settings.body_timeout);
  const bool no_body_yet = at_end && parser_.request().body.empty();
  if (parser_.expects_continue() && no_body_yet) queue(std::string(continue_answer));
}

/// Line breaks after a request are no beginning of the next one, whose clock must not run yet.
bool Connection::back_to_idle() {
  if (phase_ != Phase::head || parser_.head_begun()) return false;
  phase_ = Phase::idle;
  deadline_ = idle_deadline_;
  return true;
}

void Connection::count_received() {
  const bool reading = phase_ == Phase::idle || phase_ == Phase::head || phase_ == Phase::body;
  const std::size_t size = input_.size() - input_used_ + (reading ? parser_.request().body.size() : 0);
  edge_->counters.receiving_bytes += size;
  edge_->counters.receiving_bytes -= received_counted_;
  received_counted_ = size;
}

bool Connection::turn_away() {
  ++edge_->counters.rejected;
  refuse(503, "too many connections");
  return advance();
}

bool Connection::give_up_request() {
  ++edge_->counters.receiving_dropped;
  refuse(503, "the service is receiving too much at the moment");
  return advance();
}

void Connection::dispatch() {
  ++edge_->counters.requests;
  Request& request = parser_.request();
  const Exchange::Manner manner{request.method == "HEAD", parser_.http_1_0(), parser_.keep_alive()};
  // A live connection has one request in flight; abandoned ones add to them, and could otherwise pile up
  // without end.
  if (edge_->counters.in_flight >= edge_->settings.connections_max) {
    ++edge_->counters.requests_refused;
    answer_self(503, "too many requests are in flight", manner);
    return;
  }
  request.id = edge_->next_request_id();
  request.received = Clock::now();
  exchange_ = std::make_shared<Exchange>(Exchange::Owners{edge_, mailbox_, backlog_},
                                         Address{fd_, number_, ++requests_}, manner, request.id);
  enter(Phase::handling, edge_->settings.handler_timeout);
  count_received();
  call_handler();
}

void Connection::call_handler() {
  const std::string id = exchange_->id();
  try {
    // On an exception the Responder is destroyed on the way here, and that answers 500.
    edge_->handler(std::move(parser_.request()), Responder(exchange_));
    return;
  } catch (const std::exception& error) {
    spdlog::error("request {}: the handler failed: {}", id, error.what());
  } catch (...) {
    spdlog::error("request {}: the handler failed", id);
  }
  ++edge_->counters.handler_exceptions;
}

void Connection::queue(std::string bytes) {
  backlog_->hold(bytes.size());
  out_.push(std::move(bytes), Clock::now());
}

/// The bytes count as waiting already.
void Connection::queue_answer(std::string bytes) {
  if (probed_ && !bytes.empty()) {
    bytes.erase(0, 1);
    backlog_->release(1);
    probed_ = false;
  }
  out_.push(std::move(bytes), Clock::now());
}

/// Whether a client that sends no more still reads shows only when something is sent to it: if it has closed,
/// its system answers with a reset, and its request need not be worked on. What every answer begins with can
/// be sent before the answer is known.
void Connection::probe() {
  if (phase_ != Phase::handling || probed_ || !out_.empty()) return;
  queue(std::string(answer_beginning));
  probed_ = true;
}

/// An answer of the edge's own.
void Connection::answer_self(int status, const std::string& detail, const Exchange::Manner& manner) {
  const bool close = !manner.keep_alive || edge_->draining;
  const std::string id = exchange_ ? exchange_->id() : edge_->next_request_id();
  std::string bytes = render_answer(edge_->refusal(status, detail, id),
                                    {id, manner.head, manner.old, close, Framing::length});
  backlog_->hold(bytes.size());
  queue_answer(std::move(bytes));
  edge_->counters.count_own_answer(status);
  ++edge_->counters.responses;
  answered(close);
}

/// Ends the connection, because where the next request would begin is not known.
void Connection::refuse(int status, const std::string& detail) {
  answer_self(status, detail, {parser_.request().method == "HEAD", parser_.http_1_0(), false});
}

void Connection::answered(bool close) {
  if (exchange_) exchange_->end();
  exchange_.reset();
  parser_.reset();
  if (close) {
    phase_ = Phase::closing;
    input_.clear();
    input_.shrink_to_fit();
    input_used_ = 0;
  } else {
    enter(Phase::idle, edge_->settings.idle_timeout);
  }
  count_received();
}

bool Connection::on_mail(Mail mail) {
  const std::size_t size = mail.bytes.size();
  if (!exchange_ || mail.address.request != exchange_->address().request) {
    if (mail.kind == Mail::Kind::answer || mail.kind == Mail::Kind::stream_head)
      ++edge_->counters.late_answers;
    backlog_->release(size);
    return true;
  }
  // The bytes stay counted as waiting until the socket has taken them.
  queue_answer(std::move(mail.bytes));
  switch (mail.kind) {
    case Mail::Kind::answer:
      ++edge_->counters.responses;
      answered(mail.close);
      break;
    case Mail::Kind::stream_head:
      ++edge_->counters.responses;
      enter(Phase::streaming, edge_->settings.handler_timeout);
      break;
    case Mail::Kind::stream_end:
      answered(mail.close);
      break;
    case Mail::Kind::stream_abort:
      return break_off();
    case Mail::Kind::stream_waiter:
      if (backlog_->waiting() <= edge_->low_water) exchange_->call_waiter();
      break;
    case Mail::Kind::stream_data:
    case Mail::Kind::connection:
    case Mail::Kind::look_up:
      break;
  }
  return advance();
}

bool Connection::flush() {
  if (out_.empty()) return true;
  std::size_t written = 0;
  const Clock::time_point now = Clock::now();
  const bool intact = out_.flush(fd_, now, written);
  backlog_->release(written);
  edge_->counters.bytes_out += written;
  if (!intact) return false;
  if (out_.empty() && phase_ == Phase::idle) enter(Phase::idle, edge_->settings.idle_timeout);
  if (phase_ == Phase::streaming) {
    if (written > 0) deadline_ = now + edge_->settings.handler_timeout;
    if (backlog_->waiting() <= edge_->low_water) exchange_->call_waiter();
  }
  return true;
}

/// Closing with input unread would reset the connection and destroy the answer on its way: first tell the
/// client that all is said, then read on for a while until it closes.
bool Connection::say_goodbye() {
  if (ended_ || ::shutdown(fd_, SHUT_WR) != 0) return false;
  enter(Phase::lingering, linger_limit);
  return true;
}

}  // namespace orders::http
