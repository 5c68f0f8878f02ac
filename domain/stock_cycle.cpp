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
  }
  return "unknown";
}

CycleDecision decide_cycle(const Ledger& row, const CycleRequest& request,
                           const std::vector<std::int32_t>& live_doubts, std::int64_t released) {
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
  // The catalog counts in 32 bits and fails for good above that, so it is never told more (R17).
  d.after =
      static_cast<std::int32_t>(std::min<std::int64_t>(quantity, std::numeric_limits<std::int32_t>::max()));
  d.applied = shown == d.after;
  return d;
}

}  // namespace orders
