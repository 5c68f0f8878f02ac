#include "http/server/transport.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <sys/timerfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <pistache/peer.h>
#include <pistache/tcp.h>
#include <spdlog/spdlog.h>

namespace orders::http {

namespace {

using Pistache::Polling::NotifyOn;

constexpr long tick_nanoseconds = 50'000'000;
/// How often letters are fetched before epoll is asked again.
constexpr int mail_rounds = 4;
/// Who has been answered only just now is about to ask again, and would meet a connection that is being
/// closed.
constexpr std::chrono::seconds idle_at_least{1};
constexpr std::size_t idle_found_max = 64;
constexpr std::chrono::milliseconds idle_search_pause{100};

/// Pistache wants one; reading is done by Connection.
class SilentHandler : public Pistache::Tcp::Handler {
  PROTOTYPE_OF(Pistache::Tcp::Handler, SilentHandler)

 public:
  void onInput(const char* /*bytes*/, std::size_t /*size*/,
               const std::shared_ptr<Pistache::Tcp::Peer>& /*peer*/) override {}
};

Pistache::Polling::Tag tag_of(int fd) { return Pistache::Polling::Tag(static_cast<std::uint64_t>(fd)); }

unsigned interest_of(const Connection& connection) {
  return (connection.wants_read() ? static_cast<unsigned>(NotifyOn::Read) : 0U) |
         (connection.wants_write() ? static_cast<unsigned>(NotifyOn::Write) : 0U);
}

}  // namespace

Transport::Transport(std::shared_ptr<Edge> edge)
    : Pistache::Tcp::Transport(std::make_shared<SilentHandler>()),
      edge_(std::move(edge)),
      mailbox_(std::make_shared<Mailbox>()),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  const itimerspec every{{0, tick_nanoseconds}, {0, tick_nanoseconds}};
  if (!timer_ || ::timerfd_settime(timer_.get(), 0, &every, nullptr) != 0) {
    throw std::system_error(errno, std::generic_category(), "timerfd");
  }
}

Transport::~Transport() {
  // Only what is left when the thread never ran or did not end in time; the reactor is gone by now.
  for (Client& client : clients_) {
    if (client.connection) client.connection->cut();
    if (client.peer) ::close(client.peer->fd());
  }
}

std::shared_ptr<Pistache::Aio::Handler> Transport::clone() const {
  return std::make_shared<Transport>(edge_);
}

void Transport::registerPoller(Pistache::Polling::Epoll& poller) {
  Pistache::Tcp::Transport::registerPoller(poller);
  const Pistache::Flags<NotifyOn> read(NotifyOn::Read);
  poller.addFd(mailbox_->wake_fd(), read, tag_of(mailbox_->wake_fd()));
  poller.addFd(timer_.get(), read, tag_of(timer_.get()));
}

/// Pistache's own queues are never used, so its onReady is never called: an event that is stale by the time
/// it arrives there would make it read, and close, another client's connection.
void Transport::onReady(const Pistache::Aio::FdSet& ready) {
  if (ended_) return;
  try {
    run_once(ready);
  } catch (const std::exception& error) {
    spdlog::error("http reactor: {}", error.what());
  } catch (...) {
    spdlog::error("http reactor: an exception of unknown type");
  }
}

void Transport::run_once(const Pistache::Aio::FdSet& ready) {
  mailbox_->owned_by_this_thread();
  for (std::size_t i = 0; i < ready.size(); ++i) {
    const auto& event = ready[i];
    const int fd = static_cast<int>(event.getTag().value());
    if (fd == mailbox_->wake_fd()) continue;
    if (fd == timer_.get()) {
      std::uint64_t ticks = 0;
      static_cast<void>(::read(fd, &ticks, sizeof ticks));
      sweep_due_ = true;
      continue;
    }
    const Connection::Ready what{event.isReadable(), event.isWritable(), event.isHangup()};
    with_client(fd, [what](Connection& connection) { return connection.on_event(what); });
  }
  // New clients come by mail, hence after the batch: a descriptor closed and reused within it would get its
  // events.
  read_mail();
  if (sweep_due_) sweep();
  if (edge_->stopping) end();
}

void Transport::read_mail() {
  for (int round = 0; round < mail_rounds && mailbox_->take(batch_); ++round) {
    for (Mail& mail : batch_) deliver(std::move(mail));
  }
  batch_.clear();
  enforce_totals();
  // The rest has to wait for others' turn, and what this thread posts rings no bell.
  mailbox_->wake_if_any();
}

void Transport::deliver(Mail mail) {
  if (mail.kind == Mail::Kind::connection) return adopt(std::move(mail.socket), mail.beyond_limit);
  if (mail.kind == Mail::Kind::look_up) {
    sweep_due_ = true;
    return;
  }
  const auto slot = static_cast<std::size_t>(mail.address.fd);
  const bool present = slot < clients_.size() && clients_[slot].connection &&
                       clients_[slot].connection->number() == mail.address.connection;
  if (!present) {
    if (mail.kind == Mail::Kind::answer || mail.kind == Mail::Kind::stream_head)
      ++edge_->counters.late_answers;
    mail.backlog->release(mail.bytes.size());
    return;
  }
  with_client(mail.address.fd,
              [&mail](Connection& connection) { return connection.on_mail(std::move(mail)); });
}

void Transport::adopt(Descriptor socket, bool beyond_limit) {
  const int fd = socket.get();
  const auto slot = static_cast<std::size_t>(fd);
  try {
    if (slot >= clients_.size()) clients_.resize(slot + 1);
    clients_[slot].connection = std::make_unique<Connection>(fd, next_number_++, edge_, mailbox_);
    clients_[slot].peer = Pistache::Tcp::Peer::Create(fd, Pistache::Address());
    socket.release();
    handleNewPeer(clients_[slot].peer);
  } catch (const std::exception& error) {
    spdlog::error("a new connection was lost: {}", error.what());
    if (!socket) return drop(fd);
    if (slot < clients_.size()) clients_[slot] = {};
    edge_->connection_closed();
    return;
  }
  const bool turned_away =
      beyond_limit && edge_->counters.open_connections > edge_->connections_max && !make_room();
  // Pistache registers for changes only; ours are told again as long as there is something to do.
  with_client(fd, [turned_away](Connection& connection) {
    return turned_away ? connection.turn_away() : connection.on_event({true, false, false});
  });
}

void Transport::sweep() {
  sweep_due_ = false;
  const Clock::time_point now = Clock::now();
  const bool everybody = edge_->draining;
  for (std::size_t slot = 0; slot < clients_.size(); ++slot) {
    // Only this much for each of thousands of idle ones: their connections need not even be in the cache.
    if (clients_[slot].due > now && !everybody) continue;
    if (!clients_[slot].connection) continue;
    with_client(static_cast<int>(slot), [now](Connection& connection) { return connection.on_tick(now); });
  }
  // Timeouts tell waiting writers, and those may have posted.
  mailbox_->wake_if_any();
}

/// Together the clients may not take all memory: whoever leaves most unread goes first, and whoever has kept
/// us waiting longest for the rest of most.
void Transport::enforce_totals() {
  const auto& settings = edge_->settings;
  shed(
      edge_->counters.pending_bytes, settings.pending_bytes_total_max,
      [](const Connection& connection) { return connection.bytes_waiting(); },
      [](const Connection& connection) { return static_cast<double>(connection.bytes_waiting()); },
      [this](int fd) {
        ++edge_->counters.slow_dropped;
        clients_[static_cast<std::size_t>(fd)].connection->break_off();
        drop(fd);
      });
  const Clock::time_point now = Clock::now();
  shed(
      edge_->counters.receiving_bytes, settings.receiving_bytes_total_max,
      [](const Connection& connection) { return connection.bytes_received(); },
      [now](const Connection& connection) { return connection.weight(now); },
      [this](int fd) {
        with_client(fd, [](Connection& connection) { return connection.give_up_request(); });
      });
}

template <typename Bytes, typename Rank, typename LetGo>
void Transport::shed(const EdgeCounters::Number& taken, std::uint64_t most, Bytes bytes, Rank rank,
                     LetGo let_go) {
  if (taken <= most) return;
  // If all threads let go for the same excess, all their clients might be gone.
  const std::uint64_t share = most / edge_->settings.threads;
  std::uint64_t own = 0;
  for (const Client& client : clients_) {
    if (client.connection) own += bytes(*client.connection);
  }
  while (taken > most && own > share) {
    double highest = 0;
    int fd = -1;
    for (std::size_t slot = 0; slot < clients_.size(); ++slot) {
      const double height = clients_[slot].connection ? rank(*clients_[slot].connection) : 0;
      if (height <= highest) continue;
      highest = height;
      fd = static_cast<int>(slot);
    }
    if (fd < 0) return;
    own -= bytes(*clients_[static_cast<std::size_t>(fd)].connection);
    let_go(fd);
  }
}

/// Closes the connection that has been idle longest, for another; false: there is none.
bool Transport::make_room() {
  const Clock::time_point now = Clock::now();
  if (idle_.empty() && now >= next_idle_search_) look_for_idle(now);
  while (!idle_.empty()) {
    const Idle idle = idle_.back();
    idle_.pop_back();
    const auto& connection = clients_[static_cast<std::size_t>(idle.fd)].connection;
    if (!connection || connection->number() != idle.number || connection->idle_since() != idle.since)
      continue;
    with_client(idle.fd, [](Connection& still) { return still.stay_if_busy(); });
    if (clients_[static_cast<std::size_t>(idle.fd)].connection) continue;
    ++edge_->counters.idle_closed;
    return true;
  }
  return false;
}

/// Many at a time, so that not every newcomer costs a look at everybody.
void Transport::look_for_idle(Clock::time_point now) {
  for (std::size_t slot = 0; slot < clients_.size(); ++slot) {
    const auto& connection = clients_[slot].connection;
    if (!connection || now - connection->idle_since() < idle_at_least) continue;
    idle_.push_back({connection->idle_since(), static_cast<int>(slot), connection->number()});
  }
  const auto longer = [](const Idle& one, const Idle& other) { return one.since < other.since; };
  const std::size_t kept = std::min(idle_.size(), idle_found_max);
  std::partial_sort(idle_.begin(), idle_.begin() + static_cast<std::ptrdiff_t>(kept), idle_.end(), longer);
  idle_.resize(kept);
  std::reverse(idle_.begin(), idle_.end());
  next_idle_search_ = idle_.empty() ? now + idle_search_pause : now;
}

void Transport::end() {
  for (const Mail& mail : mailbox_->close()) {
    if (mail.kind == Mail::Kind::connection) edge_->connection_closed();
    if (mail.backlog) mail.backlog->release(mail.bytes.size());
  }
  for (std::size_t slot = 0; slot < clients_.size(); ++slot) {
    if (!clients_[slot].connection) continue;
    clients_[slot].connection->cut();
    drop(static_cast<int>(slot));
  }
  ended_ = true;
}

template <typename Step>
void Transport::with_client(int fd, Step step) {
  const auto slot = static_cast<std::size_t>(fd);
  if (slot >= clients_.size() || !clients_[slot].connection) return;
  Connection& connection = *clients_[slot].connection;
  bool keep = false;
  try {
    keep = step(connection);
    if (keep) {
      update_interest(fd, clients_[slot]);
      clients_[slot].due = connection.next_tick();
    }
  } catch (const std::exception& error) {
    spdlog::error("a connection was dropped: {}", error.what());
    keep = connection.break_off();
  } catch (...) {
    spdlog::error("a connection was dropped");
    keep = connection.break_off();
  }
  if (!keep) drop(fd);
}

void Transport::update_interest(int fd, Client& client) {
  // Never 0 with this bit, so that the first time always counts as a change.
  constexpr unsigned asked = 1U << 8U;
  const unsigned wanted = interest_of(*client.connection) | asked;
  if (wanted == client.told) return;
  reactor()->modifyFd(key(), fd, static_cast<NotifyOn>(wanted & ~asked), tag_of(fd),
                      Pistache::Polling::Mode::Level);
  client.told = wanted;
}

void Transport::drop(int fd) {
  Client client = std::move(clients_[static_cast<std::size_t>(fd)]);
  clients_[static_cast<std::size_t>(fd)] = {};
  client.connection.reset();
  try {
    removePeer(client.peer);
  } catch (const std::exception& error) {
    // It throws before it closes.
    spdlog::error("closing a connection: {}", error.what());
    ::close(fd);
  }
  edge_->connection_closed();
}

}  // namespace orders::http
