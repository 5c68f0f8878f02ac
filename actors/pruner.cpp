#include "actors/pruner.hpp"

#include <spdlog/spdlog.h>

namespace orders::actors {

namespace {

/// In one go: the recovery has other work.
constexpr int steps_max = 10;

}  // namespace

bool Pruner::work() {
  if (Clock::now() < next_pass_) return false;
  query_.keep = context_.settings.journal.keep;
  for (int step = 0; step < steps_max; ++step) {
    const auto done = journal_.prune(query_);
    if (!done.ok()) {
      spdlog::warn("stock journal: old rows could not be removed, next try soon: {}", done.error().detail);
      return false;
    }
    const bool movements = query_.what == Prunable::movements;
    auto& counter = movements ? context_.counters.movements_pruned : context_.counters.reservations_pruned;
    counter += static_cast<std::uint64_t>(done.value().removed);
    query_.after = done.value().last;
    if (done.value().more) continue;
    query_.after = 0;
    query_.what = movements ? Prunable::reservations : Prunable::movements;
    if (movements) continue;
    next_pass_ = Clock::now() + context_.settings.journal.prune_interval;
    return false;
  }
  return true;
}

}  // namespace orders::actors
