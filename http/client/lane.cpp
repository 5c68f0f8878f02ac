#include "http/client/lane.hpp"

#include <algorithm>

namespace orders::http {

void Lane::add(Call call) {
  const auto ticket = ++last_ticket_;
  deadlines_.emplace(call.deadline, ticket);
  if (call.method == Method::put) {
    puts_.push_back(ticket);
  } else if (call.not_before == Deadline{}) {
    gets_.push_back(ticket);
  } else {
    delays_.emplace(call.not_before, ticket);
  }
  waiting_.emplace(ticket, std::move(call));
}

void Lane::join_due(Deadline now) {
  while (!delays_.empty() && delays_.begin()->first <= now) {
    gets_.push_back(delays_.begin()->second);
    delays_.erase(delays_.begin());
  }
}

Call Lane::take(std::map<Ticket, Call>::iterator entry) {
  deadlines_.erase({entry->second.deadline, entry->first});
  delays_.erase({entry->second.not_before, entry->first});
  Call call = std::move(entry->second);
  waiting_.erase(entry);
  return call;
}

std::optional<Call> Lane::next(Deadline now) {
  join_due(now);
  for (auto* line : {&puts_, &gets_}) {
    while (!line->empty() && waiting_.count(line->front()) == 0) line->pop_front();
  }
  auto& line = puts_.empty() ? gets_ : puts_;
  if (line.empty() || exclusive_under_way_ || in_flight_ >= in_flight_max_) return std::nullopt;
  const auto entry = waiting_.find(line.front());
  if (entry->second.exclusive && in_flight_ > 0) return std::nullopt;
  line.pop_front();
  exclusive_under_way_ = entry->second.exclusive;
  ++in_flight_;
  return take(entry);
}

void Lane::ended() {
  --in_flight_;
  exclusive_under_way_ = false;  // an exclusive one is alone, so it is the one that ended
}

std::vector<Call> Lane::take_expired(Deadline now) {
  std::vector<Call> expired;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    expired.push_back(take(waiting_.find(deadlines_.begin()->second)));
  }
  return expired;
}

std::vector<Call> Lane::take_all() {
  std::vector<Call> all;
  all.reserve(waiting_.size());
  for (auto& [ticket, call] : waiting_) all.push_back(std::move(call));
  waiting_.clear();
  puts_.clear();
  gets_.clear();
  delays_.clear();
  deadlines_.clear();
  return all;
}

std::optional<Deadline> Lane::next_event() const {
  std::optional<Deadline> first;
  if (!deadlines_.empty()) first = deadlines_.begin()->first;
  if (!delays_.empty()) first = std::min(first.value_or(delays_.begin()->first), delays_.begin()->first);
  return first;
}

}  // namespace orders::http
