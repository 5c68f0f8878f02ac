// The clients of a chaos run, each in a thread: they act while they are let, and rest, each after what it has
// begun, when they are told to. Belongs to the run's thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/chaos/client.hpp"

namespace orders::chaos {

class Crowd {
 public:
  Crowd(Street& street, std::uint64_t seed, int clients);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  Crowd(Crowd&&) = delete;
  Crowd& operator=(Crowd&&) = delete;

  void go();
  /// Begins nothing more; what is begun goes on until it is answered.
  void rest();
  [[nodiscard]] bool at_rest() const;
  /// Waits until all rest; after `deadline` what is not answered stays so.
  void wait_for_rest(std::chrono::steady_clock::time_point deadline);

  /// While all rest: everything that anybody ever wanted.
  [[nodiscard]] std::vector<Wish> wishes() const;
  /// Why a client could not go on, which is nothing of orderd's; empty: all can.
  [[nodiscard]] std::string trouble() const;

 private:
  enum class Phase { resting, acting, ending };
  void live(Client& client);

  Street& street_;
  std::vector<std::unique_ptr<Client>> clients_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Phase phase_ = Phase::resting;
  int acting_ = 0;
  std::string trouble_;
  std::vector<std::thread> threads_;
};

}  // namespace orders::chaos
