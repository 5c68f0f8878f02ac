// The actors together with scripted ports: places orders and waits for their answers. One object for one
// test, for its thread.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/actors/scripted_service.hpp"

namespace orders::test {

inline constexpr ProductId product{1};

struct Actors : ScriptedService<NoCarts> {
  std::atomic<bool> gave_up{false};
  std::atomic<bool> may_begin{true};
  std::atomic<int> begins_left{1'000'000};  ///< then it may not, either

  Actors() {
    settings.catalog.retry_min = std::chrono::milliseconds(5);
    settings.catalog.retry_max = std::chrono::milliseconds(20);
    settings.database.reconnect_min = std::chrono::milliseconds(5);
    settings.actors.restarts_per_minute_max = 3;
    catalog.shown = 10;
  }
  ~Actors() { service.reset(); }  // it asks the members above until it has ended

  void start() {
    auto scripted = parts();
    scripted.give_up = [this](const std::string&) { gave_up = true; };
    scripted.may_begin = [this] { return may_begin && begins_left-- > 0; };
    service = std::make_unique<OrderService>(settings, std::move(scripted));
  }

  /// Places `count` orders of one unit at once and waits for all answers.
  std::vector<Result<PlacedOrder>> place(int count) {
    std::mutex mutex;
    std::condition_variable all;
    std::vector<Result<PlacedOrder>> answers;
    for (int i = 0; i < count; ++i) {
      service->place(CustomerId{i + 1}, std::vector<OrderLine>{{product, 1}}, std::nullopt,
                     Reply<PlacedOrder>([&](Result<PlacedOrder> answer) {
                       const std::lock_guard<std::mutex> guard(mutex);
                       answers.push_back(std::move(answer));
                       all.notify_all();
                     }));
    }
    std::unique_lock<std::mutex> lock(mutex);
    const bool answered = all.wait_for(lock, std::chrono::seconds(20),
                                       [&] { return answers.size() == static_cast<std::size_t>(count); });
    BOOST_REQUIRE(answered);
    return answers;
  }

  [[nodiscard]] static int placed(const std::vector<Result<PlacedOrder>>& answers) {
    return static_cast<int>(
        std::count_if(answers.begin(), answers.end(), [](const auto& answer) { return answer.ok(); }));
  }

  [[nodiscard]] bool drained() const {
    return service->drain(std::chrono::steady_clock::now() + std::chrono::seconds(10));
  }
};

}  // namespace orders::test
