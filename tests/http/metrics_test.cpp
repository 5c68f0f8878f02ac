#include "http/metrics.hpp"

#include <chrono>

#include <boost/test/unit_test.hpp>

using namespace orders;
using namespace orders::http;

namespace {

struct Counted {
  Counters counters;
  ClientCounters catalog;
  ClientCounters cart;
  EdgeCounters edge;
  Metrics metrics{counters, catalog, cart};

  [[nodiscard]] bool says(const std::string& line) const {
    return ("\n" + metrics.text()).find("\n" + line + "\n") != std::string::npos;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(metrics_text, Counted)

BOOST_AUTO_TEST_CASE(requests_are_counted_by_route_method_and_status_and_timed) {
  metrics.count_request("POST", "/orders/{id}", 201, std::chrono::milliseconds(3));
  metrics.count_request("POST", "/orders/{id}", 201, std::chrono::milliseconds(30));
  metrics.count_request("POST", "/orders/{id}", 400, std::chrono::seconds(20));
  BOOST_TEST(says("orderd_http_requests_total{method=\"POST\",route=\"/orders/{id}\",status=\"201\"} 2"));
  BOOST_TEST(says("orderd_http_requests_total{method=\"POST\",route=\"/orders/{id}\",status=\"400\"} 1"));
  const std::string bucket = "orderd_http_request_seconds_bucket{method=\"POST\",route=\"/orders/{id}\",le=";
  BOOST_TEST(says(bucket + "\"0.005\"} 1"));
  BOOST_TEST(says(bucket + "\"0.05\"} 2"));
  BOOST_TEST(says(bucket + "\"10\"} 2"));
  BOOST_TEST(says(bucket + "\"+Inf\"} 3"));
}

BOOST_AUTO_TEST_CASE(clients_cannot_make_up_labels) {
  for (const char* const method : {"PROPFIND", "MKCOL", "LOCK"})
    metrics.count_request(method, "(none)", 404, std::chrono::milliseconds(1));
  BOOST_TEST(says("orderd_http_requests_total{method=\"other\",route=\"(none)\",status=\"404\"} 3"));
}

BOOST_AUTO_TEST_CASE(everything_the_edge_counts_is_shown) {
  BOOST_TEST(metrics.text().find("orderd_http_connections") == std::string::npos);
  metrics.watch(edge);
  std::uint64_t next = 100;
  for (auto* number : {&edge.accepted, &edge.rejected, &edge.requests_refused, &edge.bytes_in,
                       &edge.bytes_out, &edge.slow_dropped, &edge.timeouts_header, &edge.timeouts_body,
                       &edge.timeouts_idle, &edge.timeouts_handler, &edge.timeouts_write, &edge.late_answers,
                       &edge.parse_errors, &edge.handler_exceptions, &edge.open_connections, &edge.in_flight,
                       &edge.pending_bytes, &edge.receiving_bytes}) {
    *number = ++next;
  }
  for (const int status : {400, 408, 413, 413, 599}) edge.count_own_answer(status);
  int line = 100;
  for (const char* const name :
       {"connections_accepted_total", "connections_rejected_total", "requests_refused_total",
        "received_bytes_total", "sent_bytes_total", "slow_dropped_total", "timeouts_total{phase=\"header\"}",
        "timeouts_total{phase=\"body\"}", "timeouts_total{phase=\"idle\"}",
        "timeouts_total{phase=\"handler\"}", "timeouts_total{phase=\"write\"}", "late_answers_total",
        "parse_errors_total", "handler_exceptions_total", "connections", "requests_in_flight",
        "pending_bytes", "receiving_bytes"}) {
    BOOST_TEST(says(std::string("orderd_http_") + name + " " + std::to_string(++line)), name);
  }
  BOOST_TEST(says("orderd_http_edge_answers_total{status=\"413\"} 2"));
  BOOST_TEST(says("orderd_http_edge_answers_total{status=\"504\"} 0"));
  BOOST_TEST(says("orderd_http_edge_answers_total{status=\"other\"} 1"));
}

BOOST_AUTO_TEST_CASE(skipped_requests_are_shown) {
  counters.orders_abandoned = 4;
  counters.reads_abandoned = 5;
  BOOST_TEST(says("orderd_requests_abandoned_total{kind=\"order\"} 4"));
  BOOST_TEST(says("orderd_requests_abandoned_total{kind=\"read\"} 5"));
}

BOOST_AUTO_TEST_SUITE_END()
