// A value that a callback delivers to a test which waits for it. put() is for one thread, get() for another.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace orders::test {

template <class T>
class Later {
 public:
  void put(T value) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++puts_;
    thread_ = std::this_thread::get_id();
    value_.emplace(std::move(value));
    changed_.notify_all();
  }

  /// Throws when nothing has come within `limit`.
  T get(std::chrono::milliseconds limit = std::chrono::seconds(20)) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!changed_.wait_for(lock, limit, [this] { return value_.has_value(); })) {
      throw std::runtime_error("the callback was not called");
    }
    return *value_;
  }

  [[nodiscard]] bool there() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return value_.has_value();
  }
  [[nodiscard]] int puts() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return puts_;
  }
  /// Which thread delivered it.
  [[nodiscard]] std::thread::id thread() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return thread_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<T> value_;
  std::thread::id thread_;
  int puts_ = 0;
};

}  // namespace orders::test
