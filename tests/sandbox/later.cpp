#include "tests/sandbox/later.hpp"

#include <utility>

#include <boost/asio/steady_timer.hpp>

namespace orders::sandbox {

namespace {
constexpr std::size_t waiting_max = 100'000;
}

void run_after(boost::asio::io_context& context, std::chrono::microseconds delay,
               std::function<void()> call) {
  auto timer = std::make_shared<boost::asio::steady_timer>(context, delay);
  timer->async_wait([timer, call = std::move(call)](boost::system::error_code stopped) {
    if (!stopped) call();
  });
}

void LateWrites::add(std::function<void()> write, std::optional<std::chrono::milliseconds> after) {
  if (waiting_.size() >= waiting_max) {
    write();
    return;
  }
  const auto number = ++last_number_;
  waiting_.emplace(number, std::move(write));
  if (after) run_after(context_, *after, [this, number] { land_one(number); });
}

void LateWrites::land_one(std::uint64_t number) {
  auto write = waiting_.extract(number);
  if (!write.empty()) write.mapped()();
}

std::size_t LateWrites::land() {
  const auto all = std::exchange(waiting_, {});
  for (const auto& [number, write] : all) write();
  return all.size();
}

}  // namespace orders::sandbox
