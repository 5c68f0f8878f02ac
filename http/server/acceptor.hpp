// Takes connections on a thread of its own and hands them to the reactor threads in turn. Beyond the limit a
// client gets a written 503 at once; without free descriptors it waits a moment and goes on. start() and
// stop() are for the thread that owns it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "http/server/edge.hpp"
#include "http/server/mailbox.hpp"
#include "http/server/socket.hpp"

namespace orders::http {

class Acceptor {
 public:
  Acceptor(std::shared_ptr<Edge> edge, Descriptor listener, std::vector<std::shared_ptr<Mailbox>> mailboxes);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;
  Acceptor(Acceptor&&) = delete;
  Acceptor& operator=(Acceptor&&) = delete;

  void start();
  /// Takes whoever has connected by now, then refuses; returns when the thread has ended. Idempotent.
  void stop();

 private:
  struct Rejected {
    Descriptor socket;
    Clock::time_point deadline;
  };

  void run() noexcept;
  void wait();
  bool accept_some();
  bool hand_over(Descriptor socket, bool beyond_limit);
  void reject(Descriptor socket);
  void let_rejected_go();
  [[nodiscard]] std::string rejection() const;

  const std::shared_ptr<Edge> edge_;
  Descriptor listener_;
  const std::vector<std::shared_ptr<Mailbox>> mailboxes_;
  Descriptor wake_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
  std::size_t turn_ = 0;
  bool out_of_descriptors_ = false;
  std::deque<Rejected> rejected_;
};

}  // namespace orders::http
