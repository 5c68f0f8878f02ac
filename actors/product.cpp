#include "actors/product.hpp"

#include <algorithm>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/product_state.hpp"

namespace orders::actors {

namespace {

/// How long a product rests before its last movement is recorded as applied: under load the next movement
/// does it for free.
constexpr std::chrono::milliseconds mark_after{1'000};

/// While orders wait for a catalog that has failed, it is asked again after so many times retry_min at most.
constexpr int looks_apart = 8;

/// How often in a row the catalog must not know a product before it counts as gone.
constexpr int gone_looks_min = 3;

/// So many releases that nobody waits for are kept in mind.
constexpr std::size_t unasked_releases_max = 5'000;

}  // namespace

ProductState::~ProductState() {
  if (context_ == nullptr) return;
  count_parked(0);
  void_put_ = false;  // nobody knows it any more
  end_turn();
  --context_->counters.products_resident;
}

void ProductState::attach(const Context* context, Catalog parent, ProductId id) {
  context_ = context;
  parent_ = std::move(parent);
  id_ = id;
  retry_after_ = settings().retry_min;
  ++context_->counters.products_resident;
}

void ProductState::hold(HoldUnits& ask) {
  ++handled_;
  queue_.holds.push_back({std::move(ask), false});
  if (phase_ == Phase::backing_off) {
    // Somebody waits: look again soon, however long the catalog has been down, but not for each of them.
    resume_at_ =
        std::min(resume_at_, failed_at_ + std::min(retry_after_, looks_apart * settings().retry_min));
    keep_ticking();
  }
  next_cycle();
}

void ProductState::release(ReleaseUnits& ask) {
  ++handled_;
  const auto waiting_for = waited_for(ask.key);
  if (const auto withdrawn = queue_.withdraw(ask.key)) {  // R14: undecided holds leave the queue
    if (ask.urgent) tell_delay(ask, waiting_for);
    ask.reply(Done{});
    count_parked(queue_.parked());
    return;
  }
  // R10: of a cancelled order, and owed until it is given back: if not by this actor, then by the recovery.
  if (ask.reply.answered() && queue_.releases.size() >= unasked_releases_max) return;
  if (ask.urgent && phase_ != Phase::idle) tell_delay(ask, waiting_for);
  queue_.releases.push_back(std::move(ask));
  next_cycle();
}

void ProductState::attend(Attend& ask) {
  ++handled_;
  queue_.attends.push_back(std::move(ask));
  next_cycle();
}

void ProductState::tick() {
  if (Clock::now() < tick_at_) return;  // an earlier one was asked for after this one, and has done the work
  tick_at_ = Clock::time_point::max();
  if (phase_ == Phase::backing_off && Clock::now() >= resume_at_) phase_ = Phase::idle;
  poll_parked_ = queue_.parked() > 0;
  next_cycle();
  if (phase_ == Phase::idle && queue_.empty()) mark_applied();
  keep_ticking();
}

void ProductState::retire_if_idle() {
  if (phase_ != Phase::idle || !queue_.empty() || unsettled()) return;
  if (ledger_ && ledger_->intended) return mark_applied();
  tell(parent_, AskToRetire<ProductId>{id_, handled_});
}

/// What a hold or release that cannot go on at once is waiting for.
ErrorCode ProductState::waited_for(const HoldKey& key) const {
  const auto parked = std::any_of(queue_.holds.begin(), queue_.holds.end(),
                                  [&key](const QueuedHold& q) { return q.parked && q.ask.hold.key == key; });
  if (parked) return ErrorCode::contended;
  const auto catalog = !put_failed_ && context_->catalog_client.traffic(0).answering
                           ? ErrorCode::overloaded
                           : ErrorCode::catalog_unavailable;
  if (unsettled()) return catalog;  // whatever is being done about it just now
  return phase_ == Phase::reading || phase_ == Phase::recording ? ErrorCode::storage_unavailable : catalog;
}

/// Before anything was recorded: nobody waits in vain, and what must still happen is tried again later.
void ProductState::fail(const Error& error) {
  // No movement has taken these (on_recorded() repeats what may have been written), but it has these.
  for (const auto& hold : queue_.holds) hold.ask.reply(nothing_held(error));
  queue_.holds.clear();
  for (const auto& hold : queue_.unconfirmed) hold.reply(error);  // their orders will give them back
  // With several instances another one may have brought it into the ledger since, so they look again.
  if (known_ && !ledger_ && !several()) drop_idle_releases();
  queue_.unconfirmed.clear();
  answer_attends(error);
  report_delay(error.code);
  count_parked(0);
  if (error.code == ErrorCode::internal) known_ = false;
  // What is known of a refused PUT keeps others from having their turn: not for as long as this may last.
  // Without it the PUT was not answered, like any other.
  if (retry_after_ >= std::min(settings().retry_max, looks_apart * settings().retry_min)) void_put_ = false;
  back_off();
}

/// Of a product that is not in the ledger nothing can be held.
void ProductState::drop_idle_releases() {
  for (const auto& release : queue_.releases) release.reply(Done{});
  queue_.releases.clear();
}

void ProductState::not_in_catalog() {
  // Read just before: nothing can be held of it, here or elsewhere, and nothing be owed.
  if (!ledger_) drop_idle_releases();
  for (const auto& hold : queue_.holds) hold.ask.reply(HoldAnswer{HoldVerdict::refused, 0, false});
  queue_.holds.clear();
  count_parked(0);
  const bool nothing_to_do = std::all_of(queue_.attends.begin(), queue_.attends.end(),
                                         [](const Attend& ask) { return ask.releases.empty(); });
  if ((nothing_to_do || !ledger_) && !unsettled()) {
    Attended gone;
    gone.gone = true;
    answer_attends(gone);
  }
  if (queue_.empty() && !unsettled()) return end_cycle();
  // R17: only a product that has stayed away for a while is given up, since a catalog may lie now and then.
  const auto now = Clock::now();
  if (!gone_since_) gone_since_ = now;
  const bool surely = ++gone_looks_ >= gone_looks_min && now - *gone_since_ >= settings().gone_after;
  if (surely && ledger_) return give_up_stock();
  fail(Error{
      ErrorCode::catalog_unavailable,
      "product " + std::to_string(id_.value) + " has gone from the catalog while units of it are undecided"});
}

/// R17: what is held or owed of a product that is not there any more is released, and nobody is told to PUT.
void ProductState::give_up_stock() {
  cycle_.product = id_;
  cycle_.read = ledger_;
  cycle_.answered = answered_;
  cycle_.gone = true;
  take_queued();
  record();
}

void ProductState::answer_attends(const Result<Attended>& answer) {
  for (const auto* asks : {&queue_.attends, &queue_.attending}) {
    for (const auto& ask : *asks) ask.reply(answer);
  }
  queue_.attends.clear();
  queue_.attending.clear();
}

/// Once for each: an order that is past its deadline needs no more news of it.
void ProductState::tell_delay(ReleaseUnits& release, ErrorCode waiting_for) {
  if (const auto told = std::exchange(release.delayed, {})) told(waiting_for);
}

/// Releases are in good hands but not done: their orders need not wait for them.
void ProductState::report_delay(ErrorCode waiting_for) {
  for (const auto& release : queue_.releasing) release.reply(Done{});  // in the ledger, and so certain (R8)
  queue_.releasing.clear();
  for (auto& release : queue_.releases) tell_delay(release, waiting_for);
}

void ProductState::back_off() {
  if (queue_.empty() && !unsettled()) return end_cycle();
  end_turn();
  phase_ = Phase::backing_off;
  failed_at_ = Clock::now();
  resume_at_ = failed_at_ + retry_after_;
  retry_after_ = std::min(retry_after_ * 2, settings().retry_max);
  keep_ticking();
}

void ProductState::mark_applied() {
  if (!known_ || !ledger_ || !ledger_->intended || !answered_) return;
  phase_ = Phase::recording;
  tell(context_->board.intent_writer(id_),
       MarkApplied{*ledger_, reply_on<Done>(handle(), [this](const Result<Done>& done) {
                     if (done.ok()) {
                       ledger_->intended = false;
                     } else {
                       known_ = false;  // it may have been recorded or not: read it before the next cycle
                     }
                     end_cycle();
                   })});
}

void ProductState::keep_ticking() {
  auto wanted = Clock::time_point::max();
  const auto now = Clock::now();
  if (phase_ == Phase::backing_off) {
    wanted = resume_at_;
  } else if (queue_.parked() > 0) {
    wanted = now + context_->settings.orders.parked_poll;
  } else if (phase_ == Phase::idle && known_ && ledger_ && ledger_->intended && answered_) {
    // Where others write, too, their edit may come any time, and is plain only then.
    wanted = now + (settings().version_etags ? std::chrono::milliseconds(0) : mark_after);
  }
  if (wanted >= tick_at_) return;
  tick_at_ = wanted;
  self_->delayed_send(handle(), std::max<Clock::duration>(wanted - now, Clock::duration::zero()), Tick{});
}

void ProductState::count_parked(std::size_t now) {
  context_->counters.holds_parked +=
      static_cast<std::int64_t>(now) - static_cast<std::int64_t>(parked_counted_);
  parked_counted_ = now;
}

namespace {

Product::behavior_type product(Product::stateful_pointer<ProductState> self, const Context* context,
                               Catalog parent, ProductId id) {
  auto& state = self->state;
  state.attach(context, std::move(parent), id);
  return {
      [&state](HoldUnits& ask) { state.hold(ask); },
      [&state](ReleaseUnits& ask) { state.release(ask); },
      [&state](Attend& ask) { state.attend(ask); },
      [](Call& call) { call.run(); },
      [&state](Tick) { state.tick(); },
      [&state](RetireIfIdle) { state.retire_if_idle(); },
      [self](Retire) { self->quit(); },
  };
}

}  // namespace

Product spawn_product(caf::actor_system& system, const Context& context, const Catalog& parent,
                      ProductId id) {
  return system.spawn<caf::lazy_init>(product, &context, parent, id);
}

}  // namespace orders::actors
