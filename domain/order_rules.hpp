// The rules about orders that need nothing but the order: which lines are allowed, how they add up, which
// status texts and changes of status are allowed. Pure functions, safe in any thread; used by http/ (checking
// bodies) and actors/.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "domain/order.hpp"
#include "domain/result.hpp"

namespace orders {

/// Sums the lines of each product, ascending by product: what is to be reserved.
/// Error validation_failed when there is no line, or a product's lines add up to more than 2147483647.
Result<std::vector<OrderLine>> sum_by_product(const std::vector<OrderLine>& lines);

/// Lines of a cart as lines of an order. The cart service lets a line's quantity be 0 or negative (a customer
/// who put something back): products that have such a line become one line of their net quantity, or none if
/// that is not positive.
struct CartLine {
  ProductId product;
  std::int32_t quantity = 0;  ///< 0 and negative ones occur
};
std::vector<OrderLine> lines_of_cart(const std::vector<CartLine>& lines);

/// Why a status text is not allowed; empty when it is. `text` must be valid UTF-8.
std::string status_fault(std::string_view text);

/// What the operator allows and means by statuses.
struct StatusRules {
  /// Reaching one of these gives the order's stock back, once; leaving one again is not allowed.
  std::set<std::string> restock_on{"Cancelled", "Canceled"};
  /// From a status to the ones it may become. A status that is not listed may become anything.
  std::map<std::string, std::set<std::string>> transitions{};

  [[nodiscard]] bool restocks(const std::string& status) const { return restock_on.count(status) != 0; }
  /// Why the step is forbidden; empty when it is allowed. Staying is always allowed.
  [[nodiscard]] std::string fault(const std::string& from, const std::string& to) const;
};

}  // namespace orders
