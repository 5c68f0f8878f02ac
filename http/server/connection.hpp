// One client: its socket, the request being read, the answer being waited for, the bytes being sent, and the
// clock of whatever it is doing. A state machine driven by events, letters and ticks; it never blocks. Used
// by the transport, on one reactor thread; whenever a function returns false the transport drops it and
// closes the socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "http/server/exchange_state.hpp"
#include "http/server/outgoing.hpp"
#include "http/server/parser.hpp"

namespace orders::http {

class Connection {
 public:
  struct Ready {
    bool readable = false;
    bool writable = false;
    bool hangup = false;
  };

  Connection(int fd, std::uint64_t number, std::shared_ptr<Edge> edge, std::shared_ptr<Mailbox> mailbox);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  Connection(Connection&&) = delete;
  Connection& operator=(Connection&&) = delete;

  bool on_event(Ready ready);
  /// Only letters addressed to this connection.
  bool on_mail(Mail mail);
  bool on_tick(Clock::time_point now);
  /// When on_tick() will have something to do, unless something else happens before.
  [[nodiscard]] Clock::time_point next_tick() const;
  /// Closing will be a reset: nothing that waits is sent any more, also by the system. False.
  bool break_off() const;

  [[nodiscard]] bool wants_read() const;
  [[nodiscard]] bool wants_write() const { return !out_.empty(); }
  [[nodiscard]] std::uint64_t number() const { return number_; }
  /// Of answers, wherever they are.
  [[nodiscard]] std::uint64_t bytes_waiting() const { return backlog_->total(); }
  /// Of requests: read, and not handed to a handler yet.
  [[nodiscard]] std::size_t bytes_received() const { return received_counted_; }
  /// How much it has kept for how long, of a request that is not complete; 0: nothing.
  [[nodiscard]] double weight(Clock::time_point now) const;
  /// Since when nothing has been asked or answered; the far future: something is under way.
  [[nodiscard]] Clock::time_point idle_since() const;
  /// False if it is still idle: a request that is here unread is taken first.
  bool stay_if_busy();
  /// Answers that there are too many connections.
  bool turn_away();
  /// Gives the unfinished request up: all of them together are too much.
  bool give_up_request();
  /// Closing: as a reset if an answer is under way or owed, so that nobody takes what there is for all of it.
  void cut() const;

 private:
  enum class Phase {
    idle,  ///< between requests, nothing of the next one is here
    head,  ///< reading request line and headers
    body,
    handling,   ///< the handler has the request
    streaming,  ///< the handler has begun its answer
    closing,    ///< the last answer is being written
    lingering,  ///< all is said; waiting for the client to close, so that it can read what was said
  };

  bool receive();
  [[nodiscard]] std::size_t room() const;
  bool advance();
  [[nodiscard]] bool may_parse() const;
  void parse();
  void need_more(bool at_end);
  bool back_to_idle();
  void dispatch();
  void call_handler();
  void queue(std::string bytes);
  void queue_answer(std::string bytes);
  void probe();
  void answer_self(int status, const std::string& detail, const Exchange::Manner& manner);
  void refuse(int status, const std::string& detail);
  void answered(bool close);
  bool flush();
  bool say_goodbye();
  bool on_idle_tick(Clock::time_point now);
  void enter(Phase phase, std::chrono::milliseconds limit);
  void count_received();

  const int fd_;
  const std::size_t input_max_;  ///< how much may be read ahead of the request being handled
  const std::uint64_t number_;
  const std::shared_ptr<Edge> edge_;
  const std::shared_ptr<Mailbox> mailbox_;
  const std::shared_ptr<Backlog> backlog_;
  RequestParser parser_;
  Outgoing out_;
  std::shared_ptr<Exchange> exchange_;  ///< of the request being handled
  std::string input_;
  std::size_t input_used_ = 0;        ///< bytes of input_ already parsed
  std::size_t received_counted_ = 0;  ///< of the edge's receiving_bytes
  Clock::time_point begun_{};         ///< when the first of them came
  std::uint64_t requests_ = 0;
  Clock::time_point deadline_{};       ///< of the phase, where it has one
  Clock::time_point idle_deadline_{};  ///< of the idle phase before this one
  Clock::time_point idle_since_{};
  Phase phase_ = Phase::idle;
  bool starved_ = true;  ///< input_ holds nothing that could be parsed further
  bool ended_ = false;   ///< the client will send no more
  bool probed_ = false;  ///< the first byte of the next answer has been sent ahead of it
};

}  // namespace orders::http
