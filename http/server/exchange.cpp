#include "http/server/exchange.hpp"

#include <algorithm>
#include <utility>

#include "http/server/exchange_state.hpp"

namespace orders::http {

const std::string* Request::header(std::string_view lower_case_name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [lower_case_name](const auto& field) {
    return field.first == lower_case_name;
  });
  return found == headers.end() ? nullptr : &found->second;
}

BodyStream::~BodyStream() { abort(); }

BodyStream& BodyStream::operator=(BodyStream&& other) noexcept {
  if (this != &other) {
    abort();
    exchange_ = std::move(other.exchange_);
  }
  return *this;
}

void BodyStream::abort() noexcept {
  keeps(0);
  if (exchange_) exchange_->abort();
  exchange_.reset();
}

// The bytes are taken by value so that a caller may hand them over; today they are copied into a chunk frame.
bool BodyStream::write(std::string bytes) {  // NOLINT(performance-unnecessary-value-param)
  return exchange_ && exchange_->write(bytes);
}

void BodyStream::keeps(std::size_t bytes) {
  if (exchange_) exchange_->backlog()->keep(bytes);
}

void BodyStream::finish() {
  keeps(0);
  if (exchange_) exchange_->finish();
  exchange_.reset();
}

void BodyStream::when_drained(std::function<void()> then) {
  // `then` may run in another thread before this returns, and destroy this stream: nothing of it is touched
  // after.
  if (const std::shared_ptr<Exchange> exchange = exchange_) {
    exchange->when_drained(std::move(then));
  } else if (then) {
    then();
  }
}

bool BodyStream::gone() const noexcept { return !exchange_ || exchange_->over(); }

Responder::~Responder() { give_up(); }

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this != &other) {
    give_up();
    exchange_ = std::move(other.exchange_);
  }
  return *this;
}

void Responder::give_up() noexcept {
  if (exchange_) exchange_->give_up();
  exchange_.reset();
}

void Responder::send(
    Response response) noexcept {  // NOLINT(performance-unnecessary-value-param): it is consumed
  if (exchange_) exchange_->answer(response);
  exchange_.reset();
}

BodyStream Responder::stream(Response head) {  // NOLINT(performance-unnecessary-value-param): it is consumed
  if (exchange_) exchange_->begin_stream(head);
  return BodyStream(std::move(exchange_));
}

bool Responder::alive() const noexcept { return exchange_ && !exchange_->over(); }

std::function<bool()> Responder::watch() const {
  return [exchange = std::weak_ptr<Exchange>(exchange_)] {
    const auto there = exchange.lock();
    return there && !there->over();
  };
}

}  // namespace orders::http
