// GET /metrics: what the service counts, in Prometheus' text format. Requests are counted here, everything
// else is read from the counters of those who do it at the moment of asking. Any thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "domain/counters.hpp"
#include "http/client/call.hpp"
#include "http/server/counters.hpp"

namespace orders::http {

class Metrics {
 public:
  /// Where to read from; all must outlive the metrics. `edge` may be set later (the server needs its handler
  /// first).
  Metrics(const Counters& counters, const ClientCounters& catalog, const ClientCounters& cart);
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;
  Metrics(Metrics&&) = delete;
  Metrics& operator=(Metrics&&) = delete;
  ~Metrics();

  void watch(const EdgeCounters& edge);

  /// `route` is the template of the path, e.g. "/orders/{id}".
  void count_request(const std::string& method, const char* route, int status, std::chrono::nanoseconds took);

  /// In the format of "text/plain; version=0.0.4".
  [[nodiscard]] std::string text() const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace orders::http
