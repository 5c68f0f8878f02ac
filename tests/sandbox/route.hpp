// What a service can be asked: its routes, each with the function that decides the answer. Deciding and
// applying are apart, so that a fault can apply a write never, or later than its answer. Filled by the
// catalog and the cart, used by Service; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/message.hpp"
#include "tests/sandbox/server.hpp"

namespace orders::sandbox {

struct Route;

/// A request on its way through a service.
struct Call {
  std::shared_ptr<Connection> connection;
  const Route* route = nullptr;
  std::string id_text{};  ///< what stands for {id} in the path
  std::int64_t id = 0;    ///< the same as a number, if it is one
  bool id_is_number = true;
  bool overlapped = false;  ///< another request to the service was under way at the same time
  bool ended = false;

  [[nodiscard]] const Request& request() const { return connection->request(); }
};

/// What a handler decided: the answer, and the write that makes it true (empty for none).
struct Outcome {
  Answer answer;
  std::function<void()> apply{};
};

struct Route {
  std::string method;
  std::string pattern;  ///< "/products" or "/products/{id}"
  std::function<Outcome(const Call&)> handle;
  /// The answer that denies that the thing exists; empty where there is no such answer.
  std::function<Answer(const Call&)> not_found{};
  /// The right answer about another row; none if there is no other. Empty for routes without a row.
  std::function<std::optional<Answer>(const Call&)> other_row{};

  [[nodiscard]] std::string name() const { return method + " " + pattern; }
  [[nodiscard]] bool writes() const { return method != "GET"; }
};

class RouteTable {
 public:
  explicit RouteTable(std::vector<Route> routes);

  /// Fills the call's route and id, or gives the answer of the framework: 307, 404, 405.
  std::optional<Answer> match(Call& call) const;
  /// By name, e.g. "PUT /products/{id}"; null if there is none.
  [[nodiscard]] const Route* find(std::string_view name) const;
  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

 private:
  [[nodiscard]] bool any_matches(std::string_view path) const;

  std::vector<Route> routes_;
};

}  // namespace orders::sandbox
