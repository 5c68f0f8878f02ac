#include "persistence/instance.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "persistence/advisory_locks.hpp"
#include "persistence/session.hpp"

namespace orders::persistence {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds between_looks{500};
constexpr milliseconds between_asks{50};
constexpr const char* taken_over = "another instance has taken over the database meanwhile";

constexpr const char* next_epoch = "SELECT nextval('instance_epochs')";
constexpr const char* lock_alone = "SELECT pg_try_advisory_lock(:p1::int, :p2::int)::int";
constexpr const char* lock_shared = "SELECT pg_try_advisory_lock_shared(:p1::int, :p2::int)::int";

// Whether both locks are ours now. What one connection has taken it may take again, so asking twice does no
// harm.
Result<bool> take_locks(Session& session, bool shared, std::int64_t epoch) {
  return session.write([&] {
    const auto connection = session.connection();
    const auto taken = [&](const char* sql, std::int64_t number) {
      return std::get<0>(session.rows<int>(sql, advisory_class, number).front()) != 0;
    };
    // The epoch's first, and whatever becomes of the other: without it, others would take what this instance
    // still holds for a dead one's (R9).
    const bool epoch_taken = taken(lock_alone, epoch);
    const bool instance_taken = taken(shared ? lock_shared : lock_alone, instance_lock);
    return epoch_taken && instance_taken && session.connection() == connection;
  });
}

Result<bool> take_locks_until(Session& session, bool shared, std::int64_t epoch,
                              steady_clock::time_point end) {
  for (;;) {
    auto taken = take_locks(session, shared, epoch);
    if (!taken || taken.value() || steady_clock::now() >= end) return taken;
    std::this_thread::sleep_for(between_asks);
  }
}

}  // namespace

Result<std::unique_ptr<Instance>> Instance::start(const config::Database& settings, bool shared,
                                                  milliseconds patience) {
  auto session = std::make_unique<Session>(settings);
  auto epoch = session->write([&] { return std::get<0>(session->rows<std::int64_t>(next_epoch).front()); });
  if (!epoch) return std::move(epoch.error());
  auto locked = take_locks_until(*session, shared, epoch.value(), steady_clock::now() + patience);
  if (!locked) return std::move(locked.error());
  if (!locked.value()) {
    return Error{
        ErrorCode::internal,
        shared ? "an instance with cluster.enabled: false is using this database; stop it first"
               : "another instance is using this database; stop it, or set cluster.enabled: true for all"};
  }
  return std::unique_ptr<Instance>(new Instance(settings, shared, std::move(session), epoch.value()));
}

Instance::Instance(const config::Database& settings, bool shared, std::unique_ptr<Session> session,
                   std::int64_t epoch)
    : settings_(settings),
      shared_(shared),
      epoch_(epoch),
      session_(std::move(session)),
      locked_on_(session_->connection()),
      thread_([this] { keep(); }) {}

Instance::~Instance() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Instance::keep() {
  auto pause = between_looks;
  std::string last;
  std::unique_lock<std::mutex> lock(mutex_);
  while (!wake_.wait_for(lock, pause, [this] { return stopping_; })) {
    lock.unlock();
    const auto trouble = look();
    const bool first = last.empty();
    if (!trouble.empty() && trouble != last) {
      spdlog::error("the locks of this instance (epoch {}) are lost, taking them again: {}", epoch_, trouble);
    }
    if (trouble.empty() && !first)
      spdlog::info("the locks of this instance (epoch {}) are taken again", epoch_);
    last = trouble;
    locked_.store(trouble.empty());
    tell_if_superseded(trouble);
    if (trouble.empty()) {
      pause = between_looks;
    } else {
      pause = first ? settings_.reconnect_min : std::min(pause * 2, settings_.reconnect_max);
    }
    lock.lock();
  }
}

void Instance::when_superseded(std::chrono::milliseconds patience, Superseded act) {
  const std::lock_guard<std::mutex> lock(mutex_);
  superseded_patience_ = patience;
  superseded_act_ = std::move(act);
}

// A database that is down comes back, and the locks with it; another instance that owns the database may stay
// for good.
void Instance::tell_if_superseded(const std::string& trouble) {
  if (trouble != taken_over) {
    superseded_since_.reset();
    return;
  }
  const auto now = steady_clock::now();
  if (!superseded_since_) superseded_since_ = now;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!superseded_act_ || now - *superseded_since_ < superseded_patience_) return;
  const auto act = std::exchange(superseded_act_, {});
  act("another instance has owned the database for " +
      std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now - *superseded_since_).count()) +
      " s; stop one of the two, or set cluster.enabled: true for both");
}

// Asks the connection that has the locks, or takes them on a new one. Why they are not held; empty when they
// are.
std::string Instance::look() {
  const auto alive = session_->read([&] { return session_->rows<int>("SELECT 1").size(); });
  if (!alive) return alive.error().detail;
  if (session_->connection() == locked_on_) return {};
  const auto taken = take_locks(*session_, shared_, epoch_);
  if (!taken) return taken.error().detail;
  if (!taken.value()) return taken_over;
  locked_on_ = session_->connection();
  return {};
}

}  // namespace orders::persistence
