#include "persistence/intent.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <tuple>

#include "domain/crash_point.hpp"
#include "persistence/doubt_audit.hpp"
#include "persistence/intent_sql.hpp"
#include "persistence/session.hpp"
#include "persistence/sql_array.hpp"

namespace orders::persistence {

namespace {

enum Fact : int { released = 1, existing = 2, doubted = 3 };

// PostgreSQL can't keep a NUL in a text. No catalog that keeps its names in PostgreSQL can have sent one; of
// any other, the name without it is what a repair restores.
std::string storable(const std::string& name) {
  std::string kept;
  std::copy_if(name.begin(), name.end(), std::back_inserter(kept), [](char c) { return c != '\0'; });
  return kept;
}

// R3: the cycle was begun on what the ledger says still, state included.
bool moved_since(const Ledger& row, const std::optional<Ledger>& read) {
  if (!read) return row.seq != 0 || row.intended;
  return row.seq != read->seq || row.intended != read->intended;
}

}  // namespace

Intent::Intent(Session& session, const std::vector<CycleRequest>& cycles, std::int64_t epoch,
               std::chrono::milliseconds doubt)
    : session_(session), epoch_(epoch), doubt_(doubt), works_(cycles.size()), asked_order_(cycles.size()) {
  std::vector<std::size_t> order(cycles.size());
  for (std::size_t n = 0; n < order.size(); ++n) order[n] = n;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return cycles[a].product < cycles[b].product; });
  for (std::size_t place = 0; place < order.size(); ++place) {
    const auto& request = cycles[order[place]];
    works_[place].request = &request;
    works_[place].result.holds.assign(request.holds.size(), HoldVerdict::undecided);
    asked_order_[order[place]] = place;
    if (!by_product_.emplace(request.product, place).second) {
      throw std::invalid_argument("a product stands twice in a batch of cycles");
    }
  }
}

std::vector<CycleResult> Intent::run() {
  const bool seeded = seed_ledger();
  crash_point("intent.seeded");
  lock_ledger();
  crash_point("intent.locked");
  gather_unsettled();
  gather_facts();
  void_holds();
  crash_point("intent.released");
  bool changed = false;
  for (auto& work : works_) {
    if (work.result.stale) continue;
    decide(work);
    changed |= work.decision.changed;
  }
  const bool audited = note_audits();
  if (changed) {
    write_changes();
  } else if (!seeded && !audited) {
    session_.nothing_to_commit();
  }
  crash_point("intent.written");
  judge_ungranted();
  std::vector<CycleResult> results;
  results.reserve(works_.size());
  for (const auto place : asked_order_) results.push_back(std::move(works_[place].result));
  return results;
}

// Products nobody has touched yet get a row to lock, with what the catalog shows; whether there may be any.
// The row is committed even when nothing else is: the caller goes on from it.
bool Intent::seed_ledger() {
  SqlArray products, quantities, names, prices;
  for (const auto& work : works_) {
    if (work.request->read || work.request->gone) continue;
    const auto& seen = work.request->seen;
    products.add(work.request->product.value);
    quantities.add(seen.quantity);
    names.add(storable(seen.name));
    prices.add(seen.price);
  }
  if (products.empty()) return false;
  session_.rows<>(intent_sql::seed, products.text(), quantities.text(), names.text(), prices.text());
  return true;
}

void Intent::lock_ledger() {
  SqlArray products;
  for (auto& work : works_) {
    products.add(work.request->product.value);
    work.result.stale = true;  // until its row is found as it was read
    work.result.ledger.product = work.request->product;
  }
  for (auto& row : session_.rows<int, std::int64_t, int, int, std::string, std::int64_t, int>(
           intent_sql::lock, products.text())) {
    auto& [id, seq, quantity, intended, name, price, audit_due] = row;
    auto& work = works_[by_product_.at(ProductId{id})];
    work.audit_due = audit_due != 0;
    work.result.ledger = Ledger{ProductId{id}, seq, quantity, intended != 0, std::move(name), price};
    work.result.stale = moved_since(work.result.ledger, work.request->read);
  }
}

// After a PUT without an answer, or a start: mostly no statement.
void Intent::gather_unsettled() {
  SqlArray products;
  for (const auto& work : works_) {
    if (!work.result.stale && is_unsettled(work.result.ledger, *work.request))
      products.add(work.request->product.value);
  }
  if (products.empty()) return;
  for (const auto& [product, since, base, after, held, conditional] :
       session_.rows<int, std::int64_t, int, int, std::int64_t, int>(intent_sql::unsettled,
                                                                     products.text())) {
    auto& work = works_[by_product_.at(ProductId{product})];
    if (!work.facts.unsettled) work.facts.unsettled = Unsettled{base, {}, held, conditional != 0};
    work.facts.unsettled->afters.push_back(after);
    work.unsettled_since = since;
  }
}

void Intent::void_holds() {
  SqlArray products, since, units;
  for (const auto& work : works_) {
    if (work.result.stale || !work.facts.unsettled) continue;
    const auto missing = overdrawn(work.result.ledger, *work.request, work.facts);
    if (missing == 0) continue;
    products.add(work.request->product.value);
    since.add(work.unsettled_since);
    units.add(missing);
  }
  if (products.empty()) return;
  for (const auto& [product, order, attempt, quantity] : session_.rows<int, std::int64_t, int, int>(
           intent_sql::give_up, products.text(), since.text(), units.text())) {
    auto& work = works_[by_product_.at(ProductId{product})];
    work.result.voided.push_back(HoldKey{OrderId{order}, attempt});
    work.facts.released += quantity;
  }
  for (auto& work : works_) {
    // What is missing still was sold meanwhile, hence had been answered: the catalog's quantity is without
    // it. What others left below nothing stays so.
    if (!work.result.stale && work.facts.unsettled && !work.request->void_put) {
      const std::int64_t below = std::max(-std::int64_t{work.request->seen.quantity}, std::int64_t{0});
      const auto missing = overdrawn(work.result.ledger, *work.request, work.facts);
      work.facts.unsettled->held -= std::max(missing - below, std::int64_t{0});
    }
    std::sort(work.result.voided.begin(), work.result.voided.end(), [](const HoldKey& a, const HoldKey& b) {
      return std::tie(a.order.value, a.attempt) < std::tie(b.order.value, b.attempt);
    });
  }
}

void Intent::gather_facts() {
  SqlArray release_orders, release_products, release_attempts;
  SqlArray hold_orders, hold_products, hold_attempts;
  SqlArray differing, gone, rooms_of, rooms;
  for (const auto& work : works_) {
    const auto& request = *work.request;
    for (const auto& hold : request.holds) {
      hold_orders.add(hold.key.order.value);
      hold_products.add(request.product.value);
      hold_attempts.add(hold.key.attempt);
    }
    if (work.result.stale) continue;
    for (const auto& key : request.releases) {
      release_orders.add(key.order.value);
      release_products.add(request.product.value);
      release_attempts.add(key.attempt);
    }
    if (request.gone) gone.add(request.product.value);
    rooms_of.add(request.product.value);
    rooms.add(room_for_releases(work.result.ledger, request, work.facts.unsettled));
    if (needs_doubts(work.result.ledger, request)) differing.add(request.product.value);
  }
  if (release_orders.empty() && hold_orders.empty() && differing.empty() && gone.empty()) return;
  const auto rows = session_.rows<int, int, std::int64_t, int, int>(
      intent_sql::facts, release_orders.text(), release_products.text(), release_attempts.text(),
      hold_orders.text(), hold_products.text(), hold_attempts.text(), differing.text(), gone.text(),
      rooms_of.text(), rooms.text());
  for (const auto& [fact, product, order, attempt, quantity] : rows) {
    auto& work = works_[by_product_.at(ProductId{product})];
    if (fact == released) work.facts.released += quantity;
    if (fact == existing) note_existing(work, HoldKey{OrderId{order}, attempt});
    if (fact == doubted) work.facts.live_doubts.push_back(quantity);
  }
}

void Intent::note_existing(Work& work, const HoldKey& key) {
  const auto& holds = work.request->holds;
  for (std::size_t n = 0; n < holds.size(); ++n) {
    if (holds[n].key == key) work.result.holds[n] = HoldVerdict::granted;
  }
}

void Intent::decide(Work& work) {
  const auto& request = *work.request;
  auto& result = work.result;
  work.open = request;
  work.open.holds.clear();
  for (std::size_t n = 0; n < request.holds.size(); ++n) {
    if (result.holds[n] == HoldVerdict::granted) continue;  // reserved already: never taken twice
    work.open.holds.push_back(request.holds[n]);
    work.open_holds.push_back(n);
  }
  work.decision = decide_cycle(result.ledger, work.open, work.facts);
  const auto& decision = work.decision;
  for (std::size_t n = 0; n < work.open_holds.size(); ++n) {
    if (decision.granted[n]) result.holds[work.open_holds[n]] = HoldVerdict::granted;
  }
  if (!decision.changed) return;
  result.moved = true;
  result.put = !decision.applied;
  result.unsettled = decision.unsettled;
  // A refused PUT may have been refused for the sake of a name or a price.
  result.foreign = decision.kind == MovementKind::foreign &&
                   (decision.unsettled || decision.before != result.ledger.quantity);
  result.repaired = decision.kind == MovementKind::repair;
  result.closed = decision.kind == MovementKind::gone;
  result.ledger.seq += 1;
  result.ledger.quantity = decision.after;
  result.ledger.intended = !decision.applied;
  if (decision.follows_texts) {
    result.ledger.name = request.seen.name;
    result.ledger.price = request.seen.price;
  }
}

// Every cycle of a product in doubt is an audit of it, whoever asked for the cycle; one that settles has
// caused a new doubt, whose first audit write_changes() arranges.
bool Intent::note_audits() {
  std::vector<DoubtAudit> audits;
  for (const auto& work : works_) {
    if (work.result.stale || !(work.audit_due || work.decision.kind == MovementKind::gone) ||
        work.decision.unsettled)
      continue;
    audits.push_back({work.request->product, work.request->asked_at, work.request->gone});
  }
  note_doubt_audits(session_, audits, doubt_);
  return !audits.empty();
}

void Intent::write_changes() {
  SqlArray products, seqs, befores, afters, states, kinds, unsettled, names, prices, conditional, shown;
  SqlArray orders, hold_products, attempts, quantities;
  for (const auto& work : works_) {
    if (work.result.stale || !work.decision.changed) continue;
    const auto& ledger = work.result.ledger;
    products.add(ledger.product.value);
    seqs.add(ledger.seq);
    befores.add(work.decision.before);
    afters.add(work.decision.after);
    states.add(ledger.intended ? "intended" : "applied");
    kinds.add(to_string(work.decision.kind));
    unsettled.add(work.decision.unsettled);
    names.add(storable(ledger.name));
    prices.add(ledger.price);
    conditional.add(work.result.put && work.request->conditional);
    shown.add(work.decision.shown);
    for (std::size_t n = 0; n < work.open.holds.size(); ++n) {
      if (!work.decision.granted[n]) continue;
      const auto& hold = work.open.holds[n];
      orders.add(hold.key.order.value);
      hold_products.add(ledger.product.value);
      attempts.add(hold.key.attempt);
      quantities.add(hold.quantity);
    }
  }
  session_.rows<>(intent_sql::write, products.text(), seqs.text(), befores.text(), afters.text(),
                  states.text(), kinds.text(), unsettled.text(), names.text(), prices.text(), doubt_.count(),
                  orders.text(), hold_products.text(), attempts.text(), quantities.text(), epoch_,
                  conditional.text(), shown.text());
}

// R12, still under the ledger's locks, where nothing can come back to these products unseen.
void Intent::judge_ungranted() {
  struct Open {
    HoldVerdict* verdict;
    std::int32_t wanted;
  };
  std::vector<Open> opens;
  SqlArray products, orders;
  for (auto& work : works_) {
    if (work.result.stale) continue;
    for (const auto n : work.open_holds) {
      if (work.result.holds[n] == HoldVerdict::granted) continue;
      opens.push_back({&work.result.holds[n], work.request->holds[n].quantity});
      products.add(work.request->product.value);
      orders.add(work.request->holds[n].key.order.value);
    }
  }
  if (opens.empty()) return;
  for (const auto& [place, quantity] :
       session_.rows<std::int64_t, std::int64_t>(intent_sql::possible, products.text(), orders.text())) {
    auto& open = opens.at(static_cast<std::size_t>(place - 1));
    *open.verdict = quantity < open.wanted ? HoldVerdict::refused : HoldVerdict::conflict;
  }
}

}  // namespace orders::persistence
