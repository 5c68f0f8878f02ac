#include "domain/stock_cycle.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace orders {

const char* to_string(MovementKind kind) {
  switch (kind) {
    case MovementKind::order:
      return "order";
    case MovementKind::settle:
      return "settle";
    case MovementKind::foreign:
      return "foreign";
    case MovementKind::repair:
      return "repair";
    case MovementKind::gone:
      return "gone";
  }
  return "unknown";
}

namespace {

constexpr std::int64_t quantity_max = std::numeric_limits<std::int32_t>::max();

std::int32_t within_bounds(std::int64_t quantity) {
  return static_cast<std::int32_t>(
      std::clamp<std::int64_t>(quantity, std::numeric_limits<std::int32_t>::min(), quantity_max));
}

/// The ledger on top of what somebody else wrote while movements of ours were not settled. Of one that was
/// certainly not applied all of it comes on top. Otherwise nobody can tell, and only too little is safe: what
/// is undecided counts as not applied yet, and what was given back as applied.
std::int64_t rebased(const Ledger& row, const CycleRequest& request, const Unsettled& unsettled) {
  const std::int64_t shown = request.seen.quantity;
  return request.void_put ? shown + row.quantity - unsettled.base : shown - unsettled.held;
}

/// Where a decision starts from, and why.
struct Start {
  MovementKind kind = MovementKind::order;
  std::int64_t quantity = 0;
  bool unsettled = false;  ///< a PUT of ours may still take effect
  bool on_top = false;     ///< of what somebody else wrote while movements of ours were not settled
  bool doubted = false;    ///< the catalog may show a late write of ours
};

bool contains(const std::vector<std::int32_t>& quantities, std::int32_t quantity) {
  return std::find(quantities.begin(), quantities.end(), quantity) != quantities.end();
}

Start start_of(const Ledger& row, const CycleRequest& request, const CycleFacts& facts) {
  const std::int32_t shown = request.seen.quantity;
  const bool doubted = contains(facts.live_doubts, shown);
  if (is_unsettled(row, request)) {
    // What may be a late PUT of ours is never somebody else's: it may have caused a refusal, too.
    const bool ours =
        doubted || !facts.unsettled ||
        (!request.void_put && (shown == facts.unsettled->base || contains(facts.unsettled->afters, shown)));
    // R4: the PUT that settles it needs a movement of its own, even when it repeats the value.
    if (ours) return {MovementKind::settle, row.quantity, true, false, doubted};
    return {MovementKind::foreign, rebased(row, request, *facts.unsettled), !request.void_put, true};
  }
  if (shown == row.quantity) return {MovementKind::order, row.quantity};         // R1: the ledger decides
  if (doubted) return {MovementKind::repair, row.quantity, false, false, true};  // R5
  return {MovementKind::foreign, shown};
}

/// R17: the product has gone from the catalog, and its stock with it: somebody else took all of it, also what
/// was held and owed. If it comes back, it is with whatever the catalog shows then.
CycleDecision close(const Ledger& row, const CycleRequest& request, std::int64_t released) {
  CycleDecision d;
  d.kind = MovementKind::gone;
  d.changed = row.quantity != 0 || row.intended || released > 0;
  d.before = static_cast<std::int32_t>(-std::min(released, quantity_max));
  d.after = 0;
  d.applied = true;
  d.granted.assign(request.holds.size(), false);
  return d;
}

}  // namespace

bool is_strong_etag(const std::string& etag) {
  const auto fits = [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f && c != '"'; };
  return etag.size() >= 2 && etag.front() == '"' && etag.back() == '"' &&
         std::all_of(etag.begin() + 1, etag.end() - 1, fits);
}

bool is_unsettled(const Ledger& row, const CycleRequest& request) {
  return row.intended && !request.answered && !request.gone;
}

bool needs_doubts(const Ledger& row, const CycleRequest& request) {
  return !request.gone && (request.void_put || request.seen.quantity != row.quantity);
}

std::int64_t room_for_releases(const Ledger& row, const CycleRequest& request,
                               const std::optional<Unsettled>& unsettled) {
  if (request.gone) return std::numeric_limits<std::int64_t>::max();
  std::int64_t most = std::max(row.quantity, request.seen.quantity);
  if (unsettled) most = std::max(most, rebased(row, request, *unsettled));
  return std::max<std::int64_t>(quantity_max - most, 0);
}

std::int64_t overdrawn(const Ledger& row, const CycleRequest& request, const CycleFacts& facts) {
  if (request.gone) return 0;
  const auto start = start_of(row, request, facts);
  return start.on_top ? std::max<std::int64_t>(-(start.quantity + facts.released), 0) : 0;
}

CycleDecision decide_cycle(const Ledger& row, const CycleRequest& request, const CycleFacts& facts) {
  if (request.gone) return close(row, request, facts.released);
  CycleDecision d;
  const std::int32_t shown = request.seen.quantity;
  const auto start = start_of(row, request, facts);
  d.kind = start.kind;
  if (start.on_top || start.kind == MovementKind::repair) d.shown = shown;
  d.changed = start.kind != MovementKind::order;
  d.unsettled = start.unsettled;
  // A late write of ours has its old name and price, too. Where PUTs carry If-Match, all that are not late
  // have those of the ledger: whatever differs is somebody else's.
  const bool theirs = start.kind == MovementKind::foreign || request.conditional || !start.unsettled;
  d.follows_texts = theirs && !start.doubted;
  d.before = within_bounds(start.quantity);

  std::int64_t quantity = start.quantity + facts.released;
  d.changed |= facts.released > 0;
  d.granted.reserve(request.holds.size());
  for (const auto& hold : request.holds) {
    const bool granted = hold.quantity <= quantity;
    if (granted) quantity -= hold.quantity;
    d.changed |= granted;
    d.granted.push_back(granted);
  }
  // The catalog counts in 32 bits and fails for good above that, so it is never told more (R17):
  // room_for_releases() has seen to it.
  d.after = within_bounds(quantity);
  // Of PUTs with If-Match none is out any more once a later one is accepted: it must be sent for that.
  const bool must_be_sent = d.unsettled && facts.unsettled && facts.unsettled->conditional;
  d.applied = shown == d.after && !must_be_sent;
  return d;
}

}  // namespace orders
