// What every setting is called, means and may be: the only place that spells a key. describe(visitor, struct)
// shows a visitor each value of the struct; config/settings.cpp has the visitor that makes a list of them,
// and reading, the environment, printing and documenting all walk that list. Ranges are inclusive. Stateless,
// safe in any thread.
#pragma once

#include <cstdint>

#include "config/config.hpp"

namespace orders::config {

/// The smallest and the largest value allowed; in milliseconds for durations, in bytes for sizes.
struct Range {
  std::int64_t min = 0;
  std::int64_t max = 0;
};

constexpr Range between(std::int64_t min, std::int64_t max) { return {min, max}; }
constexpr Range between(milliseconds min, milliseconds max) { return {min.count(), max.count()}; }

inline constexpr std::int64_t kib = 1024;
inline constexpr std::int64_t mib = 1024 * kib;
inline constexpr std::int64_t gib = 1024 * mib;

template <class Visitor>
void describe(Visitor& visit, Http& http) {
  using namespace std::chrono_literals;
  visit.text("host", http.host, "Address to listen on; 0.0.0.0 for every address of the machine.");
  visit.number("port", http.port, between(0, 65'535),
               "TCP port to listen on; 0 takes any free one and prints it at start.");
  visit.number("threads", http.threads, between(1, 64), "Threads that read requests and write answers.");
  visit.number(
      "connections_max", http.connections_max, between(1, 1'000'000),
      "Connections open at the same time, fewer if the process may not open so many files. For further ones "
      "whoever has been idle longest is closed; if nobody is, they are turned away.");
  visit.bytes("header_bytes_max", http.header_bytes_max, between(1 * kib, 1 * mib),
              "Size of a request's head: request line and headers.");
  visit.bytes("target_bytes_max", http.target_bytes_max, between(256, 1 * mib),
              "Size of a request's target: path and query.");
  visit.bytes("body_bytes_max", http.body_bytes_max, between(1 * kib, 1 * gib), "Size of a request's body.");
  visit.bytes(
      "pending_bytes_max", http.pending_bytes_max, between(4 * kib, 1 * gib),
      "Bytes of answers that may wait for one slow client before it is disconnected; a page of a list is at "
      "most so large.");
  visit.bytes("pending_bytes_total_max", http.pending_bytes_total_max, between(64 * kib, 1024 * gib),
              "Bytes of answers that may wait for all clients together.");
  visit.bytes(
      "receiving_bytes_total_max", http.receiving_bytes_total_max, between(64 * kib, 1024 * gib),
      "Bytes of unfinished requests of all clients together; beyond it, whoever has kept most for longest is "
      "refused.");
  visit.duration("header_timeout", http.header_timeout, between(10ms, 1h),
                 "How long a client may take to send a request's head.");
  visit.duration("body_timeout", http.body_timeout, between(10ms, 1h),
                 "How long a client may take to send a request's body.");
  visit.duration("idle_timeout", http.idle_timeout, between(10ms, 24h),
                 "How long a connection may stay open between two requests.");
  visit.duration("handler_timeout", http.handler_timeout, between(10ms, 1h),
                 "How long a request may take inside the service before it is answered 504.");
  visit.duration("write_timeout", http.write_timeout, between(10ms, 1h),
                 "How long a client may take nothing of an answer before it is disconnected.");
  visit.duration(
      "drain_grace", http.drain_grace, between(0ms, 1h),
      "When told to stop, how long to go on serving with /readyz saying 503, so that a balancer sees it "
      "first: a little longer than its checks take to notice. 0: accepting stops at once.");
  visit.duration(
      "drain_timeout", http.drain_timeout, between(0ms, 1h),
      "How long requests under way may then still finish. Ending the sessions with the database, if it does "
      "not answer, can add 5 s.");
}

template <class Visitor>
void describe(Visitor& visit, Database& database) {
  using namespace std::chrono_literals;
  visit.connection("url", database.url,
                   "The PostgreSQL database, as libpq takes it: `postgresql://user@host:5432/name` or "
                   "`host=... dbname=...`. Needed to run.");
  visit.secret("password", database.password,
               "Password of the database user, if it is not in the url; better use `password_file`.");
  visit.text("password_file", database.password_file,
             "File to read the password from, relative to the working directory; one newline at its end is "
             "dropped.");
  visit.number("order_writers", database.order_writers, between(1, 64),
               "Connections that commit orders; each commits a batch at a time.");
  visit.number("intent_writers", database.intent_writers, between(1, 64),
               "Connections that commit stock movements; each commits a batch at a time.");
  visit.number("readers", database.readers, between(1, 64), "Connections that answer GET requests.");
  visit.number("order_batch_max", database.order_batch_max, between(1, 10'000),
               "Orders committed in one transaction.");
  visit.number("intent_batch_max", database.intent_batch_max, between(1, 10'000),
               "Products whose movements are committed in one transaction.");
  visit.number("order_ids_block", database.order_ids_block, between(1, 1'000'000),
               "Order ids reserved at a time; those left over at a restart are never used.");
  visit.duration("connect_timeout", database.connect_timeout, between(2s, 5min),
                 "How long connecting to the server may take; whole seconds, rounded up.");
  visit.duration("statement_timeout", database.statement_timeout, between(10ms, 10min),
                 "How long one statement may take before it is given up.");
  visit.duration("reconnect_min", database.reconnect_min, between(1ms, 10min),
                 "Pause before the first try to reconnect; it doubles from try to try.");
  visit.duration("reconnect_max", database.reconnect_max, between(1ms, 10min),
                 "Longest pause between tries to reconnect.");
}

/// What the catalog and the cart have in common.
template <class Visitor>
void describe(Visitor& visit, Neighbour& neighbour) {
  using namespace std::chrono_literals;
  visit.link("url", neighbour.url,
             "Where the service is: `http://host:port`, with or without a path. Needed to run.");
  visit.number(
      "max_in_flight", neighbour.max_in_flight, between(1, 1'024),
      "Requests under way to the service at the same time; 1 for services that mix up concurrent answers.");
  visit.number("queue_max", neighbour.queue_max, between(1, 1'000'000),
               "Calls that may wait for their turn.");
  visit.number("tries", neighbour.tries, between(1, 100),
               "How often a GET is asked when its answer is an error or about another thing.");
  visit.bytes("response_bytes_max", neighbour.response_bytes_max, between(1 * kib, 1 * gib),
              "Size of an answer's body; a larger one counts as an error.");
  visit.duration("connect_timeout", neighbour.connect_timeout, between(1ms, 5min),
                 "How long connecting to the service may take.");
  visit.duration("call_timeout", neighbour.call_timeout, between(1ms, 10min),
                 "How long one call may take, from sending it to the end of its answer.");
}

template <class Visitor>
void describe(Visitor& visit, Catalog& catalog) {
  using namespace std::chrono_literals;
  describe(visit, static_cast<Neighbour&>(catalog));
  visit.duration("doubt", catalog.doubt, between(1ms, 8'760h),
                 "How long after an unanswered PUT the catalog may still carry it out.");
  visit.duration("put_within", catalog.put_within, between(1ms, 24h),
                 "How old a movement may be when its PUT is sent; an older one is decided anew.");
  visit.duration(
      "gone_after", catalog.gone_after, between(1ms, 8'760h),
      "How long the catalog must not know a product before what is held or owed of it is given up.");
  visit.flag(
      "version_etags", catalog.version_etags,
      "The catalog's ETags are versions, which never come again: PUTs carry `If-Match`, and others may "
      "change stock at the same time. Not for ETags that are made from the content.");
  visit.duration("retry_min", catalog.retry_min, between(1ms, 1h),
                 "Pause before a product's next try after an unanswered PUT; it doubles from try to try.");
  visit.duration("retry_max", catalog.retry_max, between(1ms, 24h), "Longest pause between such tries.");
}

template <class Visitor>
void describe(Visitor& visit, Cart& cart) {
  using namespace std::chrono_literals;
  describe(visit, static_cast<Neighbour&>(cart));
  visit.number("closings_max", cart.closings_max, between(1, 1'000'000),
               "Carts worked on at the same time to be marked as ordered; others wait in the database.");
  visit.duration("retry_min", cart.retry_min, between(1ms, 1h),
                 "Pause before the next try to mark a cart as ordered; it doubles from try to try.");
  visit.duration("retry_max", cart.retry_max, between(1ms, 24h), "Longest pause between such tries.");
}

template <class Visitor>
void describe(Visitor& visit, Actors& actors) {
  using namespace std::chrono_literals;
  visit.choice("scheduler", actors.scheduler, {"sharing", "stealing"},
               "How actor threads share work: one queue for all (`sharing`), or one each with stealing.");
  visit.number("threads", actors.threads, between(1, 256), "Threads that run actors.");
  visit.number("throughput", actors.throughput, between(1, 1'000'000),
               "Messages an actor may take in one go.");
  visit.duration("customer_idle", actors.customer_idle, between(1ms, 24h),
                 "How long a customer's actor stays in memory with nothing to do.");
  visit.number("customers_max", actors.customers_max, between(1, 10'000'000),
               "Customers with an actor in memory; beyond it orders of further customers are refused with "
               "503; those without orders leave before.");
  visit.duration("product_idle", actors.product_idle, between(1ms, 24h),
                 "How long a product's actor stays in memory with nothing to do.");
  visit.number("products_max", actors.products_max, between(1, 10'000'000),
               "Products with an actor in memory; beyond it orders of further products are refused with 503; "
               "those with nothing to do leave before.");
  visit.number("restarts_per_minute_max", actors.restarts_per_minute_max, between(0, 1'000'000),
               "Failed actors restarted within a minute; more, and the process ends.");
}

template <class Visitor>
void describe(Visitor& visit, Orders& orders) {
  using namespace std::chrono_literals;
  visit.number("in_flight_max", orders.in_flight_max, between(1, 1'000'000),
               "Orders and changes of status under way at the same time; further ones are refused with 503.");
  visit.number(
      "reads_in_flight_max", orders.reads_in_flight_max, between(1, 1'000'000),
      "Reads under way at the same time; further GET requests are refused with 503, lists under way go on.");
  visit.duration("deadline", orders.deadline, between(10ms, 10min),
                 "How long placing an order may take before the client is told that it was not placed.");
  visit.duration("read_deadline", orders.read_deadline, between(10ms, 10min),
                 "How long a GET may wait for its turn at the database.");
  visit.number("lines_max", orders.lines_max, between(1, 100'000), "Lines an order may have.");
  visit.number("parked_max", orders.parked_max, between(0, 1'000'000),
               "Orders that may wait for one product's stock to be decided by other orders.");
  visit.duration("parked_poll", orders.parked_poll, between(1ms, 1min),
                 "How often waiting orders look again whether another instance has decided.");
  visit.duration("idempotency_ttl", orders.idempotency_ttl, between(1s, 8'760h),
                 "How long the answer to a POST with an Idempotency-Key is kept, to be given again.");
  visit.number("page_size", orders.page_size, between(1, 10'000),
               "Rows fetched from the database at a time while a list is streamed, at most.");
  visit.names("restock_on", orders.restock_on,
              "Statuses that give an order's stock back; an order can't leave them again.");
  visit.steps(
      "transitions", orders.transitions,
      "Which statuses an order may go to, by the status it has; a status that isn't listed may go to any.");
}

template <class Visitor>
void describe(Visitor& visit, Recovery& recovery) {
  using namespace std::chrono_literals;
  visit.duration("interval", recovery.interval, between(10ms, 1h),
                 "How often to look for what a process that died left undone, and for PUTs in doubt.");
  visit.number("in_flight_max", recovery.in_flight_max, between(1, 1'000),
               "Products that are put right at the same time; orders for others go on meanwhile.");
}

template <class Visitor>
void describe(Visitor& visit, Journal& journal) {
  using namespace std::chrono_literals;
  visit.duration("keep", journal.keep, between(1h, 87'600h),
                 "How long stock movements and reservations are kept that nothing depends on any more.");
  visit.duration("prune_interval", journal.prune_interval, between(10ms, 8'760h),
                 "How often to look for older ones to remove, a few at a time.");
}

template <class Visitor>
void describe(Visitor& visit, Cluster& cluster) {
  visit.flag("enabled", cluster.enabled,
             "Whether several instances work on this database; if not, a second one refuses to start.");
}

template <class Visitor>
void describe(Visitor& visit, Log& log) {
  visit.choice("level", log.level, {"trace", "debug", "info", "warn", "error"},
               "The least important lines to log.");
}

template <class Visitor>
void describe(Visitor& visit, Config& config) {
  visit.section("http", config.http, "The HTTP server.");
  visit.section("database", config.database, "PostgreSQL, where orders are kept.");
  visit.section("catalog", config.catalog, "The product catalog, which owns names, prices and stock.");
  visit.section("cart", config.cart, "The shopping cart, from which orders can be made.");
  visit.section("actors", config.actors, "The actors that do the work.");
  visit.section("orders", config.orders, "Orders: limits, and what statuses mean.");
  visit.section("recovery", config.recovery, "Putting right what a process that died left undone.");
  visit.section("journal", config.journal, "The stock journal: what is kept of it.");
  visit.section("cluster", config.cluster, "Several instances of the service.");
  visit.section("log", config.log, "The log, on standard error.");
}

}  // namespace orders::config
