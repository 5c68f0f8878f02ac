#include "command/repair_plan.hpp"

#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "http/json_writer.hpp"

namespace orders::command {

namespace {

constexpr const char* by_hand =
    "not repaired: no part of orderd writes this, so rows were changed by other hands; ";

class Planner {
 public:
  RepairPlan plan(const std::vector<AuditPage>& pages) {
    for (const auto& page : pages) {
      for (const auto& product : page.products) look_at(product);
      if (!page.orders) continue;
      for (const auto& group : page.orders->groups) look_at(group);
    }
    return std::move(plan_);
  }

 private:
  void look_at(const ProductAudit& audit) {
    const auto& facts = audit.facts;
    const auto name = fmt::format("product {}", facts.product.value);
    const auto before = plan_.steps.size();
    if (facts.orphaned > 0) {
      can(name, fmt::format("{} units held by a process that is gone", facts.orphaned),
          "given back by the product's next cycle");
    }
    if (facts.owed > 0) {
      can(name, fmt::format("{} units owed by orders that were given back", facts.owed),
          "given back by the product's next cycle");
    }
    look_at_lag(name, audit);
    bool any = false;
    for (auto at = before; at < plan_.steps.size(); ++at) {
      plan_.steps[at].possible &= audit.lag != Lag::gone;
      any |= plan_.steps[at].possible;
    }
    if (any) plan_.products.push_back(facts.product);
    look_at_journal(name, audit);
  }

  void look_at_lag(const std::string& name, const ProductAudit& audit) {
    const auto ledger = audit.facts.quantity;
    switch (audit.lag) {
      case Lag::unsettled:
        return can(name, fmt::format("the PUT of {} units is unanswered", ledger),
                   fmt::format("the catalog is told again, by the product's next cycle"));
      case Lag::late_write:
        return can(name,
                   fmt::format("the catalog shows {} units, written late by a PUT of our own", seen(audit)),
                   fmt::format("the next cycle tells it the ledger's {} again", ledger));
      case Lag::unknown:
        return can(name, fmt::format("the catalog shows {} units, the ledger says {}", seen(audit), ledger),
                   "the next cycle takes it for somebody else's change, follows it and records it");
      case Lag::gone:
        if (audit.facts.intended || audit.facts.owed > 0 || audit.facts.held > 0) {
          cannot(name, "the catalog does not know it, and something is left to do about it",
                 "make the product in the catalog again with this id, then repair once more");
        }
        return;
      case Lag::unseen:
        return cannot(name, "the catalog did not answer", "repair again when it does");
      case Lag::none:
      case Lag::moving:
        if (audit.facts.intended && audit.lag == Lag::none) {
          can(name, "its last movement is not recorded as applied", "recorded by the product's next cycle");
        }
        return;
    }
  }

  void look_at_journal(const std::string& name, const ProductAudit& audit) {
    if (audit.unaccounted != 0 || audit.facts.broken_links > 0) {
      cannot(
          name, "its ledger, movements and reservations contradict each other",
          std::string(by_hand) +
              "compare product_stock, stock_movements and reservations with a backup, and count the stock");
    }
  }

  void look_at(const FindingGroup& group) {
    if (group.count == 0) return;
    switch (group.kind) {
      case FindingKind::cart_open:
        plan_.carts = true;
        return can("carts", fmt::format("{} of committed orders are not marked as ordered", group.count),
                   "marked in the cart service, as after any order");
      case FindingKind::order_without_items:
        return for_each(group, "has no items", "delete it, or give it the lines it had");
      case FindingKind::order_differs:
        return for_each(group, "the units in its lines and those reserved for it as sold differ",
                        "correct order_items or reservations, whichever is wrong");
      case FindingKind::orphaned_hold:       // with their products
      case FindingKind::movement_unsettled:  // the same
      case FindingKind::movement_in_doubt:   // no fault
        return;
    }
  }

  void for_each(const FindingGroup& group, const char* found, const char* advice) {
    for (const auto& finding : group.first) {
      auto name = fmt::format("order {}", finding.order.value);
      if (finding.product.value != 0) name += fmt::format(", product {}", finding.product.value);
      cannot(name, found, std::string(by_hand) + advice);
    }
    const auto more = group.count - static_cast<std::int64_t>(group.first.size());
    if (more > 0) cannot(fmt::format("{} more orders", more), found, std::string(by_hand) + advice);
  }

  static std::int32_t seen(const ProductAudit& audit) { return audit.catalog.quantity.value_or(0); }

  void can(std::string about, std::string found, std::string measure) {
    plan_.steps.push_back({std::move(about), std::move(found), std::move(measure), true});
  }
  void cannot(std::string about, std::string found, std::string measure) {
    plan_.steps.push_back({std::move(about), std::move(found), std::move(measure), false});
  }

  RepairPlan plan_;
};

}  // namespace

RepairPlan plan_repair(const std::vector<AuditPage>& pages) { return Planner().plan(pages); }

std::string text_of(const RepairPlan& plan) {
  fmt::memory_buffer text;
  for (const auto& step : plan.steps) {
    fmt::format_to(std::back_inserter(text), "{:<10} {}: {}\n           {}\n",
                   step.possible ? "repairs" : "cannot", step.about, step.found, step.measure);
  }
  return fmt::to_string(text);
}

std::string to_json(const RepairPlan& plan) {
  http::JsonWriter json;
  json.begin_array();
  for (const auto& step : plan.steps) {
    json.begin_object();
    json.key("about").text(step.about);
    json.key("found").text(step.found);
    json.key("measure").text(step.measure);
    json.key("possible").boolean(step.possible);
    json.end_object();
  }
  json.end_array();
  return json.take();
}

}  // namespace orders::command
