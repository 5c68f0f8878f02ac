#include "actors/intent_writer.hpp"

#include <deque>
#include <set>

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include "actors/back_off.hpp"
#include "domain/log_limit.hpp"

namespace orders::actors {

namespace {

class IntentWriterState {
 public:
  static constexpr const char* name = "intent_writer";

  explicit IntentWriterState(IntentWriter::pointer self) : self_(self) {}

  void attach(const Context* context, const OpenJournal& open) {
    context_ = context;
    back_off_ = BackOff(context->settings.database.reconnect_min, context->settings.database.reconnect_max);
    journal_ = open();
  }

  template <class Ask>
  void queue(std::deque<Ask>& queue, Ask& ask) {
    queue.push_back(std::move(ask));
    flush_soon();
  }
  void read(ReadLedger& ask) { queue(reads_, ask); }
  void end_turn(EndTurn& ask) { queue(ended_, ask); }
  void record(RecordCycle& ask) { queue(cycles_, ask); }
  void mark(MarkApplied& ask) { queue(marks_, ask); }

  /// Everything that arrived before this message has queued up by now: that is the group that shares a
  /// commit.
  void flush() {
    flushing_ = false;
    if (stuck_.empty()) {
      end_turns();
      take_turns();
      read_ledgers();
      mark_applied();
      take_batch();
    }
    if (!stuck_.empty()) record_batch();
    if (stuck_.empty() && !(ended_.empty() && reads_.empty() && cycles_.empty() && marks_.empty()))
      flush_soon();
  }

 private:
  void flush_soon() {
    if (flushing_) return;
    flushing_ = true;
    self_->send(caf::actor_cast<IntentWriter>(self_), Flush{});
  }

  void flush_after(std::chrono::milliseconds wait) {
    flushing_ = true;
    self_->delayed_send(caf::actor_cast<IntentWriter>(self_), wait, Flush{});
  }

  /// R15. If it fails, the connection is lost, and the turns with it.
  void end_turns() {
    if (ended_.empty()) return;
    std::vector<ProductId> products;
    for (const auto& ask : ended_) products.push_back(ask.product);
    ended_.clear();
    const auto ended = journal_->end_turns(products);
    if (!ended.ok()) spdlog::debug("stock journal: turns were not ended: {}", ended.error().detail);
  }

  /// R15: reads that want a turn and do not get it are answered here. A statement of its own, before the
  /// ledgers are read.
  void take_turns() {
    std::vector<ProductId> products;
    for (const auto& ask : reads_) {
      if (ask.turn) products.push_back(ask.product);
    }
    if (products.empty()) return;
    const auto taken = journal_->take_turns(products);
    std::deque<ReadLedger> ours;
    std::size_t place = 0;
    for (auto& ask : reads_) {
      if (ask.turn && !taken.ok()) {
        ask.reply(taken.error());
      } else if (ask.turn && !taken.value()[place++]) {
        ask.reply(Error{ErrorCode::contended, "another instance has its turn at this product"});
      } else {
        ours.push_back(std::move(ask));
      }
    }
    reads_ = std::move(ours);
  }

  void read_ledgers() {
    if (reads_.empty()) return;
    std::vector<ProductId> products;
    for (const auto& ask : reads_) products.push_back(ask.product);
    const auto rows = journal_->read(products);
    for (std::size_t i = 0; i < reads_.size(); ++i) {
      if (rows.ok()) {
        reads_[i].reply(rows.value()[i]);
      } else {
        reads_[i].reply(rows.error());
      }
    }
    reads_.clear();
  }

  void mark_applied() {
    if (marks_.empty()) return;
    std::vector<Ledger> rows;
    for (const auto& ask : marks_) rows.push_back(ask.row);
    const auto done = journal_->mark_applied(rows);
    for (const auto& ask : marks_) ask.reply(done);
    marks_.clear();
  }

  /// As many cycles as go together; a product stands in a batch once, its next cycle waits for the next
  /// batch.
  void take_batch() {
    std::set<ProductId> taken;
    std::deque<RecordCycle> left;
    for (auto& ask : cycles_) {
      const bool room = stuck_.size() < context_->settings.database.intent_batch_max;
      if (room && taken.insert(ask.cycle.product).second) {
        stuck_.push_back(std::move(ask));
      } else {
        left.push_back(std::move(ask));
      }
    }
    cycles_ = std::move(left);
    unknown_ = false;
  }

  void record_batch() {
    std::vector<CycleRequest> requests;
    requests.reserve(stuck_.size());
    for (const auto& ask : stuck_) requests.push_back(ask.cycle);
    auto results = journal_->record(requests);
    ++context_->counters.intent_batches;
    if (results.ok()) {
      for (std::size_t i = 0; i < stuck_.size(); ++i) stuck_[i].reply(std::move(results.value()[i]));
      return done();
    }
    const auto& error = results.error();
    if (error.code == ErrorCode::outcome_unknown ||
        (unknown_ && error.code == ErrorCode::storage_unavailable)) {
      return repeat(error);
    }
    if (error.code == ErrorCode::internal && stuck_.size() > 1) return one_by_one();
    if (const auto more = limit_.pass(error.detail)) {
      spdlog::error("stock journal: {} cycles were not recorded: {}{}", stuck_.size(), error.detail, *more);
    }
    for (const auto& ask : stuck_) ask.reply(error);
    done();
  }

  /// R7: nobody can tell whether it was committed, so the same is sent again until somebody can.
  void repeat(const Error& error) {
    if (!unknown_) ++context_->counters.commits_unknown;
    unknown_ = true;
    ++context_->counters.storage_retries;
    const auto wait = back_off_.next();
    spdlog::warn("stock journal: {} cycles of unknown outcome are sent again in {} ms: {}", stuck_.size(),
                 wait.count(), error.detail);
    flush_after(wait);
  }

  /// One of the batch can't be written: find out which, so that the others go on.
  void one_by_one() {
    auto batch = std::move(stuck_);
    stuck_.clear();
    const bool sent_before = unknown_;  // R7: what the batch may have written, each of it may have
    for (auto& ask : batch) {
      auto result = journal_->record({ask.cycle});
      if (result.ok()) {
        ask.reply(std::move(result.value().front()));
      } else if (result.error().code == ErrorCode::outcome_unknown ||
                 (sent_before && result.error().code == ErrorCode::storage_unavailable)) {
        stuck_.push_back(std::move(ask));
        unknown_ = true;
      } else {
        spdlog::error("stock journal: the cycle of product {} was not recorded: {}", ask.cycle.product.value,
                      result.error().detail);
        ask.reply(result.error());
      }
    }
    if (stuck_.empty()) return done();
    flush_after(back_off_.next());
  }

  void done() {
    stuck_.clear();
    back_off_.reset();
  }

  IntentWriter::pointer self_;
  const Context* context_ = nullptr;
  std::unique_ptr<StockJournal> journal_;
  std::deque<EndTurn> ended_;
  std::deque<ReadLedger> reads_;
  std::deque<RecordCycle> cycles_;
  std::deque<MarkApplied> marks_;
  std::vector<RecordCycle> stuck_;  ///< the batch being written
  bool unknown_ = false;            ///< it has been sent before, with unknown outcome
  bool flushing_ = false;           ///< a Flush is on its way
  LogLimit limit_;
  BackOff back_off_{std::chrono::milliseconds(50), std::chrono::milliseconds(1'000)};
};

IntentWriter::behavior_type intent_writer(IntentWriter::stateful_pointer<IntentWriterState> self,
                                          const Context* context, const OpenJournal& open) {
  auto& state = self->state;
  state.attach(context, open);
  return {
      [&state](ReadLedger& ask) { state.read(ask); },
      [&state](EndTurn& ask) { state.end_turn(ask); },
      [&state](RecordCycle& ask) { state.record(ask); },
      [&state](MarkApplied& ask) { state.mark(ask); },
      [&state](Flush) { state.flush(); },
  };
}

}  // namespace

IntentWriter spawn_intent_writer(caf::actor_system& system, const Context& context, const OpenJournal& open) {
  return system.spawn<caf::detached>(intent_writer, &context, open);
}

}  // namespace orders::actors
