// A promise to answer exactly once. Whoever is asked for something gets a Reply and calls it when done;
// copies share the one answer. If every copy goes away unanswered (an actor died, a queue was dropped), the
// asker is told so: that is how nothing asked is ever forgotten (rule R14). Any thread; the callback runs in
// the thread that answers, so it must be short, must not block and must not throw. A Reply can also say
// whether anybody still wants the answer: work that has changed nothing yet is not begun for a client that
// has gone.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "domain/result.hpp"

namespace orders {

/// Whether somebody still waits; any thread. An empty one means yes.
using Wanted = std::function<bool()>;

template <class T>
class Reply {
 public:
  using Callback = std::function<void(Result<T>)>;

  Reply() = default;
  explicit Reply(Callback callback, Wanted wanted = {})
      : once_(std::make_shared<Once>(std::move(callback), std::move(wanted))) {}

  /// Answers; later calls are ignored. True when this call was the one that answered.
  bool operator()(Result<T> result) const { return once_ && once_->answer(std::move(result)); }  // NOLINT

  [[nodiscard]] bool answered() const { return !once_ || once_->done.load(std::memory_order_acquire); }

  /// False: it has been answered, or the client behind it has gone.
  [[nodiscard]] bool wanted() const { return !answered() && (!once_->wanted || once_->wanted()); }
  /// For the Replies of the steps towards this one.
  [[nodiscard]] Wanted watch() const { return once_ ? once_->wanted : Wanted(); }

 private:
  struct Once {
    Once(Callback call, Wanted asked) : callback(std::move(call)), wanted(std::move(asked)) {}
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
    const Wanted wanted;
  };
  std::shared_ptr<Once> once_;
};

}  // namespace orders
