#include "http/server/acceptor.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <exception>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>
#include <utility>

#include <spdlog/spdlog.h>

#include "http/server/render.hpp"

namespace orders::http {

namespace {

constexpr std::size_t rejected_max = 256;
/// New ones that the reactor threads may be busy with to find them a place, or to turn them away.
constexpr std::size_t beyond_limit_max = 64;
/// As many as can have connected before we look: more would keep a stop waiting as long as somebody connects.
constexpr int accepts_at_once = 4'096;
constexpr std::chrono::milliseconds rejected_for{500};
constexpr int rejected_poll_ms = 20;
constexpr int without_descriptors_ms = 50;

}  // namespace

Acceptor::Acceptor(std::shared_ptr<Edge> edge, Descriptor listener,
                   std::vector<std::shared_ptr<Mailbox>> mailboxes)
    : edge_(std::move(edge)),
      listener_(std::move(listener)),
      mailboxes_(std::move(mailboxes)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!wake_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Acceptor::~Acceptor() { stop(); }

void Acceptor::start() {
  thread_ = std::thread([this] { run(); });
}

void Acceptor::stop() {
  stopping_ = true;
  static_cast<void>(::eventfd_write(wake_.get(), 1));
  if (thread_.joinable()) thread_.join();
}

void Acceptor::run() noexcept {
  while (!stopping_) {
    try {
      wait();
      let_rejected_go();
      out_of_descriptors_ = !accept_some();
    } catch (const std::exception& error) {
      spdlog::error("accepting connections: {}", error.what());
    }
  }
  // Those who had connected before the end are served; closing first would reset them.
  try {
    accept_some();
  } catch (const std::exception& error) {
    spdlog::error("accepting connections: {}", error.what());
  }
  listener_ = Descriptor();
  rejected_.clear();
}

void Acceptor::wait() {
  // Without a free descriptor the listener stays readable for ever: look away for a moment instead of
  // spinning.
  std::array<pollfd, 2> watched{pollfd{wake_.get(), POLLIN, 0}, pollfd{listener_.get(), POLLIN, 0}};
  if (out_of_descriptors_) {
    ::poll(watched.data(), 1, without_descriptors_ms);
  } else {
    ::poll(watched.data(), watched.size(), rejected_.empty() ? -1 : rejected_poll_ms);
  }
}

/// False: there was no descriptor for the next one.
bool Acceptor::accept_some() {
  for (int count = 0; count < accepts_at_once; ++count) {
    Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      return errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM;
    }
    const std::uint64_t open = edge_->counters.open_connections;
    if (open >= edge_->connections_max + beyond_limit_max) {
      ++edge_->counters.rejected;
      edge_->counters.count_own_answer(503);
      reject(std::move(socket));
    } else {
      hand_over(std::move(socket), open >= edge_->connections_max);
    }
  }
  return true;
}

/// Beyond the limit a reactor thread, which knows them, closes somebody idle, or turns the new one away.
bool Acceptor::hand_over(Descriptor socket, bool beyond_limit) {
  ++edge_->counters.accepted;
  ++edge_->counters.open_connections;
  bool taken = false;
  try {
    Mail mail;
    mail.kind = Mail::Kind::connection;
    mail.socket = std::move(socket);
    mail.beyond_limit = beyond_limit;
    taken = mailboxes_[turn_++ % mailboxes_.size()]->post(std::move(mail));
  } catch (const std::exception& error) {
    spdlog::error("a new connection was lost: {}", error.what());
  }
  if (!taken) edge_->connection_closed();
  return taken;
}

void Acceptor::reject(Descriptor socket) {
  const std::string answer = rejection();
  static_cast<void>(::send(socket.get(), answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
  static_cast<void>(::shutdown(socket.get(), SHUT_WR));
  // Kept until the client closes: closing now, with its request unread, would reset the connection and the
  // answer with it.
  if (rejected_.size() == rejected_max) rejected_.pop_front();
  rejected_.push_back({std::move(socket), Clock::now() + rejected_for});
}

std::string Acceptor::rejection() const {
  AnswerFrame frame;
  const std::string id = edge_->next_request_id();
  frame.id = id;
  frame.close = true;
  return render_answer(edge_->refusal(503, "too many connections", id), frame);
}

void Acceptor::let_rejected_go() {
  const Clock::time_point now = Clock::now();
  std::array<char, 4096> ignored;
  for (auto rejected = rejected_.begin(); rejected != rejected_.end();) {
    const ssize_t got = ::recv(rejected->socket.get(), ignored.data(), ignored.size(), MSG_DONTWAIT);
    const bool open = got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
    rejected = open && now < rejected->deadline ? std::next(rejected) : rejected_.erase(rejected);
  }
}

}  // namespace orders::http
