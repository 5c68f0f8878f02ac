// How other threads reach a reactor thread: they post, it takes everything at once. An eventfd in the
// reactor's epoll set wakes it, written only by the first letter into an empty box, so that wake-ups batch
// under load. post() is for any thread, take() for the owner. What lies in it is limited by what is in
// flight: one answer a request, and stream bytes up to the limits of pending bytes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/server/socket.hpp"

namespace orders::http {

class Backlog;

/// One request of one connection. The numbers are never reused, unlike the descriptor, so an answer that
/// comes late cannot reach another client.
struct Address {
  int fd = -1;
  std::uint64_t connection = 0;
  std::uint64_t request = 0;
};

struct Mail {
  enum class Kind {
    connection,   ///< a new client; `socket` is it
    answer,       ///< whole
    stream_head,  ///< status line, headers and the first bytes
    stream_data,
    stream_end,
    stream_abort,   ///< drop the connection
    stream_waiter,  ///< somebody wants to know when the bytes are gone
    look_up,        ///< nothing but a wake-up: flags have changed
  };

  Kind kind = Kind::look_up;
  Address address{};                   ///< of the request it answers; none for connection and look_up
  std::shared_ptr<Backlog> backlog{};  ///< where `bytes` are counted; none for connection and look_up
  std::string bytes{};                 ///< ready for the wire
  bool close = false;                  ///< nothing may follow on this connection
  bool beyond_limit = false;           ///< a new client, for whom somebody idle has to go
  Descriptor socket{};
};

class Mailbox {
 public:
  /// Throws std::system_error without a free descriptor.
  Mailbox();

  /// False after close(): the letter was not taken. May throw std::bad_alloc.
  bool post(Mail mail);
  /// Moves what is there into `batch` (emptied before); false if there was nothing.
  bool take(std::vector<Mail>& batch);
  /// Makes sure that the owner wakes up again if something is left.
  void wake_if_any();
  /// The calling thread reads this box before it sleeps, so its own letters need no wake-up.
  void owned_by_this_thread() { owner_ = std::this_thread::get_id(); }
  /// Takes no more, and gives back what nobody will read.
  std::vector<Mail> close();
  [[nodiscard]] int wake_fd() const { return wake_.get(); }

 private:
  void wake() const;

  Descriptor wake_;
  std::atomic<std::thread::id> owner_{};
  std::mutex mutex_;
  std::vector<Mail> mail_;
  bool closed_ = false;
};

}  // namespace orders::http
