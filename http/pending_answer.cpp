#include "http/pending_answer.hpp"

#include <atomic>
#include <exception>
#include <utility>

#include <spdlog/spdlog.h>

#include "domain/log_limit.hpp"
#include "http/problem.hpp"

namespace orders::http {

namespace {
constexpr int edge_gives_up = 500;
}  // namespace

struct PendingAnswer::Inside {
  Responder responder;
  std::string request_id;
  std::string method;
  const char* route;
  Metrics& metrics;
  std::chrono::steady_clock::time_point received;
  std::function<bool()> wanted;  ///< taken at the beginning: the responder itself may be in use elsewhere
  std::atomic<bool> answered{false};

  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  Inside(Inside&&) = delete;
  Inside& operator=(Inside&&) = delete;
  Inside(const Request& request, Responder answer_to, const char* template_of_path, Metrics& count)
      : responder(std::move(answer_to)),
        request_id(request.id),
        method(request.method),
        route(template_of_path),
        metrics(count),
        received(request.received),
        wanted(responder.watch()) {}
  /// Nobody answered: the responder tells the client so when it goes.
  ~Inside() {
    if (!first()) return;
    try {
      note(edge_gives_up);
    } catch (const std::exception& error) {
      spdlog::error("request {}: {}", request_id, error.what());
    }
  }

  /// True for the first of all answers. Responder itself is for one thread at a time.
  bool first() { return !answered.exchange(true); }
  void note(int status) {
    const auto took = std::chrono::steady_clock::now() - received;
    metrics.count_request(method, route, status, took);
    if (spdlog::should_log(spdlog::level::debug)) {
      spdlog::debug("{} {} {} {} {:.3f} ms", request_id, method, route, status,
                    std::chrono::duration<double, std::milli>(took).count());
    }
  }
};

PendingAnswer::PendingAnswer(const Request& request, Responder responder, const char* route, Metrics& metrics)
    : inside_(std::make_shared<Inside>(request, std::move(responder), route, metrics)) {}

void PendingAnswer::send(Response response) const {
  if (!inside_->first()) return;
  inside_->note(response.status);
  inside_->responder.send(std::move(response));
}

void PendingAnswer::json(int status, std::string body) const {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  send(std::move(response));
}

void PendingAnswer::fail(const Error& error) const {
  const auto& kind = problem_kind(error.code);
  if (kind.status >= 500 && error.code != ErrorCode::overloaded) {
    static LogLimit limit;
    if (const auto more = limit.pass(std::string(inside_->route) + kind.slug + error.detail)) {
      spdlog::warn("request {} ({} {}) failed, {} {}: {}{}", inside_->request_id, inside_->method,
                   inside_->route, kind.status, kind.slug, error.detail, *more);
    }
  }
  send(problem(error, inside_->request_id));
}

BodyStream PendingAnswer::stream(Response head) const {
  inside_->answered = true;
  inside_->note(head.status);
  return inside_->responder.stream(std::move(head));
}

std::function<bool()> PendingAnswer::watch() const { return inside_->wanted; }

}  // namespace orders::http
