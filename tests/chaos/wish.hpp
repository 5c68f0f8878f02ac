// What a client wanted and what it was told: the clients' side of the story, written down as it happens and
// read by the judge. Plain values; each belongs to one client until that client rests.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace orders::chaos {

struct Line {
  int product = 0;
  int quantity = 0;

  friend bool operator==(const Line& a, const Line& b) {
    return a.product == b.product && a.quantity == b.quantity;
  }
  friend bool operator<(const Line& a, const Line& b) {
    return std::tie(a.product, a.quantity) < std::tie(b.product, b.quantity);
  }
};

/// An order that a client wants, with every try it takes.
struct Wish {
  enum class Outcome : std::uint8_t {
    open,      ///< not told yet, and still trying
    placed,    ///< 201
    refused,   ///< 400
    doubtful,  ///< no answer that says what happened, and no key to ask again with
  };

  int customer = 0;
  bool from_cart =
      false;          ///< the customer's only cart, made for this wish (and perhaps a second one like it)
  std::string key{};  ///< Idempotency-Key; empty: none is sent
  std::vector<Line> lines{};
  bool lies_about = false;  ///< products and carts may have been denied by the services behind orderd

  Outcome outcome = Outcome::open;
  int tries = 0;
  std::vector<std::int64_t> orders_told{};  ///< the id in each 201
  int refusals_told = 0;
  std::string refusal{};                ///< what the 400 says is the matter, e.g. "insufficient-inventory"
  std::vector<int> unknown_products{};  ///< products that the 400 says the catalog does not know

  std::string status{};                   ///< the order's, as last acknowledged
  std::string status_wanted{};            ///< of a PUT without an answer that says what happened; empty: none
  std::vector<std::string> complaints{};  ///< answers that must not be, in words

  [[nodiscard]] std::int64_t order() const { return orders_told.empty() ? 0 : orders_told.front(); }
};

}  // namespace orders::chaos
