// A promise to answer exactly once. Whoever is asked for something gets a Reply and calls it when done;
// copies share the one answer. If every copy goes away unanswered (an actor died, a queue was dropped), the
// asker is told so: that is how nothing asked is ever forgotten (rule R14). Any thread; the callback runs in
// the thread that answers, so it must be short, must not block and must not throw.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "domain/result.hpp"

namespace orders {

template <class T>
class Reply {
 public:
  using Callback = std::function<void(Result<T>)>;

  Reply() = default;
  explicit Reply(Callback callback) : once_(std::make_shared<Once>(std::move(callback))) {}

  /// Answers; later calls are ignored. True when this call was the one that answered.
  bool operator()(Result<T> result) const { return once_ && once_->answer(std::move(result)); }  // NOLINT

  [[nodiscard]] bool answered() const { return !once_ || once_->done.load(std::memory_order_acquire); }

 private:
  struct Once {
    explicit Once(Callback call) : callback(std::move(call)) {}
    Once(const Once&) = delete;
    Once& operator=(const Once&) = delete;
    Once(Once&&) = delete;
    Once& operator=(Once&&) = delete;
    ~Once() { answer(Error{ErrorCode::lost, "whoever was to answer is gone"}); }

    bool answer(Result<T> result) noexcept {
      if (done.exchange(true, std::memory_order_acq_rel)) return false;
      if (callback) callback(std::move(result));
      callback = nullptr;
      return true;
    }

    std::atomic<bool> done{false};
    Callback callback;
  };
  std::shared_ptr<Once> once_;
};

}  // namespace orders
