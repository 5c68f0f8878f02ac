// The answer that a route owes: a Responder that can be copied into callbacks, knows which request it belongs
// to, renders errors as problems, counts and logs. Any thread, as Responder; the first answer counts.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "domain/error.hpp"
#include "http/metrics.hpp"
#include "http/server/exchange.hpp"

namespace orders::http {

class PendingAnswer {
 public:
  /// `route` is the template of the path, for metrics; it must outlive the answer.
  PendingAnswer(const Request& request, Responder responder, const char* route, Metrics& metrics);

  void send(Response response) const;
  void json(int status, std::string body) const;
  /// Logs what a client is not told: the causes of 5xx.
  void fail(const Error& error) const;
  /// Begins an answer that is written piece by piece.
  [[nodiscard]] BodyStream stream(Response head) const;
  /// Says whether the client still waits; for the work behind this answer, any thread.
  [[nodiscard]] std::function<bool()> watch() const;

 private:
  struct Inside;
  std::shared_ptr<Inside> inside_;
};

}  // namespace orders::http
