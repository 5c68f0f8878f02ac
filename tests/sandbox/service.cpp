#include "tests/sandbox/service.hpp"

#include <utility>

#include <boost/asio/post.hpp>

namespace orders::sandbox {

using std::chrono::microseconds;

Service::Service(boost::asio::io_context& context, std::vector<Route> routes, ServiceStyle style,
                 LateWrites& late)
    : context_(context), table_(std::move(routes)), style_(style), late_(late), random_(style.seed) {}

void Service::take(const std::shared_ptr<Connection>& connection) {
  const auto call = std::make_shared<Call>();
  call->connection = connection;
  auto refusal = table_.match(*call);
  if (!refusal) begin(call);
  // Handled after whatever else has arrived by now: requests that are under way together are seen together.
  boost::asio::post(context_, [this, call, refusal = std::move(refusal)] {
    if (refusal) {
      call->connection->answer(*refusal);
    } else if (style_.serial && running_) {
      waiting_.push_back(call);
    } else {
      run(call);
    }
  });
}

void Service::begin(const CallPtr& call) {
  if (style_.racy) {
    for (const auto& other : under_way_) other->overlapped = true;
    call->overlapped = !under_way_.empty();
    under_way_.insert(call);
  }
  statistics_.begin(*call->route);
}

void Service::run(const CallPtr& call) {
  running_ = true;
  const auto fault = faults_.size() == 0 ? std::nullopt : faults_.pick(*call);
  const auto time = style_.time + (fault ? fault->delay : microseconds(0));
  if (time.count() == 0) {
    handle(call, fault ? *fault : mischief(*call));
  } else {
    run_after(context_, time, [this, call, fault] { handle(call, fault ? *fault : mischief(*call)); });
  }
}

void Service::handle(const CallPtr& call, const Fault& fault) {
  auto outcome = call->route->handle(*call);
  apply(outcome, fault);
  if (fault.answer_delay.count() == 0) {
    reply(call, outcome, fault);
  } else {
    run_after(context_, fault.answer_delay,
              [this, call, outcome = std::move(outcome), fault] { reply(call, outcome, fault); });
  }
}

void Service::apply(const Outcome& outcome, const Fault& fault) {
  if (!outcome.apply || fault.effect == Effect::never) return;
  if (fault.effect == Effect::later) {
    late_.add(outcome.apply, fault.after);
  } else {
    outcome.apply();
  }
}

void Service::reply(const CallPtr& call, const Outcome& outcome, const Fault& fault) {
  auto& connection = *call->connection;
  switch (fault.reply) {
    case Reply::normal:
      answer(call, outcome.answer);
      return;
    case Reply::error:
      answer(call, internal_error_answer());
      return;
    case Reply::not_found:
      answer(call, call->route->not_found(*call));
      return;
    case Reply::other_row:
      answer(call, call->route->other_row(*call).value_or(outcome.answer));
      return;
    case Reply::invalid_json: {
      auto broken = outcome.answer;
      broken.body = std::string(broken.text().substr(0, broken.text().size() / 2)) + "\xff";
      broken.shared_body.reset();
      answer(call, broken);
      return;
    }
    case Reply::hang:
      // Under way until the client gives up; its connection holds the call until then.
      connection.when_abandoned([this, call] { finish(call); });
      return;
    case Reply::close:
      connection.cut();
      break;
    case Reply::garbage:
      connection.answer_garbage();
      break;
    case Reply::truncated:
      connection.answer_truncated(outcome.answer);
      break;
  }
  statistics_.answer(*call->route, 0);
  finish(call);
}

void Service::answer(const CallPtr& call, const Answer& answer) {
  // Counted as over before the client can know it, so that a client that waits for each answer is never seen
  // twice.
  statistics_.answer(*call->route, answer.status);
  const auto connection = call->connection;
  finish(call);
  connection->answer(answer);
}

void Service::finish(const CallPtr& call) {
  if (std::exchange(call->ended, true)) return;
  statistics_.end(*call->route);
  if (style_.racy) under_way_.erase(call);
  running_ = false;
  if (waiting_.empty()) return;
  const auto next = waiting_.front();
  waiting_.pop_front();
  running_ = true;
  boost::asio::post(context_,
                    [this, next] { run(next); });  // not from here: a long queue would be a deep stack
}

Fault Service::mischief(const Call& call) {
  Fault fault;
  // A third of the overlapping requests go wrong: the share seen at eight clients.
  if (!style_.racy || !call.overlapped || random_() % 3 != 0) return fault;
  const auto kind = random_() % 4;
  if (kind == 0 && call.route->not_found) {
    fault.reply = Reply::not_found;
    fault.effect = Effect::never;
  } else if (kind == 1 && call.route->other_row) {
    fault.reply = Reply::other_row;
  } else {
    fault.reply = Reply::error;
    fault.effect = kind == 2 ? Effect::never : Effect::now;
  }
  return fault;
}

}  // namespace orders::sandbox
