// The calls of one service that wait for their turn, and how many are under way: decides which call may start
// when. Used by HttpClient only, on its thread; it knows nothing of HTTP and reads no clock. How many may
// wait is HttpClient's affair.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "http/client/call.hpp"

namespace orders::http {

class Lane {
 public:
  /// At most `in_flight_max` (1 or more) calls are under way at once.
  explicit Lane(std::uint32_t in_flight_max) : in_flight_max_(in_flight_max) {}

  void add(Call call);

  /// The call whose turn it is, if one may start now; it counts as under way until ended(). PUTs go before
  /// GETs: a PUT ends what a GET began, so they never crowd GETs out for long, but the other way round more
  /// and more would be begun and nothing ended. Apart from that first come, first served; a delayed GET joins
  /// the line when its time has come. An exclusive GET at the head of the line lets no other GET past.
  std::optional<Call> next(Deadline now);

  /// One that next() gave has ended.
  void ended();

  /// Takes out the calls whose deadline is not after `now`.
  std::vector<Call> take_expired(Deadline now);

  /// Takes out every call that waits.
  std::vector<Call> take_all();

  /// When there may be something to do though nothing ends: the first deadline or end of a delay.
  [[nodiscard]] std::optional<Deadline> next_event() const;

  [[nodiscard]] std::uint32_t in_flight() const { return in_flight_; }

 private:
  using Ticket = std::uint64_t;
  using Timed = std::set<std::pair<Deadline, Ticket>>;

  Call take(std::map<Ticket, Call>::iterator entry);
  void join_due(Deadline now);

  std::uint32_t in_flight_max_;
  std::uint32_t in_flight_ = 0;
  bool exclusive_under_way_ = false;
  Ticket last_ticket_ = 0;
  std::map<Ticket, Call> waiting_;
  std::deque<Ticket> puts_;  ///< may name calls that have been taken out already
  std::deque<Ticket> gets_;  ///< likewise
  Timed delays_;
  Timed deadlines_;
};

}  // namespace orders::http
