// The end of a product's cycle (R2): the catalog is told, and then those who wait.
#include <spdlog/spdlog.h>

#include "actors/product_state.hpp"
#include "domain/crash_point.hpp"

namespace orders::actors {

namespace {

/// How often in a row a PUT may be refused for the sake of others before the pauses grow.
constexpr int refused_soon_max = 20;

}  // namespace

void ProductState::put() {
  crash_point("cycle.puts");
  // R17: a process that was stopped in between must not send what others may have settled long ago. Not sent
  // is like not answered: the next cycle settles it.
  if (Clock::now() - recording_since_ > settings().put_within) {
    ++context_->counters.puts_too_late;
    put_failed_ = true;
    answer_attends(Error{ErrorCode::timed_out, "its movement was too old to be sent to the catalog"});
    report_delay(ErrorCode::catalog_unavailable);
    return back_off();
  }
  phase_ = Phase::putting;
  CatalogProduct product;
  product.id = id_;
  product.name = ledger_->name;
  product.price = ledger_->price;
  product.quantity = ledger_->quantity;
  if (cycle_.conditional) product.etag = cycle_.seen.etag;
  // Until then it may wait for its turn; once begun it has call_timeout, however long it waited.
  context_->catalog_client.put(
      product, recording_since_ + settings().put_within,
      [reply = reply_on<PutAnswer>(handle(), [this](const Result<PutAnswer>& answer) { on_put(answer); })](
          Result<PutAnswer> answer) { reply(std::move(answer)); });
  crash_point("cycle.put_sent");
}

void ProductState::on_put(const Result<PutAnswer>& answer) {
  if (!answer.ok()) {
    crash_point("cycle.put_unanswered");
    ++context_->counters.puts_unanswered;
    put_failed_ = true;
    spdlog::warn(
        "product {}: movement {} ({} units) was not confirmed by the catalog, which will be told again: {}",
        id_.value, ledger_->seq, ledger_->quantity, answer.error().detail);
    answer_attends(answer.error());
    report_delay(ErrorCode::catalog_unavailable);
    return back_off();
  }
  if (answer.value() == PutAnswer::version_changed) return on_version_changed();
  crash_point("cycle.put_answered");
  answered_ = true;
  confirm();
  end_cycle();
}

/// Somebody else was faster: the next cycle puts the movement on top of what they wrote. Only if no earlier
/// PUT can have been theirs that is certain; otherwise it was not answered, like any other.
void ProductState::on_version_changed() {
  ++context_->counters.puts_refused;
  void_put_ = first_put_;
  answer_attends(Error{ErrorCode::catalog_unavailable, "somebody else changed the product at the same time"});
  report_delay(ErrorCode::catalog_unavailable);
  // Nothing has failed: short pauses, unless it never ends.
  if (++refused_in_a_row_ <= refused_soon_max) retry_after_ = settings().retry_min;
  back_off();
}

/// The catalog shows what the ledger says: what was granted and given back is certain now.
void ProductState::confirm() {
  for (const auto& hold : queue_.unconfirmed) hold.reply(HoldAnswer{HoldVerdict::granted});
  queue_.unconfirmed.clear();
  for (const auto& release : queue_.releasing) release.reply(Done{});
  queue_.releasing.clear();
  for (const auto& ask : queue_.attending) ask.reply(attended_);
  queue_.attending.clear();
  retry_after_ = settings().retry_min;
  refused_in_a_row_ = 0;
  put_failed_ = false;
  crash_point("cycle.confirmed");
}

}  // namespace orders::actors
