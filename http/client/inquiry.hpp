// A question to a service, asked as often as Rounds says until its answer can be believed. HttpCatalogClient
// and HttpCartClient begin one for every GET; after that it lives in the calls it submits, on the client's
// thread.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "domain/result.hpp"
#include "http/client/http_client.hpp"
#include "http/client/rounds.hpp"

namespace orders::http {

/// What an answer is worth.
template <class T>
struct Judgement {
  Verdict verdict = Verdict::mistrusted;
  T value{};             ///< when found
  std::string detail{};  ///< otherwise: why, for the log
};

struct Question {
  Service service = Service::catalog;
  std::string target{};
  Deadline deadline{};
  std::uint32_t tries = 1;
  ErrorCode error = ErrorCode::internal;  ///< when no answer can be believed
};

template <class T>
class Inquiry : public std::enable_shared_from_this<Inquiry<T>> {
 public:
  using Judge = std::function<Judgement<T>(const Answer&)>;
  using Done = std::function<void(Result<std::optional<T>>)>;

  /// Asks. `done` gets the thing, none, or an Error: question.error, or overloaded when the service
  /// answers but has too much to do. Called once, as Call::done is.
  static void begin(HttpClient& http, Question question, Judge judge, Done done) {
    auto inquiry = std::make_shared<Inquiry>(http, std::move(question), std::move(judge), std::move(done));
    inquiry->ask(false, {});
  }

  Inquiry(HttpClient& http, Question question, Judge judge, Done done)
      : http_(http),
        question_(std::move(question)),
        rounds_(question_.tries, question_.deadline),
        judge_(std::move(judge)),
        done_(std::move(done)) {}

 private:
  void ask(bool exclusive, Deadline not_before) {
    Call call;
    call.service = question_.service;
    call.target = question_.target;
    call.deadline = question_.deadline;
    call.not_before = not_before;
    call.exclusive = exclusive;
    call.done = [self = this->shared_from_this()](const Outcome& outcome) { self->hear(outcome); };
    http_.submit(std::move(call));
  }

  void hear(const Outcome& outcome) {
    Judgement<T> judged = judge(outcome);
    if (judged.verdict == Verdict::mistrusted) ++http_.counters(question_.service).mistrusted;
    const auto next = rounds_.after(judged.verdict, std::chrono::steady_clock::now());
    switch (next.what) {
      case NextRound::What::believe_found:
        done_(std::optional<T>(std::move(judged.value)));
        break;
      case NextRound::What::believe_none:
        done_(std::optional<T>());
        break;
      case NextRound::What::give_up:
        done_(Error{busy_ ? ErrorCode::overloaded : question_.error,
                    fmt::format("GET {}: asked {} times, at last: {}", question_.target, rounds_.asked(),
                                judged.detail)});
        break;
      case NextRound::What::ask_again:
        ++http_.counters(question_.service).retries;
        ask(next.exclusive, next.not_before);
        break;
    }
  }

  Judgement<T> judge(const Outcome& outcome) {
    if (const auto* failure = std::get_if<Failure>(&outcome)) {
      const bool hopeless = failure->kind == FailureKind::refused || failure->kind == FailureKind::stopped ||
                            failure->kind == FailureKind::expired;
      busy_ = failure->busy && rounds_.asked() == 0;
      return {hopeless ? Verdict::hopeless : Verdict::unreachable, {}, failure->detail};
    }
    try {
      return judge_(std::get<Answer>(outcome));
    } catch (const std::exception& fault) {  // out of memory: `done` must be called nevertheless
      return {Verdict::mistrusted, {}, fault.what()};
    }
  }

  HttpClient& http_;
  Question question_;
  Rounds rounds_;
  bool busy_ = false;  ///< the first round was not begun, since the service had others to answer
  Judge judge_;
  Done done_;
};

}  // namespace orders::http
