#include "domain/audit.hpp"

#include <algorithm>

namespace orders {

namespace {

std::string units(std::int64_t count, const char* what) { return std::to_string(count) + " units " + what; }

Lag lag_of(const ProductFacts& facts, const CatalogSight& catalog) {
  if (!catalog.answered) return Lag::unseen;
  if (!catalog.quantity) return Lag::gone;
  if (*catalog.quantity == facts.quantity) return Lag::none;
  if (catalog.moved) return Lag::moving;
  if (facts.intended) return Lag::unsettled;
  const auto doubted = std::find(facts.doubts.begin(), facts.doubts.end(), *catalog.quantity);
  return doubted != facts.doubts.end() ? Lag::late_write : Lag::unknown;
}

/// Says it where it belongs: what a running instance has only just begun is no fault.
void tell(ProductAudit& audit, bool being_done, std::string what) {
  (being_done ? audit.under_way : audit.faults).push_back(std::move(what));
}

void judge_journal(ProductAudit& audit) {
  const auto& facts = audit.facts;
  if (audit.unaccounted != 0) {
    audit.faults.push_back("the ledger and the journal differ by " + units(audit.unaccounted, ""));
    audit.faults.back().pop_back();
  }
  if (facts.broken_links > 0) {
    audit.faults.push_back(std::to_string(facts.broken_links) + " movements do not continue the one before");
  }
  if (facts.ordered != facts.sold) {
    audit.faults.push_back(units(facts.ordered, "in live orders, but ") +
                           units(facts.sold, "reserved as sold"));
  }
}

void judge_undecided(ProductAudit& audit, std::chrono::seconds grace) {
  const auto& facts = audit.facts;
  const bool fresh = facts.served && facts.longest_undecided <= grace;
  if (facts.orphaned > 0) audit.faults.push_back(units(facts.orphaned, "held by a process that is gone"));
  if (facts.held > facts.orphaned) tell(audit, fresh, units(facts.held - facts.orphaned, "held, undecided"));
  if (facts.owed > 0) tell(audit, fresh, units(facts.owed, "owed by orders that were given back"));
}

void judge_lag(ProductAudit& audit, std::chrono::seconds grace) {
  const auto& facts = audit.facts;
  const bool fresh = facts.served && facts.since_movement <= grace;
  const auto behind = std::to_string(audit.behind) + " units more than the ledger";
  switch (audit.lag) {
    case Lag::none:
      if (facts.intended) tell(audit, fresh, "its last movement is not recorded as applied");
      break;
    case Lag::unsettled:
      tell(audit, fresh, "the catalog shows " + behind + ": its last movement is unsettled");
      break;
    case Lag::late_write:
      audit.faults.push_back("the catalog shows " + behind + ": a late write of our own");
      break;
    case Lag::moving:
      audit.under_way.push_back("its ledger kept moving while the catalog was asked");
      break;
    case Lag::gone:
      if (facts.intended) tell(audit, false, "gone from the catalog with its last movement unsettled");
      break;
    case Lag::unknown:
      audit.faults.push_back("the catalog shows " + behind + ", for no known reason");
      break;
    case Lag::unseen:
      break;
  }
}

}  // namespace

const char* to_string(Lag lag) {
  switch (lag) {
    case Lag::none:
      return "none";
    case Lag::unsettled:
      return "unsettled";
    case Lag::late_write:
      return "late_write";
    case Lag::moving:
      return "moving";
    case Lag::gone:
      return "gone";
    case Lag::unknown:
      return "unknown";
    case Lag::unseen:
      return "unseen";
  }
  return "unknown";
}

const char* to_string(FindingKind kind) {
  switch (kind) {
    case FindingKind::order_without_items:
      return "order_without_items";
    case FindingKind::order_differs:
      return "order_differs";
    case FindingKind::orphaned_hold:
      return "orphaned_hold";
    case FindingKind::cart_open:
      return "cart_open";
    case FindingKind::movement_unsettled:
      return "movement_unsettled";
    case FindingKind::movement_in_doubt:
      return "movement_in_doubt";
  }
  return "unknown";
}

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::clean:
      return "clean";
    case Verdict::off:
      return "off";
    case Verdict::unknown:
      return "unknown";
  }
  return "unknown";
}

ProductAudit judge(ProductFacts facts, const CatalogSight& catalog, std::chrono::seconds grace) {
  ProductAudit audit;
  audit.facts = std::move(facts);
  audit.catalog = catalog;
  const auto& known = audit.facts;
  audit.unaccounted = known.quantity - (known.opening + known.foreign - known.sold - known.held - known.owed);
  audit.lag = lag_of(known, catalog);
  if (catalog.answered && catalog.quantity) {
    audit.behind = *catalog.quantity - known.quantity;
    audit.drift = *catalog.quantity - (known.opening - known.ordered);
  }
  judge_journal(audit);
  judge_undecided(audit, grace);
  judge_lag(audit, grace);
  return audit;
}

GroupJudgement judge(const FindingGroup& group, bool served) {
  switch (group.kind) {
    case FindingKind::order_without_items:
    case FindingKind::order_differs:
    case FindingKind::orphaned_hold:
      return {group.count, 0};
    case FindingKind::cart_open:
      return served ? GroupJudgement{group.old, group.count - group.old} : GroupJudgement{group.count, 0};
    case FindingKind::movement_unsettled:  // judged with their products
    case FindingKind::movement_in_doubt:   // nothing is wrong about being careful
      return {};
  }
  return {};
}

void AuditSum::add(const ProductAudit& product) {
  ++products;
  faults += static_cast<std::int64_t>(product.faults.size());
  under_way += static_cast<std::int64_t>(product.under_way.size());
  unseen += product.lag == Lag::unseen ? 1 : 0;
}

void AuditSum::add(const OrderFacts& orders) {
  for (const auto& group : orders.groups) {
    const auto judged = judge(group, orders.served);
    faults += judged.faults;
    under_way += judged.under_way;
  }
}

Verdict AuditSum::verdict() const {
  if (faults > 0) return Verdict::off;
  return unseen > 0 ? Verdict::unknown : Verdict::clean;
}

}  // namespace orders
