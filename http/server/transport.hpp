// The bridge to Pistache: a transport for its reactor that keeps our connections and does all reading,
// parsing, writing and timing itself, because the stock one can be hung or killed by a single client. One
// clone a reactor thread; only mailbox() and ended() are for other threads.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include <pistache/transport.h>

#include "http/server/connection.hpp"

namespace orders::http {

class Transport : public Pistache::Tcp::Transport {
 public:
  /// Throws std::system_error without a free descriptor.
  explicit Transport(std::shared_ptr<Edge> edge);
  ~Transport() override;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  Transport(Transport&&) = delete;
  Transport& operator=(Transport&&) = delete;

  [[nodiscard]] std::shared_ptr<Pistache::Aio::Handler> clone() const override;
  void registerPoller(Pistache::Polling::Epoll& poller) override;
  void onReady(const Pistache::Aio::FdSet& ready) override;

  [[nodiscard]] const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }
  /// After Edge::stopping: everything is closed, and the reactor is no longer used.
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  struct Client {
    std::shared_ptr<Pistache::Tcp::Peer> peer;
    std::unique_ptr<Connection> connection;
    Clock::time_point due{};  ///< when its clocks have to be looked at
    unsigned told = 0;        ///< what epoll was asked to report, in Pistache's flags; 0: as Pistache did
  };
  /// A connection that was idle when they were looked for, and since when.
  struct Idle {
    Clock::time_point since;
    int fd;
    std::uint64_t number;
  };

  void run_once(const Pistache::Aio::FdSet& ready);
  void read_mail();
  void deliver(Mail mail);
  void adopt(Descriptor socket, bool beyond_limit);
  void sweep();
  void enforce_totals();
  /// While `taken` is beyond `most`: lets go of those of this thread's clients for whom `rank` is highest,
  /// until they have no more than this thread's share. `rank` 0: not this one.
  template <typename Bytes, typename Rank, typename LetGo>
  void shed(const EdgeCounters::Number& taken, std::uint64_t most, Bytes bytes, Rank rank, LetGo let_go);
  bool make_room();
  void look_for_idle(Clock::time_point now);
  void end();
  /// Runs `step` on the connection behind `fd`, if there is one; drops it if the step says so or throws.
  template <typename Step>
  void with_client(int fd, Step step);
  void update_interest(int fd, Client& client);
  void drop(int fd);

  const std::shared_ptr<Edge> edge_;
  const std::shared_ptr<Mailbox> mailbox_;
  Descriptor timer_;
  std::vector<Client> clients_;  ///< by descriptor
  std::vector<Mail> batch_;
  std::vector<Idle> idle_;                ///< the last one has been so longest
  Clock::time_point next_idle_search_{};  ///< the last one found nobody
  std::uint64_t next_number_ = 1;
  bool sweep_due_ = false;
  std::atomic<bool> ended_{false};
};

}  // namespace orders::http
