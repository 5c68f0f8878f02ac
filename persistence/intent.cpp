#include "persistence/intent.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <tuple>

#include "domain/crash_point.hpp"
#include "persistence/doubt_audit.hpp"
#include "persistence/session.hpp"
#include "persistence/sql_array.hpp"

namespace orders::persistence {

namespace {

// Locks: ledger rows ascending by product, then reservations ascending by (order, product, attempt). T_order
// and T_cancel (order_commit.cpp, order_status.cpp) take reservations in the same order and never a ledger
// row, so no two of these transactions can wait for each other.

constexpr const char* seed = R"sql(
INSERT INTO product_stock (product_id, seq, quantity, state, name, price)
SELECT product_id, 0, quantity, 'applied', name, price
FROM unnest(:p1::int[], :p2::int[], :p3::text[], :p4::bigint[]) AS seen (product_id, quantity, name, price)
ORDER BY product_id
ON CONFLICT (product_id) DO NOTHING
)sql";

constexpr const char* lock = R"sql(
SELECT product_id, seq, quantity, (state = 'intended')::int, name, price, coalesce(next_audit <= now(), false)::int
FROM product_stock WHERE product_id = ANY (:p1::int[]) ORDER BY product_id FOR UPDATE
)sql";

// The movements of a ledger that is not settled (R5): each that was decided on an unsettled one continues it,
// and what the catalog may show begins anew with each that was put on top of somebody else's edit. Holds of
// before that are as undecided as the others.
constexpr const char* unsettled = R"sql(
WITH begun AS MATERIALIZED (
  SELECT asked.product_id, first.seq, first.base, unsettled.since
  FROM unnest(:p1::int[]) AS asked (product_id) CROSS JOIN LATERAL (
    SELECT m.seq, coalesce(m.shown, m.before) AS base FROM stock_movements m
    WHERE m.product_id = asked.product_id AND m.kind <> 'settle' ORDER BY m.seq DESC LIMIT 1) first
  CROSS JOIN LATERAL (
    SELECT m.seq AS since FROM stock_movements m
    WHERE m.product_id = asked.product_id AND m.kind <> 'settle' AND (m.shown IS NULL OR m.kind = 'repair')
    ORDER BY m.seq DESC LIMIT 1) unsettled),
held AS MATERIALIZED (
  SELECT product_id, sum(r.quantity) AS units FROM begun JOIN reservations r USING (product_id)
  WHERE r.state = 'held' AND r.seq >= begun.since GROUP BY product_id),
sent AS MATERIALIZED (
  SELECT product_id, bool_or(m.conditional)::int AS conditional FROM begun JOIN stock_movements m USING (product_id)
  WHERE m.seq >= begun.since GROUP BY product_id)
SELECT DISTINCT begun.product_id, begun.since, begun.base, m.after, coalesce(held.units, 0)::bigint, sent.conditional
FROM begun JOIN sent ON sent.product_id = begun.product_id
  JOIN stock_movements m ON m.product_id = begun.product_id AND m.seq >= begun.seq
  LEFT JOIN held ON held.product_id = begun.product_id
)sql";

// Holds of those movements for whose units somebody else left nothing, the youngest orders' first; given back
// as in R8. Should this wait for a T_order that waits for us, PostgreSQL ends one of the two, and it is
// begun again.
constexpr const char* give_up = R"sql(
WITH queued AS MATERIALIZED (
  SELECT r.order_id, r.product_id, r.attempt, r.quantity, asked.units
  FROM unnest(:p1::int[], :p2::bigint[], :p3::bigint[]) AS asked (product_id, seq, units)
    JOIN reservations r ON r.product_id = asked.product_id AND r.state = 'held' AND r.seq >= asked.seq
  ORDER BY r.order_id, r.product_id, r.attempt FOR UPDATE OF r),
chosen AS (
  SELECT order_id, product_id, attempt, sum(quantity) OVER before_it - quantity < units AS given_up
  FROM queued WINDOW before_it AS (PARTITION BY product_id ORDER BY order_id DESC, attempt DESC))
UPDATE reservations r SET state = 'released', seq = ledger.seq + 1
FROM chosen JOIN product_stock ledger USING (product_id)
WHERE chosen.given_up AND r.order_id = chosen.order_id AND r.product_id = chosen.product_id
  AND r.attempt = chosen.attempt AND r.state = 'held'
RETURNING r.product_id, r.order_id, r.attempt, r.quantity
)sql";

enum Fact : int { released = 1, existing = 2, doubted = 3 };

// One statement for everything to be known under the ledger's locks: what the releases give back (R8: only
// what comes back from the UPDATE counts), which holds are reserved already (R7) and which late PUTs may
// still land (R5). Units for which the catalog has no room stay owed (R17).
constexpr const char* facts = R"sql(
WITH queued AS MATERIALIZED (
  SELECT r.order_id, r.product_id, r.attempt, r.quantity
  FROM (
      SELECT order_id, product_id, attempt
      FROM unnest(:p1::bigint[], :p2::int[], :p3::int[]) AS asked (order_id, product_id, attempt)
    UNION
      SELECT order_id, product_id, attempt FROM reservations
      WHERE product_id = ANY (:p8::int[]) AND state IN ('held', 'owed')) AS k
    JOIN reservations r USING (order_id, product_id, attempt)
  WHERE r.state IN ('held', 'owed')
  ORDER BY r.order_id, r.product_id, r.attempt FOR UPDATE OF r),
fitting AS (
  SELECT q.order_id, q.product_id, q.attempt, sum(q.quantity) OVER upto <= room.units AS fits
  FROM queued q JOIN unnest(:p9::int[], :p10::bigint[]) AS room (product_id, units) USING (product_id)
  WINDOW upto AS (PARTITION BY q.product_id ORDER BY q.order_id, q.attempt)),
gone AS (
  UPDATE reservations r SET state = CASE WHEN fitting.fits THEN 'released' ELSE 'owed' END,
    seq = CASE WHEN fitting.fits THEN ledger.seq + 1 ELSE r.seq END
  FROM fitting JOIN product_stock ledger USING (product_id)
  WHERE r.order_id = fitting.order_id AND r.product_id = fitting.product_id AND r.attempt = fitting.attempt
    AND r.state IN ('held', 'owed')
  RETURNING r.product_id, r.quantity, fitting.fits)
SELECT 1, product_id, 0::bigint, 0, quantity FROM gone WHERE fits
UNION ALL
SELECT 2, r.product_id, r.order_id, r.attempt, 0
FROM unnest(:p4::bigint[], :p5::int[], :p6::int[]) AS k (order_id, product_id, attempt)
  JOIN reservations r USING (order_id, product_id, attempt)
WHERE r.state <> 'released'
UNION ALL
SELECT 3, product_id, 0::bigint, 0, after
FROM stock_movements WHERE product_id = ANY (:p7::int[]) AND doubt_until IS NOT NULL
)sql";

// A movement that was decided on an unsettled one gives that one a doubt, which nobody takes back before its
// time, and is compared with the catalog soon (R4, R5); not if the PUTs of both carry If-Match, since with
// the second the first can't land any more. A hold that stands as released (somebody took its
// owner for dead) is reserved anew; its units were given back before.
constexpr const char* write = R"sql(
WITH changes AS MATERIALIZED (
  SELECT * FROM unnest(:p1::int[], :p2::bigint[], :p3::int[], :p4::int[], :p5::text[], :p6::text[], :p7::bool[],
                       :p8::text[], :p9::bigint[], :p16::bool[], :p17::int[])
    AS c (product_id, seq, before, after, state, kind, unsettled, name, price, conditional, shown)),
moved AS (
  INSERT INTO stock_movements (product_id, seq, before, after, state, kind, conditional, shown)
  SELECT product_id, seq, before, after, state, kind, conditional, shown FROM changes),
settled AS (
  UPDATE stock_movements m SET state = 'applied',
    doubt_until = CASE WHEN c.unsettled AND NOT (m.conditional AND c.conditional)
      THEN greatest(m.doubt_until, now() + :p10::bigint * interval '1 millisecond') ELSE m.doubt_until END
  FROM changes c WHERE m.product_id = c.product_id AND m.seq = c.seq - 1 AND m.state = 'intended'
  RETURNING m.product_id, m.doubt_until),
held AS (
  INSERT INTO reservations AS r (order_id, product_id, attempt, quantity, owner_epoch, seq, state)
  SELECT h.order_id, h.product_id, h.attempt, h.quantity, :p15::bigint, c.seq, 'held'
  FROM unnest(:p11::bigint[], :p12::int[], :p13::int[], :p14::int[]) AS h (order_id, product_id, attempt, quantity)
    JOIN changes c USING (product_id)
  ON CONFLICT (order_id, product_id, attempt) DO UPDATE
    SET state = 'held', quantity = excluded.quantity, owner_epoch = excluded.owner_epoch, seq = excluded.seq
    WHERE r.state = 'released')
UPDATE product_stock p SET seq = c.seq, quantity = c.after, state = c.state, name = c.name, price = c.price,
  next_audit = CASE WHEN c.unsettled AND settled.doubt_until IS NOT NULL THEN now() + interval '1 second'
    ELSE p.next_audit END
FROM changes c LEFT JOIN settled USING (product_id) WHERE p.product_id = c.product_id
)sql";

// R12: what there would be if every undecided hold of other orders came back, in one snapshot.
constexpr const char* possible = R"sql(
WITH held AS (
  SELECT product_id, sum(quantity) AS quantity FROM reservations
  WHERE product_id = ANY (:p1::int[]) AND state = 'held' GROUP BY product_id)
SELECT k.place, ledger.quantity + coalesce(held.quantity, 0) - coalesce(
    (SELECT sum(own.quantity) FROM reservations own
     WHERE own.order_id = k.order_id AND own.product_id = k.product_id AND own.state = 'held'), 0)
FROM unnest(:p1::int[], :p2::bigint[]) WITH ORDINALITY AS k (product_id, order_id, place)
  JOIN product_stock ledger USING (product_id) LEFT JOIN held USING (product_id)
)sql";

// PostgreSQL can't keep a NUL in a text. No catalog that keeps its names in PostgreSQL can have sent one; of
// any other, the name without it is what a repair restores.
std::string storable(const std::string& name) {
  std::string kept;
  std::copy_if(name.begin(), name.end(), std::back_inserter(kept), [](char c) { return c != '\0'; });
  return kept;
}

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
  session_.rows<>(seed, products.text(), quantities.text(), names.text(), prices.text());
  return true;
}

void Intent::lock_ledger() {
  SqlArray products;
  for (auto& work : works_) {
    products.add(work.request->product.value);
    work.result.stale = true;  // until its row is found as it was read
    work.result.ledger.product = work.request->product;
  }
  for (auto& row :
       session_.rows<int, std::int64_t, int, int, std::string, std::int64_t, int>(lock, products.text())) {
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
       session_.rows<int, std::int64_t, int, int, std::int64_t, int>(unsettled, products.text())) {
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
  for (const auto& [product, order, attempt, quantity] :
       session_.rows<int, std::int64_t, int, int>(give_up, products.text(), since.text(), units.text())) {
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
      facts, release_orders.text(), release_products.text(), release_attempts.text(), hold_orders.text(),
      hold_products.text(), hold_attempts.text(), differing.text(), gone.text(), rooms_of.text(),
      rooms.text());
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
  // What the catalog shows may be what a late PUT of ours wrote, name and price included; not where PUTs
  // carry If-Match, and all of ours have those of the ledger.
  const auto& doubts = work.facts.live_doubts;
  const bool late = decision.kind == MovementKind::repair ||
                    std::find(doubts.begin(), doubts.end(), request.seen.quantity) != doubts.end();
  const bool theirs = decision.kind == MovementKind::foreign || request.conditional || !decision.unsettled;
  if (theirs && !late && !request.gone) {
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
  session_.rows<>(write, products.text(), seqs.text(), befores.text(), afters.text(), states.text(),
                  kinds.text(), unsettled.text(), names.text(), prices.text(), doubt_.count(), orders.text(),
                  hold_products.text(), attempts.text(), quantities.text(), epoch_, conditional.text(),
                  shown.text());
}

// Still under the ledger's locks, where nothing can come back to these products unseen.
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
       session_.rows<std::int64_t, std::int64_t>(possible, products.text(), orders.text())) {
    auto& open = opens.at(static_cast<std::size_t>(place - 1));
    *open.verdict = quantity < open.wanted ? HoldVerdict::refused : HoldVerdict::conflict;
  }
}

}  // namespace orders::persistence
