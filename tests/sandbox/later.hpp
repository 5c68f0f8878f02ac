// Things done later: after a time, or when a test says so. Late writes of both services wait in one
// LateWrites, so that a test can let them land. One thread, that of the io_context.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include <boost/asio/io_context.hpp>

namespace orders::sandbox {

/// Runs `call` after `delay`, never at once.
void run_after(boost::asio::io_context& context, std::chrono::microseconds delay, std::function<void()> call);

class LateWrites {
 public:
  explicit LateWrites(boost::asio::io_context& context) : context_(context) {}

  /// Applies the write after `after`, or with the next land(). Beyond 100,000 waiting ones it is applied at
  /// once.
  void add(std::function<void()> write, std::optional<std::chrono::milliseconds> after);
  /// Applies all that wait, those with a time too, oldest first; how many there were.
  std::size_t land();
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  void land_one(std::uint64_t number);

  boost::asio::io_context& context_;
  std::map<std::uint64_t, std::function<void()>> waiting_;
  std::uint64_t last_number_ = 0;
};

}  // namespace orders::sandbox
