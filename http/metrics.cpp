#include "http/metrics.hpp"

#include <atomic>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace orders::http {

namespace {

using Families = std::vector<prometheus::MetricFamily>;

const std::initializer_list<double> latency_bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                   0.25,  0.5,    1,     2.5,  5,     10};

prometheus::MetricFamily& family(Families& families, const char* name, const char* help,
                                 prometheus::MetricType type) {
  if (families.empty() || families.back().name != name) {
    prometheus::MetricFamily fresh;
    fresh.name = name;
    fresh.help = help;
    fresh.type = type;
    families.push_back(std::move(fresh));
  }
  return families.back();
}

using Label = prometheus::ClientMetric::Label;

void counter(Families& families, const char* name, const char* help, std::uint64_t value,
             std::vector<Label> labels = {}) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = static_cast<double>(value);
  family(families, name, help, prometheus::MetricType::Counter).metric.push_back(std::move(metric));
}

template <class Number>
void gauge(Families& families, const char* name, const char* help, Number value,
           std::vector<Label> labels = {}) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = static_cast<double>(value);
  family(families, name, help, prometheus::MetricType::Gauge).metric.push_back(std::move(metric));
}

void add_orders(Families& out, const Counters& c) {
  const char* ended = "orderd_orders_total";
  const char* ended_help = "Orders asked for, by how they ended";
  counter(out, ended, ended_help, c.orders_placed, {{"outcome", "placed"}});
  counter(out, ended, ended_help, c.orders_refused, {{"outcome", "refused"}});
  counter(out, ended, ended_help, c.orders_failed, {{"outcome", "failed"}});
  counter(out, "orderd_answers_replayed_total",
          "Answers given again to a request with the same Idempotency-Key", c.answers_replayed);
  counter(out, "orderd_answers_forgotten_total", "Answers kept under an Idempotency-Key for long enough",
          c.answers_forgotten);
  counter(out, "orderd_order_conflicts_total", "Orders that began again one product after another",
          c.order_conflicts);
  const char* abandoned = "orderd_requests_abandoned_total";
  const char* abandoned_help = "Requests skipped because their clients had gone before anything was begun";
  counter(out, abandoned, abandoned_help, c.orders_abandoned, {{"kind", "order"}});
  counter(out, abandoned, abandoned_help, c.reads_abandoned, {{"kind", "read"}});
  gauge(out, "orderd_orders_in_flight", "Requests that change orders, accepted and not answered",
        c.orders_in_flight.load());
  gauge(out, "orderd_placements", "Orders being carried out, answered ones included", c.placements.load());
  gauge(out, "orderd_placements_giving_back",
        "Answered orders that only wait until their units are given back", c.placements_giving_back.load());
  gauge(out, "orderd_audits_in_flight", "Audits accepted and not answered", c.audits_in_flight.load());
  gauge(out, "orderd_reads_in_flight", "Reads accepted and not answered", c.reads_in_flight.load());
  counter(out, "orderd_admissions_refused_total", "Requests refused because too many were in flight",
          c.admissions_refused);
}

void add_stock(Families& out, const Counters& c) {
  counter(out, "orderd_stock_cycles_total", "Cycles of products: one GET, at most one movement and one PUT",
          c.cycles);
  counter(out, "orderd_stock_cycles_stale_total", "Cycles begun again because the ledger had moved",
          c.cycles_stale);
  counter(out, "orderd_stock_movements_total", "Movements written to the journal", c.movements);
  counter(out, "orderd_stock_foreign_edits_total", "Changes of stock that somebody else made",
          c.foreign_edits);
  counter(out, "orderd_stock_late_writes_total", "Late PUTs of our own found and repaired", c.late_writes);
  counter(out, "orderd_stock_puts_refused_total",
          "PUTs with If-Match that the catalog refused since somebody else had changed the product",
          c.puts_refused);
  counter(out, "orderd_stock_puts_unanswered_total", "PUTs the catalog did not confirm", c.puts_unanswered);
  counter(out, "orderd_stock_puts_too_late_total", "PUTs not sent, since their movement was too old by then",
          c.puts_too_late);
  counter(out, "orderd_stock_products_gone_total",
          "Products that left the catalog while units of them were held or owed", c.products_gone);
  gauge(out, "orderd_stock_holds_parked", "Holds that wait for other orders to decide",
        c.holds_parked.load());
}

void add_recovery(Families& out, const Counters& c) {
  counter(out, "orderd_recovery_walks_total", "Looks for what a process that died left undone",
          c.recovery_walks);
  const char* found = "orderd_recovered_total";
  const char* found_help = "What was left undone and then dealt with, by kind";
  counter(out, found, found_help, c.recovered_movements, {{"kind", "unsettled_movement"}});
  counter(out, found, found_help, c.recovered_orphans, {{"kind", "orphaned_hold"}});
  counter(out, found, found_help, c.recovered_owed, {{"kind", "owed"}});
  counter(out, found, found_help, c.doubts_looked_at, {{"kind", "doubt"}});
  const char* pruned = "orderd_journal_pruned_total";
  const char* pruned_help = "Rows of the stock journal removed, since nothing depends on them any more";
  counter(out, pruned, pruned_help, c.movements_pruned, {{"kind", "movement"}});
  counter(out, pruned, pruned_help, c.reservations_pruned, {{"kind", "reservation"}});
  gauge(out, "orderd_recovery_unresolved", "Products of the last walk that could not be dealt with yet",
        c.recovery_unresolved.load());
}

void add_inside(Families& out, const Counters& c) {
  const char* batches = "orderd_commit_batches_total";
  const char* batches_help = "Transactions that carried what had queued up";
  counter(out, batches, batches_help, c.intent_batches, {{"kind", "intents"}});
  counter(out, batches, batches_help, c.order_batches, {{"kind", "orders"}});
  counter(out, "orderd_commits_unknown_total", "COMMITs repeated to learn their outcome", c.commits_unknown);
  counter(out, "orderd_storage_retries_total", "Batches sent again", c.storage_retries);
  const char* residents = "orderd_actors_resident";
  const char* residents_help = "Actors in memory";
  gauge(out, residents, residents_help, c.customers_resident.load(), {{"kind", "customer"}});
  gauge(out, residents, residents_help, c.products_resident.load(), {{"kind", "product"}});
  counter(out, "orderd_actors_restarted_total", "Actors that died and were restarted", c.actors_restarted);
  counter(out, "orderd_carts_closed_total", "Carts marked as ordered", c.carts_closed);
  gauge(out, "orderd_carts_closing", "Carts being marked as ordered", c.carts_closing.load());
  counter(out, "orderd_carts_taken_over_total", "Carts to be marked as ordered that a dead instance left",
          c.carts_taken_over);
  counter(out, "orderd_carts_reopened_total", "Carts that were active although recorded as closed",
          c.carts_reopened);
  counter(out, "orderd_carts_close_retries_total", "Tries to mark a cart as ordered that failed",
          c.carts_close_retries);
}

void add_edge(Families& out, const EdgeCounters& e) {
  counter(out, "orderd_http_connections_accepted_total", "Connections taken", e.accepted);
  counter(out, "orderd_http_connections_rejected_total", "Connections beyond the limit", e.rejected);
  counter(out, "orderd_http_idle_closed_total", "Idle connections closed to make room for new ones",
          e.idle_closed);
  gauge(out, "orderd_http_connections", "Connections open", e.open_connections.load());
  gauge(out, "orderd_http_requests_in_flight", "Requests a handler has not done with", e.in_flight.load());
  gauge(out, "orderd_http_pending_bytes", "Bytes of answers waiting for their clients",
        e.pending_bytes.load());
  gauge(out, "orderd_http_receiving_bytes", "Bytes of requests that are not complete or not looked at yet",
        e.receiving_bytes.load());
  counter(out, "orderd_http_receiving_dropped_total",
          "Unfinished requests refused because all together were too much", e.receiving_dropped);
  counter(out, "orderd_http_received_bytes_total", "Bytes read from clients", e.bytes_in);
  counter(out, "orderd_http_sent_bytes_total", "Bytes written to clients", e.bytes_out);
  counter(out, "orderd_http_slow_dropped_total", "Clients dropped for not reading", e.slow_dropped);
  const char* timeouts = "orderd_http_timeouts_total";
  const char* timeouts_help = "Time limits that passed, by phase";
  counter(out, timeouts, timeouts_help, e.timeouts_header, {{"phase", "header"}});
  counter(out, timeouts, timeouts_help, e.timeouts_body, {{"phase", "body"}});
  counter(out, timeouts, timeouts_help, e.timeouts_idle, {{"phase", "idle"}});
  counter(out, timeouts, timeouts_help, e.timeouts_handler, {{"phase", "handler"}});
  counter(out, timeouts, timeouts_help, e.timeouts_write, {{"phase", "write"}});
  counter(out, "orderd_http_late_answers_total", "Answers nobody waited for any more", e.late_answers);
  counter(out, "orderd_http_parse_errors_total", "Requests refused for what they are", e.parse_errors);
  counter(out, "orderd_http_requests_refused_total", "Requests refused because too many were in flight",
          e.requests_refused);
  for (std::size_t i = 0; i < edge_statuses.size(); ++i) {
    const auto status = edge_statuses.at(i) == 0 ? std::string("other") : std::to_string(edge_statuses.at(i));
    counter(out, "orderd_http_edge_answers_total",
            "Answers that no route gave but the server itself, by status", e.own_answers.at(i),
            {{"status", status}});
  }
  counter(out, "orderd_http_handler_exceptions_total", "Handlers that threw", e.handler_exceptions);
}

void add_neighbours(Families& out, const ClientCounters& catalog, const ClientCounters& cart) {
  const auto both = [&](const char* name, const char* help, Count ClientCounters::*number) {
    counter(out, name, help, catalog.*number, {{"service", "catalog"}});
    counter(out, name, help, cart.*number, {{"service", "cart"}});
  };
  both("orderd_neighbour_calls_total", "Requests sent to a neighbour", &ClientCounters::calls);
  both("orderd_neighbour_timeouts_total", "Calls not answered in time", &ClientCounters::timeouts);
  both("orderd_neighbour_errors_total", "Calls that failed", &ClientCounters::errors);
  both("orderd_neighbour_retries_total", "GETs sent again", &ClientCounters::retries);
  both("orderd_neighbour_mistrusted_total", "Answers about another thing, or not understood",
       &ClientCounters::mistrusted);
  const char* flight = "orderd_neighbour_in_flight";
  gauge(out, flight, "Calls under way", catalog.in_flight.load(), {{"service", "catalog"}});
  gauge(out, flight, "Calls under way", cart.in_flight.load(), {{"service", "cart"}});
  const char* queued = "orderd_neighbour_queued";
  gauge(out, queued, "Calls waiting for their turn", catalog.queued.load(), {{"service", "catalog"}});
  gauge(out, queued, "Calls waiting for their turn", cart.queued.load(), {{"service", "cart"}});
}

/// Clients must not be able to make up labels without end.
std::string method_label(const std::string& method) {
  for (const char* const known : {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    if (method == known) return method;
  }
  return "other";
}

}  // namespace

struct Metrics::Inside {
  Inside(const Counters& own, const ClientCounters& to_catalog, const ClientCounters& to_cart)
      : counters(own), catalog(to_catalog), cart(to_cart) {}

  const Counters& counters;
  const ClientCounters& catalog;
  const ClientCounters& cart;
  std::atomic<const EdgeCounters*> edge{nullptr};
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      prometheus::BuildCounter()
          .Name("orderd_http_requests_total")
          .Help("Requests answered, by route, method and status")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& latency =
      prometheus::BuildHistogram()
          .Name("orderd_http_request_seconds")
          .Help("From the last byte of a request to its answer")
          .Register(registry);
};

Metrics::Metrics(const Counters& counters, const ClientCounters& catalog, const ClientCounters& cart)
    : inside_(std::make_unique<Inside>(counters, catalog, cart)) {}

Metrics::~Metrics() = default;

void Metrics::watch(const EdgeCounters& edge) { inside_->edge = &edge; }

void Metrics::count_request(const std::string& sent_method, const char* route, int status,
                            std::chrono::nanoseconds took) {
  const std::string method = method_label(sent_method);
  inside_->requests.Add({{"method", method}, {"route", route}, {"status", std::to_string(status)}})
      .Increment();
  inside_->latency.Add({{"method", method}, {"route", route}}, latency_bounds)
      .Observe(std::chrono::duration<double>(took).count());
}

std::string Metrics::text() const {
  auto families = inside_->registry.Collect();
  add_orders(families, inside_->counters);
  add_stock(families, inside_->counters);
  add_recovery(families, inside_->counters);
  add_inside(families, inside_->counters);
  if (const auto* edge = inside_->edge.load()) add_edge(families, *edge);
  add_neighbours(families, inside_->catalog, inside_->cart);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace orders::http
