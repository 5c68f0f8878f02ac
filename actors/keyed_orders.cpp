#include "actors/keyed_orders.hpp"

#include <algorithm>
#include <utility>

#include "actors/waiting_orders.hpp"

namespace orders::actors {

namespace {

/// An answer as those get it who only waited for it.
Result<PlacedOrder> as_replay(const Result<PlacedOrder>& answer, const std::string& first_request) {
  if (answer.ok()) return PlacedOrder{answer.value().order, true};
  auto error = answer.error();
  if (is_remembered(error.code) && error.first_told_in.empty()) error.first_told_in = first_request;
  return error;
}

}  // namespace

void Audience::add(Wanted listener) {
  const std::lock_guard<std::mutex> guard(mutex_);
  listeners_.push_back(std::move(listener));
}

bool Audience::wanted() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return std::any_of(listeners_.begin(), listeners_.end(),
                     [](const auto& listener) { return !listener || listener(); });
}

void KeyedOrders::take(PlaceOrder order, KeyedWork& work) {
  const auto found = under_way_.find(order.key->key);
  if (found == under_way_.end()) return begin(std::move(order), {}, work);
  auto& entry = found->second;
  if (entry.first.key->request != order.key->request) {
    KeptAnswer other;
    other.same_request = false;
    order.reply(replay_of(std::move(other)));
    return;
  }
  entry.audience->add(order.reply.watch());
  entry.waiting.push_back(std::move(order));
}

void KeyedOrders::begin(PlaceOrder order, std::deque<PlaceOrder> waiting, KeyedWork& work) {
  Entry entry;
  entry.audience = std::make_shared<Audience>();
  entry.audience->add(order.reply.watch());
  for (const auto& other : waiting) entry.audience->add(other.reply.watch());
  entry.first = std::move(order);
  entry.waiting = std::move(waiting);
  const auto key = entry.first.key->key;
  const auto& begun = under_way_.insert_or_assign(key, std::move(entry)).first->second;
  work.look_up(begun.first.id, begun.first.customer, *begun.first.key, begun.first.deadline,
               [audience = begun.audience] { return audience->wanted(); });
}

KeyedOrders::Entries::iterator KeyedOrders::entry_of(const std::string& key, OrderId id) {
  const auto found = under_way_.find(key);
  return found != under_way_.end() && found->second.first.id == id ? found : under_way_.end();
}

void KeyedOrders::on_found(const std::string& key, OrderId id, Result<std::optional<KeptAnswer>> found,
                           KeyedWork& work) {
  const auto at = entry_of(key, id);
  if (at == under_way_.end() || at->second.phase != Phase::looking_up) return;
  if (!found.ok()) {
    if (found.error().code == ErrorCode::client_gone) return pass_on(at, work);
    return answer_all(at, std::move(found.error()));
  }
  if (found.value()) return answer_all(at, replay_of(std::move(*found.value())));
  at->second.phase = Phase::carried_out;
  work.carry_out(at->second.first, [audience = at->second.audience] { return audience->wanted(); });
}

void KeyedOrders::on_answer(const std::string& key, OrderId id, Result<PlacedOrder> answer, KeyedWork& work) {
  const auto at = entry_of(key, id);
  if (at == under_way_.end() || at->second.phase != Phase::carried_out) return;
  if (answer.ok()) return answer_all(at, answer);
  auto& error = answer.error();
  if (error.code == ErrorCode::client_gone) return pass_on(at, work);
  if (!is_remembered(error.code) || !error.first_told_in.empty()) return answer_all(at, answer);
  auto& entry = at->second;
  entry.phase = Phase::keeping_refusal;
  entry.refusal = std::move(error);
  work.keep_refusal(id, {entry.first.customer, *entry.first.key, *entry.refusal}, entry.first.deadline);
}

void KeyedOrders::on_kept(const std::string& key, OrderId id, Result<std::optional<KeptAnswer>> kept) {
  const auto at = entry_of(key, id);
  if (at == under_way_.end() || at->second.phase != Phase::keeping_refusal) return;
  if (!kept.ok()) return answer_all(at, std::move(kept.error()));
  auto& other = kept.value();
  if (!other) return answer_all(at, std::move(*at->second.refusal));
  // Our own, found again by a repeated COMMIT, is no replay.
  if (other->refusal && other->refusal->first_told_in == at->second.first.key->request_id) {
    other->refusal->first_told_in.clear();
  }
  answer_all(at, replay_of(std::move(*other)));
}

void KeyedOrders::on_tick(std::chrono::steady_clock::time_point now) {
  for (auto next = under_way_.begin(); next != under_way_.end();) {
    const auto at = next++;
    auto& entry = at->second;
    // The order of the first may stand already, or still be written.
    const auto late = entry.phase == Phase::carried_out ? ErrorCode::outcome_unknown : ErrorCode::timed_out;
    let_go(entry.waiting, now, late,
           "the deadline passed while the first request with this key was carried out");
    // A placement looks after its deadline itself.
    if (entry.phase != Phase::carried_out && entry.first.deadline <= now) {
      answer_all(at, Error{ErrorCode::timed_out, entry.phase == Phase::looking_up
                                                     ? "the deadline passed while the key was looked up"
                                                     : "the deadline passed while a refusal was kept"});
    }
  }
}

void KeyedOrders::pass_on(Entries::iterator at, KeyedWork& work) {
  at->second.first.reply(Error{ErrorCode::client_gone, "the client left before anything was held for it"});
  auto waiting = std::move(at->second.waiting);
  under_way_.erase(at);
  while (!waiting.empty()) {
    auto next = std::move(waiting.front());
    waiting.pop_front();
    if (!skip_unwanted(next)) return begin(std::move(next), std::move(waiting), work);
  }
}

void KeyedOrders::answer_all(Entries::iterator at, const Result<PlacedOrder>& answer) {
  const auto entry = std::move(at->second);
  under_way_.erase(at);
  entry.first.reply(answer);
  for (const auto& order : entry.waiting) order.reply(as_replay(answer, entry.first.key->request_id));
}

}  // namespace orders::actors
