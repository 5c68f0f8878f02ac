// Everything that can be set, as plain structs; the member initialisers are the defaults. config/schema.hpp
// says what each value is called, means and may be; config/load fills the tree. Plain values: main.cpp reads
// the tree once and hands each part to the folder it is for.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace orders::config {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A text that is never printed or logged.
struct Secret {
  std::string value;
};

struct Http {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  ///< 0: any free port, printed at start
  std::uint32_t threads = 1;
  std::uint32_t connections_max = 10'000;
  std::uint32_t header_bytes_max = 16'384;
  std::uint32_t target_bytes_max = 8'192;
  std::uint32_t body_bytes_max = 1'048'576;
  std::uint32_t pending_bytes_max = 1'048'576;            ///< answers waiting for one client
  std::uint64_t pending_bytes_total_max = 268'435'456;    ///< answers waiting for all clients
  std::uint64_t receiving_bytes_total_max = 268'435'456;  ///< requests being received from all clients
  milliseconds header_timeout{10'000};
  milliseconds body_timeout{30'000};
  milliseconds idle_timeout{75'000};
  milliseconds handler_timeout{30'000};
  milliseconds write_timeout{30'000};
  milliseconds drain_grace{0};  ///< between not being ready and not accepting
  milliseconds drain_timeout{10'000};
};

struct Database {
  std::string url;  ///< libpq's: postgresql://user@host:5432/name or key=value pairs; empty: not set
  Secret password;  ///< instead of one in the url
  std::string password_file;  ///< where load() read `password` from; empty: nowhere
  std::uint32_t order_writers = 1;
  std::uint32_t intent_writers = 1;
  std::uint32_t readers = 2;
  std::uint32_t order_batch_max = 128;
  std::uint32_t intent_batch_max = 128;
  std::uint32_t order_ids_block = 1'000;
  milliseconds connect_timeout{2'000};
  milliseconds statement_timeout{5'000};
  milliseconds reconnect_min{50};
  milliseconds reconnect_max{1'000};
};

struct Neighbour {
  std::string url;  ///< http://host:port[/prefix]; empty: not set
  std::uint32_t max_in_flight = 1;
  std::uint32_t queue_max = 10'000;  ///< calls waiting for their turn
  std::uint32_t tries = 3;  ///< how often a GET is asked when its answer is an error or about another thing
  std::uint32_t response_bytes_max = 67'108'864;
  milliseconds connect_timeout{500};
  milliseconds call_timeout{2'000};
};

struct Catalog : Neighbour {
  milliseconds doubt{24 * 3'600'000};  ///< how long an unanswered PUT may still land (protocol rule R5)
  milliseconds gone_after{3'600'000};  ///< how long a product must be unknown before its stock is given up
  milliseconds put_within{30'000};     ///< of asking for its movement; a PUT that would be later is not sent
  bool version_etags = false;          ///< its ETags are versions: PUTs carry If-Match
  milliseconds retry_min{50};          ///< between cycles after an unanswered PUT
  milliseconds retry_max{2'000};
};

struct Cart : Neighbour {
  std::uint32_t closings_max = 1'000;  ///< carts worked on to be marked as ordered
  milliseconds retry_min{200};         ///< between tries to mark a cart as ordered
  milliseconds retry_max{30'000};
};

struct Actors {
  std::string scheduler = "sharing";  ///< sharing or stealing
  std::uint32_t threads = 2;
  std::uint32_t throughput = 300;  ///< messages an actor may take in one go
  milliseconds customer_idle{30'000};
  std::uint32_t customers_max = 100'000;
  milliseconds product_idle{60'000};
  std::uint32_t products_max = 100'000;
  std::uint32_t restarts_per_minute_max = 30;  ///< more, and the process gives up
};

struct Orders {
  std::uint32_t in_flight_max = 256;
  std::uint32_t reads_in_flight_max = 1'024;
  milliseconds deadline{5'000};
  milliseconds read_deadline{5'000};
  std::uint32_t lines_max = 500;
  std::uint32_t parked_max = 1'000;
  milliseconds parked_poll{20};
  milliseconds idempotency_ttl{24 * 3'600'000};
  std::uint32_t page_size = 500;  ///< rows fetched at a time for lists, at most
  std::set<std::string> restock_on{"Cancelled", "Canceled"};
  std::map<std::string, std::set<std::string>> transitions{};
};

struct Recovery {
  milliseconds interval{5'000};     ///< between walks over what was left undone
  std::uint32_t in_flight_max = 4;  ///< products attended at a time
};

struct Journal {
  milliseconds keep{7 * 24 * 3'600'000};   ///< how long movements and released reservations are kept
  milliseconds prune_interval{3'600'000};  ///< between looks for older ones
};

struct Cluster {
  bool enabled = false;
};

struct Log {
  std::string level = "info";  ///< trace, debug, info, warn, error
};

struct Config {
  Http http;
  Database database;
  Catalog catalog;
  Cart cart;
  Actors actors;
  Orders orders;
  Recovery recovery;
  Journal journal;
  Cluster cluster;
  Log log;
};

}  // namespace orders::config
