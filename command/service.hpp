// The service without its HTTP edge: the actors, with the clients of catalog and cart and the stores they
// need. What serves orders and what repairs put the same parts together. Used by main.cpp and by
// `orderd audit --repair`; made, stopped and destroyed in one thread, in between any thread may use what it
// gives out.
#pragma once

#include <functional>
#include <string>

#include "actors/order_service.hpp"
#include "config/config.hpp"
#include "domain/counters.hpp"
#include "http/client/cart_client.hpp"
#include "http/client/catalog_client.hpp"
#include "http/client/http_client.hpp"
#include "persistence/instance.hpp"

namespace orders::command {

class Service {
 public:
  /// Starts the actors. `settings` and `instance` must outlive it. `give_up`: see OrderService::Parts.
  Service(const config::Config& settings, const persistence::Instance& instance,
          std::function<void(const std::string& reason)> give_up);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  Service(Service&&) = delete;
  Service& operator=(Service&&) = delete;
  /// Stops, or leaves with status 1.
  ~Service();

  Counters& counters() { return counters_; }
  http::HttpClient& client() { return client_; }
  OrderService& orders() { return orders_; }

  /// Ends the actors, then the client, whose callbacks they wait for; false when an actor is stuck in a call
  /// to the database: then leave(), since nothing can be destroyed any more. Idempotent.
  [[nodiscard]] bool stop();

 private:
  Counters counters_;
  http::HttpClient client_;
  http::HttpCatalogClient catalog_;
  http::HttpCartClient cart_;
  OrderService orders_;
};

/// Ends the process at once, whatever its threads are stuck in; the log is written before.
[[noreturn]] void leave(int status);

}  // namespace orders::command
