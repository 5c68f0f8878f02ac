// The table of routes and its dispatcher: which method on which path is which handler's, with 404, 405, HEAD
// and OPTIONS answered for all of them. Built once by main.cpp; the server calls dispatch() on its threads.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "actors/order_service.hpp"
#include "config/config.hpp"
#include "http/metrics.hpp"
#include "http/pending_answer.hpp"
#include "http/server/exchange.hpp"

namespace orders::http {

/// What handlers work with. All of it outlives them.
struct Surroundings {
  const config::Config& settings;
  OrderService& orders;
  Metrics& metrics;
  std::atomic<bool> draining{false};  ///< set by main.cpp when a stop was asked for: /readyz says so
};

/// A request at its route: `parameters` are the path's, in order.
struct RoutedRequest {
  Request request;
  std::vector<std::string> parameters;
};

using RouteHandler = std::function<void(const RoutedRequest&, const PendingAnswer&)>;

struct Route {
  const char* method;
  const char* path;   ///< template, e.g. "/orders/{id}": a segment in braces matches any one segment
  const char* about;  ///< one line for people
  RouteHandler handle;
};

class Routes {
 public:
  explicit Routes(Surroundings& surroundings);

  /// Finds the route and has the request handled; never throws.
  void dispatch(Request request, Responder responder) const;

  [[nodiscard]] const std::vector<Route>& table() const { return table_; }

 private:
  struct Match;
  [[nodiscard]] Match find(const Request& request) const;

  Surroundings& surroundings_;
  std::vector<Route> table_;
  std::vector<std::vector<std::string>> segments_;  ///< of each route's path
};

}  // namespace orders::http
