#include "actors/catalog.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/parent.hpp"
#include "actors/product.hpp"

namespace orders::actors {

class CatalogState : public ParentState<Catalog, ProductId, Product> {
 public:
  static constexpr const char* name = "catalog";
  explicit CatalogState(Catalog::pointer self) : ParentState(self) {}

  void hold(HoldUnits& ask) {
    if (forward(ask.product, ask)) return;
    ask.reply(nothing_held({ErrorCode::overloaded, "as many products have orders under way as may"}));
  }

 protected:
  Product spawn(ProductId id) override { return spawn_product(self()->system(), context(), handle(), id); }
  [[nodiscard]] const char* child_name() const override { return "product"; }
};

namespace {

Catalog::behavior_type catalog(Catalog::stateful_pointer<CatalogState> self, const Context* context) {
  auto& state = self->state;
  state.attach(context, context->settings.actors.product_idle, context->settings.actors.products_max);
  return {
      [&state](HoldUnits& ask) { state.hold(ask); },
      // What was accepted still finishes, however many products are in memory.
      [&state](ReleaseUnits& ask) { static_cast<void>(state.forward(ask.product, ask, true)); },
      [&state](Attend& ask) { static_cast<void>(state.forward(ask.product, ask, true)); },
      [&state](const AskToRetire<ProductId>& ask) { state.retire(ask); },
      [&state](Tick) { state.sweep(); },
  };
}

}  // namespace

Catalog spawn_catalog(caf::actor_system& system, const Context& context) {
  return system.spawn(catalog, &context);
}

}  // namespace orders::actors
