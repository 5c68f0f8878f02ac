#include "http/client/rounds.hpp"

#include <algorithm>

namespace orders::http {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_delay{10};
constexpr std::uint32_t doublings_max = 4;

}  // namespace

NextRound Rounds::after(Verdict verdict, Deadline now) {
  ++asked_;
  NextRound next;
  switch (verdict) {
    case Verdict::found:
      next.what = NextRound::What::believe_found;
      break;
    case Verdict::none:
      next = after_none(now);
      break;
    case Verdict::mistrusted:
    case Verdict::failed:
      next = after_nothing(true, now);
      break;
    case Verdict::unreachable:
      next = after_nothing(false, now);
      break;
    case Verdict::hopeless:
      break;
  }
  exclusive_ = next.exclusive;
  return next;
}

/// Final only when said twice, the second time to a question asked alone. This round does not count as a
/// wasted one: the confirmation is asked for even with a single try.
NextRound Rounds::after_none(Deadline now) {
  ++nones_;
  if (nones_ >= 2 && exclusive_) return {NextRound::What::believe_none, false, {}};
  if (now >= deadline_) return {};
  return {NextRound::What::ask_again, true, {}};
}

/// A crowd of requests makes the services answer wrongly, so the second repetition is asked alone. A service
/// that does not answer at all is not asked alone: that would hold up everybody for as long as it hangs.
NextRound Rounds::after_nothing(bool may_be_crowded, Deadline now) {
  ++wasted_;
  const auto delay = first_delay * (1U << std::min(wasted_ - 1, doublings_max));
  if (wasted_ >= tries_ || now + delay >= deadline_) return {};
  return {NextRound::What::ask_again, nones_ > 0 || (may_be_crowded && wasted_ >= 2), now + delay};
}

}  // namespace orders::http
