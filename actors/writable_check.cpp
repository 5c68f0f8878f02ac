#include "actors/writable_check.hpp"

#include <chrono>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>

#include "actors/reader.hpp"
#include "actors/switchboard.hpp"

namespace orders::actors {

namespace {
using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds holds_for{1};
}  // namespace

struct WritableCheck::Shared {
  Shared(caf::actor_system& actors, OpenStore open_store) : system(actors), open(std::move(open_store)) {}

  caf::actor_system& system;
  const OpenStore open;
  std::mutex mutex;
  Reader reader;  ///< none: not started yet, or it died
  bool ended = false;
  std::vector<Reply<Done>> waiting;  ///< not empty: the look they share is under way
  std::optional<Result<Done>> found;
  Clock::time_point found_at{};

  void take(const Result<Done>& result) {
    std::vector<Reply<Done>> asked;
    Reader died;
    {
      const std::lock_guard<std::mutex> guard(mutex);
      asked.swap(waiting);
      found = result;
      found_at = Clock::now();
      // Who was asked has died: the next look is somebody else's.
      if (!result.ok() && result.error().code == ErrorCode::lost) std::swap(died, reader);
    }
    for (const auto& reply : asked) reply(result);
  }
};

WritableCheck::WritableCheck(caf::actor_system& system, OpenStore open)
    : shared_(std::make_shared<Shared>(system, std::move(open))) {}

WritableCheck::~WritableCheck() { end(); }

void WritableCheck::ask(Reply<Done> reply) {  // NOLINT(performance-unnecessary-value-param): it is consumed
  std::optional<Result<Done>> known;
  Reader reader;
  {
    const std::lock_guard<std::mutex> guard(shared_->mutex);
    if (shared_->ended) return;
    if (shared_->found && Clock::now() - shared_->found_at < holds_for) {
      known = shared_->found;
    } else {
      shared_->waiting.push_back(reply);
      if (shared_->waiting.size() > 1) return;
      if (!shared_->reader) shared_->reader = spawn_reader(shared_->system, shared_->open);
      reader = shared_->reader;
    }
  }
  if (known) return static_cast<void>(reply(*known));
  const Reply<Done> look([shared = shared_](const Result<Done>& result) { shared->take(result); });
  tell(reader, Query{[look](OrderStore& store) {
         auto writable = store.check_writable();
         // Whether the trial was written is nobody's question.
         if (!writable.ok() && writable.error().code == ErrorCode::outcome_unknown) {
           writable.error().code = ErrorCode::storage_unavailable;
         }
         look(writable);
       }});
}

void WritableCheck::end() {
  Reader reader;
  {
    const std::lock_guard<std::mutex> guard(shared_->mutex);
    shared_->ended = true;
    std::swap(reader, shared_->reader);
  }
  if (reader) caf::anon_send_exit(reader, caf::exit_reason::user_shutdown);
}

}  // namespace orders::actors
