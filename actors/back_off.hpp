// How long to wait before trying again: longer each time, up to a limit, and from the start once it worked.
// Lives in one actor.
#pragma once

#include <algorithm>
#include <chrono>

namespace orders::actors {

class BackOff {
 public:
  BackOff(std::chrono::milliseconds least, std::chrono::milliseconds most)
      : least_(least), most_(most), next_(least) {}

  std::chrono::milliseconds next() {
    const auto wait = next_;
    next_ = std::min(next_ * 2, most_);
    return wait;
  }
  void reset() { next_ = least_; }

 private:
  std::chrono::milliseconds least_;
  std::chrono::milliseconds most_;
  std::chrono::milliseconds next_;
};

}  // namespace orders::actors
