// The clocks of a connection: each phase has its own, and a client's reading has one besides.
#include <algorithm>
#include <sys/socket.h>

#include "http/server/connection.hpp"

namespace orders::http {

void Connection::enter(Phase phase, std::chrono::milliseconds limit) {
  phase_ = phase;
  const Clock::time_point now = Clock::now();
  deadline_ = now + limit;
  if (phase == Phase::idle) idle_since_ = now;
}

Clock::time_point Connection::next_tick() const {
  const Clock::time_point reading = out_.empty() ? Clock::time_point::max() : out_.deadline();
  // While an answer is being written only the client's reading is timed.
  const bool has_deadline =
      phase_ != Phase::closing && (out_.empty() || (phase_ != Phase::idle && phase_ != Phase::streaming));
  return has_deadline ? std::min(deadline_, reading) : reading;
}

bool Connection::on_tick(Clock::time_point now) {
  if (out_.stuck(now)) {
    ++edge_->counters.timeouts_write;
    ++edge_->counters.slow_dropped;
    return break_off();
  }
  if (phase_ == Phase::idle) return on_idle_tick(now);
  if (now < deadline_) return true;
  switch (phase_) {
    case Phase::head:
      ++edge_->counters.timeouts_header;
      refuse(408, "the request head did not arrive in time");
      break;
    case Phase::body:
      ++edge_->counters.timeouts_body;
      refuse(408, "the request body did not arrive in time");
      break;
    case Phase::handling:
      ++edge_->counters.timeouts_handler;
      answer_self(504, "the service did not answer in time", exchange_->manner());
      break;
    case Phase::streaming:
      // The client has taken all there is, and whoever writes the answer has been silent since.
      if (!out_.empty()) return true;
      ++edge_->counters.timeouts_handler;
      return break_off();
    case Phase::lingering:
      return false;
    case Phase::idle:
    case Phase::closing:
      return true;
  }
  return advance();
}

bool Connection::on_idle_tick(Clock::time_point now) {
  if (edge_->draining) return stay_if_busy();
  if (!out_.empty() || now < deadline_) return true;
  ++edge_->counters.timeouts_idle;
  return false;
}

/// A request may already be here, unread; whoever sent it is answered, the others are let go.
bool Connection::stay_if_busy() {
  if (phase_ == Phase::idle && wants_read() && (!receive() || !advance())) return false;
  return phase_ != Phase::idle || !out_.empty();
}

Clock::time_point Connection::idle_since() const {
  return phase_ == Phase::idle && out_.empty() ? idle_since_ : Clock::time_point::max();
}

double Connection::weight(Clock::time_point now) const {
  if (phase_ != Phase::head && phase_ != Phase::body) return 0;
  const std::chrono::duration<double> kept = now - begun_;
  return static_cast<double>(received_counted_) * (kept.count() + 0.001);
}

/// An HTTP/1.0 client could not tell a cut answer from a whole one after an orderly end, and the system would
/// keep megabytes for a client that does not read.
bool Connection::break_off() const {
  const linger reset{1, 0};
  static_cast<void>(::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset));
  return false;
}

void Connection::cut() const {
  if (phase_ == Phase::handling || phase_ == Phase::streaming || !out_.empty()) break_off();
}

}  // namespace orders::http
