#include "http/server/exchange_state.hpp"

#include <exception>
#include <utility>

#include <spdlog/spdlog.h>

#include "http/server/render.hpp"

namespace orders::http {

std::uint64_t Backlog::hold(std::size_t bytes) {
  edge_->counters.pending_bytes += bytes;
  return waiting_.fetch_add(bytes);
}

void Backlog::release(std::size_t bytes) {
  edge_->counters.pending_bytes -= bytes;
  waiting_ -= bytes;
}

void Backlog::keep(std::size_t bytes) {
  const std::uint64_t before = kept_.exchange(bytes);
  edge_->counters.pending_bytes += bytes;
  edge_->counters.pending_bytes -= before;
}

Exchange::Exchange(Owners owners, Address address, Manner manner, std::string id)
    : owners_(std::move(owners)), address_(address), manner_(manner), id_(std::move(id)) {
  ++owners_.edge->counters.in_flight;
}

Exchange::~Exchange() { --owners_.edge->counters.in_flight; }

/// False when the letter could not be delivered; its bytes are then no longer counted as waiting.
bool Exchange::post(Mail::Kind kind, std::string bytes, bool close) {
  const std::size_t size = bytes.size();
  owners_.backlog->hold(size);
  try {
    Mail mail;
    mail.kind = kind;
    mail.address = address_;
    mail.backlog = owners_.backlog;
    mail.bytes = std::move(bytes);
    mail.close = close;
    if (owners_.mailbox->post(std::move(mail))) return true;
  } catch (const std::exception& error) {
    spdlog::error("request {}: an answer could not be handed over: {}", id_, error.what());
  }
  owners_.backlog->release(size);
  return false;
}

/// Decided when the answer is sent, because draining may have begun since the request came.
bool Exchange::must_close() const { return !manner_.keep_alive || owners_.edge->draining; }

void Exchange::answer(const Response& response) noexcept {
  if (over_) {
    ++owners_.edge->counters.late_answers;
    return;
  }
  try {
    const bool close = must_close();
    post(Mail::Kind::answer,
         render_answer(response, {id_, manner_.head, manner_.old, close, Framing::length}), close);
  } catch (const std::exception& error) {
    spdlog::error("request {}: the answer could not be written: {}", id_, error.what());
    abort();
  }
}

void Exchange::give_up() noexcept {
  if (over_) return;
  try {
    owners_.edge->counters.count_own_answer(500);
    answer(owners_.edge->refusal(500, "the service could not answer this request", id_));
  } catch (const std::exception& error) {
    spdlog::error("request {}: {}", id_, error.what());
    abort();
  }
}

void Exchange::begin_stream(const Response& head) noexcept {
  if (over_) {
    ++owners_.edge->counters.late_answers;
    return;
  }
  try {
    const bool bodiless = manner_.head || never_has_body(head.status);
    close_ = must_close() || manner_.old;
    const Framing framing = manner_.old ? Framing::until_close : Framing::chunked;
    const bool posted = post(bodiless ? Mail::Kind::answer : Mail::Kind::stream_head,
                             render_answer(head, {id_, manner_.head, manner_.old, close_, framing}), close_);
    if (bodiless || !posted) over_ = true;
  } catch (const std::exception& error) {
    spdlog::error("request {}: the answer could not be begun: {}", id_, error.what());
    abort();
  }
}

bool Exchange::write(const std::string& bytes) noexcept {
  if (over_) return false;
  if (bytes.empty()) return true;
  const std::uint64_t waiting = owners_.backlog->waiting();
  // One piece is always taken when nothing waits, however big: its writer had no way to know.
  if (waiting > 0 && waiting + bytes.size() > owners_.edge->settings.pending_bytes_max) {
    ++owners_.edge->counters.slow_dropped;
    abort();
    return false;
  }
  try {
    if (post(Mail::Kind::stream_data, manner_.old ? bytes : render_chunk(bytes), false)) return true;
  } catch (const std::exception& error) {
    spdlog::error("request {}: a piece of the answer could not be written: {}", id_, error.what());
  }
  abort();
  return false;
}

void Exchange::finish() noexcept {
  if (over_) return;
  try {
    post(Mail::Kind::stream_end, manner_.old ? std::string() : std::string(last_chunk), close_);
  } catch (const std::exception& error) {
    spdlog::error("request {}: the answer could not be ended: {}", id_, error.what());
    abort();
  }
}

void Exchange::abort() noexcept {
  try {
    if (!over_.exchange(true)) post(Mail::Kind::stream_abort, {}, true);
  } catch (const std::exception& error) {
    spdlog::error("request {}: {}", id_, error.what());
  }
  call_waiter();
}

void Exchange::when_drained(std::function<void()> then) noexcept {
  {
    const std::lock_guard lock(mutex_);
    waiter_.swap(then);
  }
  // Through the mailbox even when nothing waits: a writer that is called back from within its own call would,
  // for a client that reads quickly, nest without end.
  if (over_ || !post(Mail::Kind::stream_waiter, {}, false)) call_waiter();
}

void Exchange::end() noexcept {
  over_ = true;
  call_waiter();
}

void Exchange::call_waiter() noexcept {
  std::function<void()> waiter;
  {
    const std::lock_guard lock(mutex_);
    waiter.swap(waiter_);
  }
  if (!waiter) return;
  try {
    waiter();
  } catch (const std::exception& error) {
    spdlog::error("request {}: going on with a streamed answer failed: {}", id_, error.what());
  } catch (...) {
    spdlog::error("request {}: going on with a streamed answer failed", id_);
  }
}

}  // namespace orders::http
