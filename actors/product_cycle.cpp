// The cycle of a product, step by step (R2): read the ledger, GET, record; product_put.cpp has the PUT and
// the answers.
#include <algorithm>
#include <iterator>

#include <spdlog/spdlog.h>

#include "actors/product_state.hpp"
#include "domain/crash_point.hpp"

namespace orders::actors {

namespace {

/// Several instances: how long one waits after a cycle of a product before it wants the next, and how soon
/// one that did not get its turn asks again. The second is shorter, so that everybody gets a turn.
constexpr std::chrono::milliseconds way_for_others{6};
constexpr std::chrono::milliseconds look_again{2};

/// A question may end a little before its deadline: what cannot be answered in time is not asked.
constexpr std::chrono::milliseconds too_near{100};

/// A cycle gives back so many reservations, that its statement stays short; the others follow in the next.
constexpr std::size_t releases_at_once = 500;

}  // namespace

void ProductState::next_cycle() {
  if (phase_ != Phase::idle) return;
  for (const auto& late : queue_.expired(Clock::now())) {
    late.reply(nothing_held({ErrorCode::timed_out, "the deadline passed before the stock was asked for"}));
  }
  skip_abandoned();
  count_parked(queue_.parked());
  // R11: holds whose PUT was not answered keep the product at work, even if another instance settles it.
  const bool work = queue_.fresh_holds() || poll_parked_ || !queue_.releases.empty() || unsettled() ||
                    !queue_.unconfirmed.empty() || !queue_.attends.empty();
  if (!work || give_way()) return;
  poll_parked_ = false;  // before anything can fail: what fails comes back here, and must find nothing to do
  crash_point("cycle.begins");
  if (const auto obstacle = context_->obstacle()) return fail(*obstacle);
  if (known_ && !several()) return get();
  read_ledger();
}

void ProductState::read_ledger() {
  phase_ = Phase::reading;
  tell(context_->board.intent_writer(id_),
       ReadLedger{id_, several(),
                  reply_on<std::optional<Ledger>>(
                      handle(), [this](Result<std::optional<Ledger>> row) { on_ledger(std::move(row)); })});
}

/// R15: between two cycles others get the chance to have theirs; whoever comes meanwhile goes with the next.
bool ProductState::give_way() {
  if (!several() || Clock::now() >= way_until_) return false;
  phase_ = Phase::backing_off;
  resume_at_ = way_until_;
  keep_ticking();
  return true;
}

/// What only this actor knows of the ledger's PUT is worth something only until another instance has its
/// turn.
void ProductState::end_turn() {
  if (!turn_ || void_put_) return;
  turn_ = false;
  way_until_ = Clock::now() + way_for_others;
  tell(context_->board.intent_writer(id_), EndTurn{id_});
}

/// Holds that no cycle has taken yet and whose clients have gone.
void ProductState::skip_abandoned() {
  for (const auto& hold : queue_.abandoned()) {
    hold.reply(nothing_held({ErrorCode::client_gone, "the client left before the stock was asked for"}));
  }
}

void ProductState::on_ledger(Result<std::optional<Ledger>> row) {
  if (!row.ok()) {
    if (row.error().code != ErrorCode::contended) return fail(row.error());
    way_until_ = Clock::now() + look_again;  // another instance has its turn
    phase_ = Phase::idle;
    poll_parked_ = queue_.parked() > 0;
    return next_cycle();
  }
  turn_ = several();
  crash_point("cycle.ledger_read");
  take_ledger(std::move(row.value()));
  get();
}

void ProductState::take_ledger(std::optional<Ledger> row) {
  known_ = true;
  // Whoever sent the PUT of another movement, it was not this actor.
  const bool same = ledger_.has_value() && row.has_value() && ledger_->seq == row->seq;
  answered_ = answered_ && same;
  void_put_ = void_put_ && same;
  ledger_ = std::move(row);
}

void ProductState::get() {
  phase_ = Phase::getting;
  cycle_.asked_at = Clock::now();
  get_until_ = cycle_.asked_at + context_->settings.orders.deadline;
  // Nobody needs the answer once the last of those who wait for it has given up.
  if (const auto last = queue_.only_holds_until(); last && !unsettled())
    get_until_ = std::min(get_until_, *last);
  context_->catalog_client.get(
      id_, get_until_,
      [reply = reply_on<std::optional<CatalogProduct>>(
           handle(), [this](Result<std::optional<CatalogProduct>> seen) { on_seen(std::move(seen)); })](
          Result<std::optional<CatalogProduct>> seen) { reply(std::move(seen)); });
}

void ProductState::on_seen(Result<std::optional<CatalogProduct>> seen) {
  if (!seen.ok()) {
    const auto now = Clock::now();
    if (get_until_ > now + too_near) return fail(seen.error());
    // It was asked for those whose time is over now. Who came meanwhile has time for a question of their own.
    for (const auto& late : queue_.expired(now + 2 * too_near)) late.reply(nothing_held(seen.error()));
    return queue_.fresh_holds() ? end_cycle() : fail(seen.error());
  }
  crash_point("cycle.seen");
  if (!seen.value()) return not_in_catalog();
  cycle_.product = id_;
  cycle_.read = ledger_;
  cycle_.answered = answered_;
  cycle_.void_put = void_put_;
  cycle_.seen = std::move(*seen.value());
  cycle_.conditional = settings().version_etags && is_strong_etag(cycle_.seen.etag);
  cycle_.gone = false;
  gone_since_.reset();
  gone_looks_ = 0;
  skip_abandoned();
  take_queued();
  record();
}

/// Makes what has queued up part of the cycle.
void ProductState::take_queued() {
  cycle_.holds.clear();
  cycle_.releases.clear();
  // Taken over here, not before: what arrived during the GET goes with this cycle too. R1 makes that safe,
  // since the ledger decides and not what the GET saw.
  auto& releases = queue_.releases;
  const auto rest =
      releases.begin() + static_cast<std::ptrdiff_t>(std::min(releases.size(), releases_at_once));
  giving_back_.assign(std::make_move_iterator(releases.begin()), std::make_move_iterator(rest));
  releases.erase(releases.begin(), rest);
  if (releases.empty()) {  // else they wait: there will be more than this cycle knows
    deciding_ = std::move(queue_.holds);
    queue_.holds.clear();
  }
  for (const auto& hold : deciding_) cycle_.holds.push_back(hold.ask.hold);
  for (const auto& release : giving_back_) cycle_.releases.push_back(release.key);
  queue_.attending = std::move(queue_.attends);
  queue_.attends.clear();
  for (const auto& ask : queue_.attending) {
    cycle_.releases.insert(cycle_.releases.end(), ask.releases.begin(), ask.releases.end());
  }
}

void ProductState::record() {
  phase_ = Phase::recording;
  crash_point("cycle.records");
  recording_since_ = Clock::now();
  tell(context_->board.intent_writer(id_),
       RecordCycle{cycle_, reply_on<CycleResult>(handle(), [this](Result<CycleResult> result) {
                     on_recorded(std::move(result));
                   })});
}

void ProductState::on_recorded(Result<CycleResult> recorded) {
  if (!recorded.ok()) {
    if (recorded.error().code == ErrorCode::lost) return record();  // R7: the same again tells what happened
    requeue_releases();
    for (auto& hold : deciding_) queue_.holds.push_back(std::move(hold));
    deciding_.clear();
    return fail(recorded.error());
  }
  crash_point("cycle.recorded");
  auto& result = recorded.value();
  ++context_->counters.cycles;
  context_->counters.foreign_edits += result.foreign ? 1 : 0;
  context_->counters.late_writes += result.repaired ? 1 : 0;
  context_->counters.movements += result.moved ? 1 : 0;
  if (result.foreign) {
    spdlog::warn("product {}: somebody else changed its stock; the ledger follows the catalog ({} units)",
                 id_.value, cycle_.seen.quantity);
  }
  if (result.repaired) {
    spdlog::warn("product {}: a late write of our own ({} units) is overwritten with {} units", id_.value,
                 cycle_.seen.quantity, result.ledger.quantity);
  }
  if (result.stale) return start_again(result);
  const bool moved = result.moved;
  attended_ = {cycle_.gone, result.repaired, result.foreign, result.ledger.quantity};
  ledger_ = std::move(result.ledger);
  answered_ = answered_ && !moved;
  void_put_ = void_put_ && !moved;
  first_put_ = moved && !result.unsettled;
  for (auto& release : giving_back_) queue_.releasing.push_back(std::move(release));
  giving_back_.clear();
  settle_holds(result.holds);
  requeue_voided(result.voided);
  if (cycle_.gone) refuse_unconfirmed(moved);
  if (result.put) return put();
  if (moved) answered_ = true;  // the catalog shows it already: nothing was sent that could be unanswered
  confirm();
  end_cycle();
}

/// What was granted before the product went away has been released with everything else.
void ProductState::refuse_unconfirmed(bool given_up) {
  if (given_up) {
    spdlog::warn("product {}: gone from the catalog; what was held and owed of it is given up", id_.value);
    ++context_->counters.products_gone;
  }
  for (const auto& hold : queue_.unconfirmed) hold.reply(HoldAnswer{HoldVerdict::refused, 0, false});
  queue_.unconfirmed.clear();
}

/// The ledger had moved on: decide again, on what it says now (R3).
void ProductState::start_again(const CycleResult& result) {
  ++context_->counters.cycles_stale;
  std::vector<QueuedHold> again;
  for (std::size_t i = 0; i < deciding_.size(); ++i) {
    if (result.holds[i] == HoldVerdict::granted) {
      queue_.unconfirmed.push_back(std::move(deciding_[i].ask));
    } else {
      again.push_back(std::move(deciding_[i]));
    }
  }
  deciding_.clear();
  queue_.put_first(std::move(again));
  requeue_releases();
  requeue_attends();
  known_ = false;  // read it anew: it may even have gone
  poll_parked_ = true;
  end_cycle();
}

void ProductState::requeue_releases() {
  for (auto& release : giving_back_) queue_.releases.push_back(std::move(release));
  giving_back_.clear();
}

void ProductState::requeue_attends() {
  for (auto& ask : queue_.attending) queue_.attends.push_back(std::move(ask));
  queue_.attending.clear();
}

/// What was granted before and is not there any more is asked for again, before everything else.
void ProductState::requeue_voided(const std::vector<HoldKey>& voided) {
  if (voided.empty()) return;
  std::vector<QueuedHold> again;
  for (const auto& key : voided) {
    const auto found = std::find_if(queue_.unconfirmed.begin(), queue_.unconfirmed.end(),
                                    [&key](const HoldUnits& ask) { return ask.hold.key == key; });
    if (found == queue_.unconfirmed.end()) continue;  // its order notices when it is written (R6)
    again.push_back({std::move(*found), false});
    queue_.unconfirmed.erase(found);
  }
  queue_.put_first(std::move(again));
}

void ProductState::settle_holds(const std::vector<HoldVerdict>& verdicts) {
  std::vector<QueuedHold> parked;
  for (std::size_t i = 0; i < deciding_.size(); ++i) {
    auto& hold = deciding_[i];
    switch (verdicts[i]) {
      case HoldVerdict::granted:
        queue_.unconfirmed.push_back(std::move(hold.ask));
        break;
      case HoldVerdict::refused:
        hold.ask.reply(HoldAnswer{HoldVerdict::refused, std::max(ledger_->quantity, 0), true});
        break;
      case HoldVerdict::undecided:
      case HoldVerdict::conflict:
        park_or_answer(hold, parked);
        break;
    }
  }
  deciding_.clear();
  queue_.put_first(std::move(parked));
  count_parked(queue_.parked());
}

/// R13: all at once, then ascending; only orders that ask one product after another wait for others.
void ProductState::park_or_answer(QueuedHold& hold, std::vector<QueuedHold>& parked) {
  if (!hold.ask.parks) {
    hold.ask.reply(HoldAnswer{HoldVerdict::conflict});
  } else if (!hold.parked && context_->counters.holds_parked >=
                                 static_cast<std::int64_t>(context_->settings.orders.parked_max)) {
    hold.ask.reply(nothing_held(
        {ErrorCode::overloaded, "too many orders wait for stock that others have not decided on"}));
  } else {
    hold.parked = true;
    parked.push_back(std::move(hold));
  }
}

void ProductState::end_cycle() {
  // Others must not take it for unsettled, now that somebody else may change the catalog any time.
  if (turn_ && settings().version_etags && known_ && answered_ && ledger_ && ledger_->intended)
    return mark_applied();
  end_turn();
  phase_ = Phase::idle;
  next_cycle();
  keep_ticking();
}

}  // namespace orders::actors
