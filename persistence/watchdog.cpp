#include "persistence/watchdog.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace orders::persistence {

using std::chrono::steady_clock;

std::shared_ptr<Watchdog> Watchdog::shared() {
  static std::mutex mutex;
  static std::weak_ptr<Watchdog> current;
  const std::lock_guard<std::mutex> lock(mutex);
  auto watchdog = current.lock();
  if (!watchdog) {
    watchdog = std::make_shared<Watchdog>();
    current = watchdog;
  }
  return watchdog;
}

Watchdog::Watchdog() : thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Watchdog::watch() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    const auto now = steady_clock::now();
    next_look_ = steady_clock::time_point::max();
    for (auto* socket : sockets_) {
      if (socket->due_ <= now) {
        socket->due_ = steady_clock::time_point::max();
        socket->overran_ = true;
        ::shutdown(socket->descriptor_, SHUT_RDWR);
      }
      next_look_ = std::min(next_look_, socket->due_);
    }
    // Calls end long before they are due, so most looks find nothing; arm() wakes us only for an earlier one.
    if (next_look_ == steady_clock::time_point::max()) {
      wake_.wait(lock);
    } else {
      wake_.wait_until(lock, next_look_);
    }
  }
}

namespace {

// A descriptor of our own for the same connection: libpq closes its own whenever it sees the connection die,
// and its number may by then belong to somebody else's socket.
int duplicate_of(int descriptor) {
  const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) throw std::system_error(errno, std::generic_category(), "cannot watch a database connection");
  return copy;
}

}  // namespace

WatchedSocket::WatchedSocket(std::shared_ptr<Watchdog> watchdog, int descriptor)
    : watchdog_(std::move(watchdog)), descriptor_(duplicate_of(descriptor)) {
  const std::lock_guard<std::mutex> lock(watchdog_->mutex_);
  watchdog_->sockets_.insert(this);
}

WatchedSocket::~WatchedSocket() {
  {
    const std::lock_guard<std::mutex> lock(watchdog_->mutex_);
    watchdog_->sockets_.erase(this);
  }
  ::close(descriptor_);
}

void WatchedSocket::arm(std::chrono::milliseconds limit) {
  const std::lock_guard<std::mutex> lock(watchdog_->mutex_);
  due_ = steady_clock::now() + limit;
  if (due_ < watchdog_->next_look_) watchdog_->wake_.notify_one();
}

void WatchedSocket::disarm() {
  const std::lock_guard<std::mutex> lock(watchdog_->mutex_);
  due_ = steady_clock::time_point::max();
}

void WatchedSocket::cut() { ::shutdown(descriptor_, SHUT_RDWR); }

bool WatchedSocket::overran() const {
  const std::lock_guard<std::mutex> lock(watchdog_->mutex_);
  return overran_;
}

}  // namespace orders::persistence
