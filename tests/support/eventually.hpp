// Waiting for what happens elsewhere. For tests of all folders; any thread.
#pragma once

#include <chrono>
#include <thread>

namespace orders::test {

/// Waits until something is so; false after `limit`.
template <class Condition>
bool eventually(Condition so, std::chrono::milliseconds limit = std::chrono::seconds(10)) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!so()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

}  // namespace orders::test
