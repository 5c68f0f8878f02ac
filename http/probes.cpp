#include "http/probes.hpp"

namespace orders::http {

namespace {

void greet(const PendingAnswer& answer) {
  answer.json(
      200, R"({"message":"orderd manages customers' orders","orders":"/orders","order_items":"/order_items",)"
           R"("live":"/livez","ready":"/readyz","metrics":"/metrics"})");
}

void ready(Surroundings& around, const PendingAnswer& answer) {
  if (around.draining) return answer.fail({ErrorCode::shutting_down, "a stop was asked for", {}});
  around.orders.check_writable(Reply<Done>([answer](const Result<Done>& writable) {
    if (!writable.ok()) return answer.fail(writable.error());
    answer.json(200, R"({"status":"ready"})");
  }));
}

void metrics(Surroundings& around, const PendingAnswer& answer) {
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = around.metrics.text();
  answer.send(std::move(response));
}

}  // namespace

std::vector<Route> probe_routes(Surroundings& around) {
  return {
      {"GET", "/", "what this is", [](const RoutedRequest&, const PendingAnswer& answer) { greet(answer); }},
      {"GET", "/livez", "whether the process answers",
       [](const RoutedRequest&, const PendingAnswer& answer) { answer.json(200, R"({"status":"live"})"); }},
      {"GET", "/readyz", "whether orders can be placed: the database can be written",
       [&around](const RoutedRequest&, const PendingAnswer& answer) { ready(around, answer); }},
      {"GET", "/metrics", "what the service counts, for Prometheus",
       [&around](const RoutedRequest&, const PendingAnswer& answer) { metrics(around, answer); }},
  };
}

}  // namespace orders::http
