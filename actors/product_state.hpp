// The state of a product actor: the product's ledger as last read, what is queued, and which step of the
// cycle it is in. Lives in one actor. product.cpp has how it is spoken to, waits and fails; product_cycle.cpp
// the cycle, step by step; product_put.cpp its end.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/context.hpp"
#include "actors/stock_queue.hpp"

namespace orders::actors {

class ProductState {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr const char* name = "product";

  explicit ProductState(Product::pointer self) : self_(self) {}
  ProductState(const ProductState&) = delete;
  ProductState& operator=(const ProductState&) = delete;
  ProductState(ProductState&&) = delete;
  ProductState& operator=(ProductState&&) = delete;
  ~ProductState();

  void attach(const Context* context, Catalog parent, ProductId id);
  void hold(HoldUnits& ask);
  void release(ReleaseUnits& ask);
  void attend(Attend& ask);
  void tick();
  void retire_if_idle();

 private:
  enum class Phase : std::uint8_t { idle, reading, getting, recording, putting, backing_off };

  Product handle() { return caf::actor_cast<Product>(self_); }
  [[nodiscard]] const config::Catalog& settings() const { return context_->settings.catalog; }

  /// The catalog may not show the ledger's quantity, and the next cycle has to tell it (R2).
  [[nodiscard]] bool unsettled() const { return ledger_ && ledger_->intended && !answered_; }

  /// What a hold or release that cannot go on at once is waiting for.
  [[nodiscard]] ErrorCode waited_for(const HoldKey& key) const;

  // ---- a cycle, step by step ----

  void next_cycle();
  void read_ledger();
  [[nodiscard]] bool several() const { return context_->settings.cluster.enabled; }
  bool give_way();
  void end_turn();
  void skip_abandoned();
  void on_ledger(Result<std::optional<Ledger>> row);
  void take_queued();
  void take_ledger(std::optional<Ledger> row);
  void get();
  void on_seen(Result<std::optional<CatalogProduct>> seen);
  void record();
  void on_recorded(Result<CycleResult> recorded);
  void start_again(const CycleResult& result);
  void requeue_releases();
  void requeue_attends();
  void requeue_voided(const std::vector<HoldKey>& voided);
  void settle_holds(const std::vector<HoldVerdict>& verdicts);
  void park_or_answer(QueuedHold& hold, std::vector<QueuedHold>& parked);
  void put();
  void on_put(const Result<PutAnswer>& answer);
  void on_version_changed();
  void confirm();
  void end_cycle();

  // ---- when something fails ----

  void fail(const Error& error);
  void not_in_catalog();
  void drop_idle_releases();
  void give_up_stock();
  void refuse_unconfirmed(bool given_up);
  void answer_attends(const Result<Attended>& answer);
  static void tell_delay(ReleaseUnits& release, ErrorCode waiting_for);
  void report_delay(ErrorCode waiting_for);
  void back_off();
  void mark_applied();
  void keep_ticking();
  void count_parked(std::size_t now);

  Product::pointer self_;
  const Context* context_ = nullptr;
  Catalog parent_;
  ProductId id_;
  Phase phase_ = Phase::idle;
  bool known_ = false;  ///< the ledger row has been read
  std::optional<Ledger> ledger_;
  bool answered_ = false;   ///< this actor sent every PUT of the ledger's movement, and all were answered
  bool first_put_ = false;  ///< no PUT but that of the ledger's movement can take effect any more
  bool void_put_ = false;   ///< nor can that one: the catalog refused it
  int refused_in_a_row_ = 0;
  CycleRequest cycle_;
  Attended attended_;  ///< what the cycle has come to so far
  std::vector<QueuedHold> deciding_;
  std::vector<ReleaseUnits> giving_back_;
  StockQueue queue_;
  Clock::time_point recording_since_;
  bool turn_ = false;                            ///< this instance has its turn (R15); only with several
  Clock::time_point way_until_;                  ///< others may have theirs until then
  std::optional<Clock::time_point> gone_since_;  ///< the catalog has not known the product since
  int gone_looks_ = 0;
  Clock::time_point get_until_;
  bool put_failed_ =
      false;  ///< a PUT has not been answered since the catalog last showed the ledger's quantity
  std::chrono::milliseconds retry_after_{0};
  Clock::time_point failed_at_;
  Clock::time_point resume_at_;
  bool poll_parked_ = false;
  Clock::time_point tick_at_ = Clock::time_point::max();
  std::size_t parked_counted_ = 0;
  std::uint64_t handled_ = 0;
};

}  // namespace orders::actors
