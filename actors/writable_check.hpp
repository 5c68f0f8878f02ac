// Whether the database can be written, for readiness probes: asked on a thread and a session of its own, so
// that a probe does not queue up behind what clients read. All who ask at the same time share one look, and
// what it found holds for a second; so no number of probes costs more than one write a second. Belongs to
// OrderService; ask() is for any thread.
#pragma once

#include <memory>

#include "actors/order_writer.hpp"

namespace orders::actors {

class WritableCheck {
 public:
  WritableCheck(caf::actor_system& system, OpenStore open);
  WritableCheck(const WritableCheck&) = delete;
  WritableCheck& operator=(const WritableCheck&) = delete;
  WritableCheck(WritableCheck&&) = delete;
  WritableCheck& operator=(WritableCheck&&) = delete;
  ~WritableCheck();

  void ask(Reply<Done> reply);
  /// Ends its thread; whoever asks from then on is answered as lost.
  void end();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace orders::actors
