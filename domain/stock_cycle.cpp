#include "domain/stock_cycle.hpp"

#include <algorithm>
#include <limits>

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

std::int64_t room_for_releases(const Ledger& row, const CycleRequest& request) {
  if (request.gone) return std::numeric_limits<std::int64_t>::max();
  return quantity_max - std::max(row.quantity, request.seen.quantity);
}

CycleDecision decide_cycle(const Ledger& row, const CycleRequest& request,
                           const std::vector<std::int32_t>& live_doubts, std::int64_t released) {
  if (request.gone) return close(row, request, released);
  CycleDecision d;
  const std::int32_t shown = request.seen.quantity;
  std::int64_t quantity = row.quantity;  // R1: the ledger decides, never the GET

  d.unsettled = row.intended && !request.answered;
  if (d.unsettled) {
    // R4: the PUT that settles it needs a movement of its own, even when it repeats the value.
    d.changed = true;
    d.kind = MovementKind::settle;
  } else if (shown != row.quantity) {
    const bool ours = std::find(live_doubts.begin(), live_doubts.end(), shown) != live_doubts.end();
    d.changed = true;
    d.kind = ours ? MovementKind::repair : MovementKind::foreign;  // R5
    if (!ours) quantity = shown;
  }
  d.before = static_cast<std::int32_t>(quantity);

  quantity += released;
  d.changed |= released > 0;
  d.granted.reserve(request.holds.size());
  for (const auto& hold : request.holds) {
    const bool granted = hold.quantity <= quantity;
    if (granted) quantity -= hold.quantity;
    d.changed |= granted;
    d.granted.push_back(granted);
  }
  // The catalog counts in 32 bits and fails for good above that, so it is never told more (R17):
  // room_for_releases() has seen to it.
  d.after = static_cast<std::int32_t>(std::min(quantity, quantity_max));
  d.applied = shown == d.after;
  return d;
}

}  // namespace orders
