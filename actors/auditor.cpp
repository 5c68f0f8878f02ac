#include "actors/auditor.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace orders::actors {

namespace {

struct AuditorState {
  static constexpr const char* name = "auditor";
  std::unique_ptr<AuditBook> book;
};

Auditor::behavior_type auditor(Auditor::stateful_pointer<AuditorState> self, const Context* context,
                               const OpenAuditBook& open) {
  self->state.book = open();
  return {[self, context](RunAudit& ask) {
    if (!ask.reply.wanted()) {
      return static_cast<void>(ask.reply(Error{ErrorCode::client_gone, "the client left before its audit"}));
    }
    ask.reply(AuditPass(*self->state.book, context->catalog_client, context->settings).page(ask.query));
  }};
}

}  // namespace

Auditor spawn_auditor(caf::actor_system& system, const Context& context, const OpenAuditBook& open) {
  return system.spawn<caf::detached>(auditor, &context, open);
}

}  // namespace orders::actors
