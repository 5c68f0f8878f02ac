#include "actors/product.hpp"

#include <algorithm>

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include "actors/stock_queue.hpp"

namespace orders::actors {

namespace {

using Clock = std::chrono::steady_clock;

/// How long a product rests before its last movement is recorded as applied: under load the next movement does it for free.
constexpr std::chrono::milliseconds mark_after{1'000};

}  // namespace

class ProductState {
 public:
  static constexpr const char* name = "product";

  explicit ProductState(Product::pointer self) : self_(self) {}
  ProductState(const ProductState&) = delete;
  ProductState& operator=(const ProductState&) = delete;
  ProductState(ProductState&&) = delete;
  ProductState& operator=(ProductState&&) = delete;
  ~ProductState() {
    if (context_ == nullptr) return;
    count_parked(0);
    --context_->counters.products_resident;
  }

  void attach(const Context* context, Catalog parent, ProductId id) {
    context_ = context;
    parent_ = std::move(parent);
    id_ = id;
    retry_after_ = settings().retry_min;
    ++context_->counters.products_resident;
  }

  void hold(HoldUnits& ask) {
    ++handled_;
    queue_.holds.push_back({std::move(ask), false});
    if (phase_ == Phase::backing_off) {
      // Somebody waits: look again soon, however long the catalog has been down.
      resume_at_ = std::min(resume_at_, Clock::now() + settings().retry_min);
      keep_ticking();
    }
    next_cycle();
  }

  void release(ReleaseUnits& ask) {
    ++handled_;
    const auto waiting_for = waited_for(ask.key);
    if (const auto withdrawn = queue_.withdraw(ask.key)) {  // R14: undecided holds leave the queue
      if (ask.urgent && ask.delayed) ask.delayed(waiting_for);
      ask.reply(Done{});
      count_parked(queue_.parked());
      return;
    }
    if (ask.urgent && ask.delayed && phase_ != Phase::idle) ask.delayed(waiting_for);
    queue_.releases.push_back(std::move(ask));
    next_cycle();
  }

  void tick() {
    if (Clock::now() < tick_at_) return;  // an earlier one was asked for after this one, and has done the work
    tick_at_ = Clock::time_point::max();
    if (phase_ == Phase::backing_off && Clock::now() >= resume_at_) phase_ = Phase::idle;
    poll_parked_ = queue_.parked() > 0;
    next_cycle();
    if (phase_ == Phase::idle && queue_.empty()) mark_applied();
    keep_ticking();
  }

  void retire_if_idle() {
    if (phase_ != Phase::idle || !queue_.empty() || unsettled()) return;
    if (ledger_ && ledger_->intended) return mark_applied();
    tell(parent_, AskToRetire<ProductId>{id_, handled_});
  }

 private:
  enum class Phase : std::uint8_t { idle, reading, getting, recording, putting, backing_off };

  Product handle() { return caf::actor_cast<Product>(self_); }
  [[nodiscard]] const config::Catalog& settings() const { return context_->settings.catalog; }

  /// The catalog may not show the ledger's quantity, and the next cycle has to tell it (R2).
  [[nodiscard]] bool unsettled() const { return ledger_ && ledger_->intended && !answered_; }

  /// What a hold or release that cannot go on at once is waiting for.
  [[nodiscard]] ErrorCode waited_for(const HoldKey& key) const {
    const auto parked = std::any_of(queue_.holds.begin(), queue_.holds.end(), [&key](const QueuedHold& q) {
      return q.parked && q.ask.hold.key == key;
    });
    if (parked) return ErrorCode::contended;
    return phase_ == Phase::reading || phase_ == Phase::recording ? ErrorCode::storage_unavailable
                                                                  : ErrorCode::catalog_unavailable;
  }

  // ---- a cycle, step by step ----

  void next_cycle() {
    if (phase_ != Phase::idle) return;
    for (const auto& late : queue_.expired(Clock::now())) {
      late.reply(Error{ErrorCode::timed_out, "the deadline passed before the stock was asked for"});
    }
    count_parked(queue_.parked());
    const bool work = queue_.fresh_holds() || poll_parked_ || !queue_.releases.empty() || unsettled() ||
                      !queue_.unconfirmed.empty();
    if (!work) return;
    poll_parked_ = false;
    if (known_) return get();
    phase_ = Phase::reading;
    tell(context_->board.intent_writer(id_),
         ReadLedger{id_, reply_on<std::optional<Ledger>>(handle(), [this](Result<std::optional<Ledger>> row) {
                      on_ledger(std::move(row));
                    })});
  }

  void on_ledger(Result<std::optional<Ledger>> row) {
    if (!row.ok()) return fail(row.error());
    take_ledger(std::move(row.value()));
    get();
  }

  void take_ledger(std::optional<Ledger> row) {
    known_ = true;
    ledger_ = std::move(row);
    answered_ = false;  // whoever sent the PUT of that movement, it was not this actor
  }

  void get() {
    phase_ = Phase::getting;
    context_->catalog_client.get(
        id_, Clock::now() + context_->settings.orders.deadline,
        [reply = reply_on<std::optional<CatalogProduct>>(
             handle(), [this](Result<std::optional<CatalogProduct>> seen) { on_seen(std::move(seen)); })](
            Result<std::optional<CatalogProduct>> seen) { reply(std::move(seen)); });
  }

  void on_seen(Result<std::optional<CatalogProduct>> seen) {
    if (!seen.ok()) return fail(seen.error());
    if (!seen.value()) return not_in_catalog();
    cycle_.product = id_;
    cycle_.read = ledger_;
    cycle_.answered = answered_;
    cycle_.seen = std::move(*seen.value());
    cycle_.holds.clear();
    cycle_.releases.clear();
    // Taken over here, not before: what arrived during the GET goes with this cycle too. R1 makes that safe, since the
    // ledger decides and not what the GET saw.
    deciding_ = std::move(queue_.holds);
    queue_.holds.clear();
    giving_back_ = std::move(queue_.releases);
    queue_.releases.clear();
    for (const auto& hold : deciding_) cycle_.holds.push_back(hold.ask.hold);
    for (const auto& release : giving_back_) cycle_.releases.push_back(release.key);
    record();
  }

  void record() {
    phase_ = Phase::recording;
    tell(context_->board.intent_writer(id_),
         RecordCycle{cycle_, reply_on<CycleResult>(handle(), [this](Result<CycleResult> result) {
                       on_recorded(std::move(result));
                     })});
  }

  void on_recorded(Result<CycleResult> recorded) {
    if (!recorded.ok()) {
      if (recorded.error().code == ErrorCode::lost) return record();  // R7: the same again tells what happened
      requeue_releases();
      for (auto& hold : deciding_) queue_.holds.push_back(std::move(hold));
      deciding_.clear();
      return fail(recorded.error());
    }
    auto& result = recorded.value();
    ++context_->counters.cycles;
    context_->counters.foreign_edits += result.foreign ? 1 : 0;
    context_->counters.late_writes += result.repaired ? 1 : 0;
    context_->counters.movements += result.moved ? 1 : 0;
    if (result.foreign) {
      spdlog::warn("product {}: somebody else changed its stock; the ledger follows the catalog ({} units)", id_.value,
                   cycle_.seen.quantity);
    }
    if (result.stale) return start_again(result);
    const bool moved = result.moved;
    ledger_ = std::move(result.ledger);
    answered_ = answered_ && !moved;
    for (auto& release : giving_back_) queue_.releasing.push_back(std::move(release));
    giving_back_.clear();
    settle_holds(result.holds);
    if (result.put) return put();
    if (moved) answered_ = true;  // the catalog shows it already: nothing was sent that could be unanswered
    confirm();
    end_cycle();
  }

  /// The ledger had moved on: decide again, on what it says now (R3).
  void start_again(const CycleResult& result) {
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
    for (auto& hold : queue_.holds) again.push_back(std::move(hold));
    queue_.holds = std::move(again);
    requeue_releases();
    known_ = false;  // read it anew: it may even have gone
    poll_parked_ = true;
    end_cycle();
  }

  void requeue_releases() {
    for (auto& release : giving_back_) queue_.releases.push_back(std::move(release));
    giving_back_.clear();
  }

  void settle_holds(const std::vector<HoldVerdict>& verdicts) {
    std::vector<QueuedHold> parked;
    for (std::size_t i = 0; i < deciding_.size(); ++i) {
      auto& hold = deciding_[i];
      switch (verdicts[i]) {
        case HoldVerdict::granted: queue_.unconfirmed.push_back(std::move(hold.ask)); break;
        case HoldVerdict::refused:
          hold.ask.reply(HoldAnswer{HoldVerdict::refused, std::max(ledger_->quantity, 0), true});
          break;
        case HoldVerdict::undecided:
        case HoldVerdict::conflict: park_or_answer(hold, parked); break;
      }
    }
    deciding_.clear();
    for (auto& hold : queue_.holds) parked.push_back(std::move(hold));  // who has waited longer comes first
    queue_.holds = std::move(parked);
    count_parked(queue_.parked());
  }

  void park_or_answer(QueuedHold& hold, std::vector<QueuedHold>& parked) {
    if (!hold.ask.parks) {
      hold.ask.reply(HoldAnswer{HoldVerdict::conflict});
    } else if (!hold.parked &&
               context_->counters.holds_parked >= static_cast<std::int64_t>(context_->settings.orders.parked_max)) {
      hold.ask.reply(Error{ErrorCode::overloaded, "too many orders wait for stock that others have not decided on"});
    } else {
      hold.parked = true;
      parked.push_back(std::move(hold));
    }
  }

  void put() {
    phase_ = Phase::putting;
    CatalogProduct product;
    product.id = id_;
    product.name = ledger_->name;
    product.price = ledger_->price;
    product.quantity = ledger_->quantity;
    context_->catalog_client.put(
        product, Clock::now() + settings().call_timeout,
        [reply = reply_on<Done>(handle(), [this](const Result<Done>& done) { on_put(done); })](Result<Done> done) {
          reply(std::move(done));
        });
  }

  void on_put(const Result<Done>& done) {
    if (!done.ok()) {
      ++context_->counters.puts_unanswered;
      spdlog::warn("product {}: movement {} ({} units) was not confirmed by the catalog, which will be told again: {}",
                   id_.value, ledger_->seq, ledger_->quantity, done.error().detail);
      report_delay(ErrorCode::catalog_unavailable);
      return back_off();
    }
    answered_ = true;
    confirm();
    end_cycle();
  }

  /// The catalog shows what the ledger says: what was granted and given back is certain now.
  void confirm() {
    for (const auto& hold : queue_.unconfirmed) hold.reply(HoldAnswer{HoldVerdict::granted});
    queue_.unconfirmed.clear();
    for (const auto& release : queue_.releasing) release.reply(Done{});
    queue_.releasing.clear();
    retry_after_ = settings().retry_min;
  }

  void end_cycle() {
    phase_ = Phase::idle;
    next_cycle();
    keep_ticking();
  }

  // ---- when something fails ----

  /// Before anything was recorded: nobody waits in vain, and what must still happen is tried again later.
  void fail(const Error& error) {
    for (const auto& hold : queue_.holds) hold.ask.reply(error);
    queue_.holds.clear();
    for (const auto& hold : queue_.unconfirmed) hold.reply(error);  // their orders will give them back
    queue_.unconfirmed.clear();
    report_delay(error.code);
    count_parked(0);
    if (error.code == ErrorCode::internal) known_ = false;
    back_off();
  }

  void not_in_catalog() {
    for (const auto& hold : queue_.holds) hold.ask.reply(HoldAnswer{HoldVerdict::refused, 0, false});
    queue_.holds.clear();
    count_parked(0);
    if (queue_.empty() && !unsettled()) return end_cycle();
    fail(Error{ErrorCode::catalog_unavailable,
               "product " + std::to_string(id_.value) + " has gone from the catalog while units of it are undecided"});
  }

  /// Releases are in good hands but not done: their orders need not wait for them.
  void report_delay(ErrorCode waiting_for) {
    for (const auto& release : queue_.releasing) release.reply(Done{});  // in the ledger, and so certain (R8)
    queue_.releasing.clear();
    for (const auto& release : queue_.releases) {
      if (release.delayed) release.delayed(waiting_for);
    }
  }

  void back_off() {
    if (queue_.empty() && !unsettled()) return end_cycle();
    phase_ = Phase::backing_off;
    resume_at_ = Clock::now() + retry_after_;
    retry_after_ = std::min(retry_after_ * 2, settings().retry_max);
    keep_ticking();
  }

  void mark_applied() {
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

  void keep_ticking() {
    auto wanted = Clock::time_point::max();
    const auto now = Clock::now();
    if (phase_ == Phase::backing_off) {
      wanted = resume_at_;
    } else if (queue_.parked() > 0) {
      wanted = now + context_->settings.orders.parked_poll;
    } else if (phase_ == Phase::idle && known_ && ledger_ && ledger_->intended && answered_) {
      wanted = now + mark_after;
    }
    if (wanted >= tick_at_) return;
    tick_at_ = wanted;
    self_->delayed_send(handle(), std::max<Clock::duration>(wanted - now, Clock::duration::zero()), Tick{});
  }

  void count_parked(std::size_t now) {
    context_->counters.holds_parked += static_cast<std::int64_t>(now) - static_cast<std::int64_t>(parked_counted_);
    parked_counted_ = now;
  }

  Product::pointer self_;
  const Context* context_ = nullptr;
  Catalog parent_;
  ProductId id_;
  Phase phase_ = Phase::idle;
  bool known_ = false;  ///< the ledger row has been read
  std::optional<Ledger> ledger_;
  bool answered_ = false;  ///< this actor sent every PUT of the ledger's movement, and all were answered
  CycleRequest cycle_;
  std::vector<QueuedHold> deciding_;
  std::vector<ReleaseUnits> giving_back_;
  StockQueue queue_;
  std::chrono::milliseconds retry_after_{0};
  Clock::time_point resume_at_;
  bool poll_parked_ = false;
  Clock::time_point tick_at_ = Clock::time_point::max();
  std::size_t parked_counted_ = 0;
  std::uint64_t handled_ = 0;
};

namespace {

Product::behavior_type product(Product::stateful_pointer<ProductState> self, const Context* context, Catalog parent,
                               ProductId id) {
  auto& state = self->state;
  state.attach(context, std::move(parent), id);
  return {
      [&state](HoldUnits& ask) { state.hold(ask); },
      [&state](ReleaseUnits& ask) { state.release(ask); },
      [](Call& call) { call.run(); },
      [&state](Tick) { state.tick(); },
      [&state](RetireIfIdle) { state.retire_if_idle(); },
      [self](Retire) { self->quit(); },
  };
}

}  // namespace

Product spawn_product(caf::actor_system& system, const Context& context, const Catalog& parent, ProductId id) {
  return system.spawn<caf::lazy_init>(product, &context, parent, id);
}

}  // namespace orders::actors
