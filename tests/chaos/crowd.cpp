#include "tests/chaos/crowd.hpp"

#include <exception>

namespace orders::chaos {

Crowd::Crowd(Street& street, std::uint64_t seed, int clients) : street_(street) {
  for (int n = 0; n < clients; ++n) clients_.push_back(std::make_unique<Client>(street, seed, n));
  for (const auto& client : clients_) threads_.emplace_back([this, &client = *client] { live(client); });
}

Crowd::~Crowd() {
  street_.hopeless = true;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    phase_ = Phase::ending;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void Crowd::go() {
  const std::lock_guard<std::mutex> lock(mutex_);
  phase_ = Phase::acting;
  changed_.notify_all();
}

void Crowd::rest() {
  const std::lock_guard<std::mutex> lock(mutex_);
  phase_ = Phase::resting;
}

bool Crowd::at_rest() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return phase_ != Phase::acting && acting_ == 0;
}

void Crowd::wait_for_rest(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (changed_.wait_until(lock, deadline, [this] { return acting_ == 0; })) return;
  street_.hopeless = true;
  changed_.wait(lock, [this] { return acting_ == 0; });
}

void Crowd::live(Client& client) {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return phase_ != Phase::resting; });
    if (phase_ == Phase::ending) return;
    ++acting_;
    while (phase_ == Phase::acting && trouble_.empty()) {
      lock.unlock();
      std::string trouble;
      try {
        client.act();
      } catch (const std::exception& error) {
        trouble = error.what();
      }
      lock.lock();
      if (!trouble.empty()) trouble_ = trouble;
    }
    --acting_;
    changed_.notify_all();
    if (!trouble_.empty()) changed_.wait(lock, [this] { return phase_ == Phase::ending; });
  }
}

std::vector<Wish> Crowd::wishes() const {
  std::vector<Wish> all;
  for (const auto& client : clients_) all.insert(all.end(), client->wishes().begin(), client->wishes().end());
  return all;
}

std::string Crowd::trouble() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return trouble_;
}

}  // namespace orders::chaos
