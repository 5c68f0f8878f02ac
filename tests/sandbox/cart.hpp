// The Shopping Cart: its routes on a Store, in either dialect. Made once by main; its routes refer to it, so
// it must outlive the Service that has them. One thread.
#pragma once

#include <string>
#include <vector>

#include "tests/sandbox/body.hpp"
#include "tests/sandbox/catalog.hpp"
#include "tests/sandbox/route.hpp"
#include "tests/sandbox/store.hpp"

namespace orders::sandbox {

enum class InlineItems {
  none,
  in_cart,      ///< {"cart":{...,"items":[...]}}
  beside_cart,  ///< {"cart":{...},"items":[...]}
};

struct CartStyle {
  Dialect dialect = Dialect::code;
  InlineItems items = InlineItems::none;
};

class CartService {
 public:
  CartService(Store& store, CartStyle style) : store_(store), style_(style) {}

  std::vector<Route> routes();
  /// After a value that no column can keep every request that needs the database is a 500, until this is
  /// called.
  void heal() { poisoned_ = false; }
  [[nodiscard]] bool poisoned() const { return poisoned_; }

 private:
  Outcome get(const Call& call);
  Outcome list_items() const;
  Outcome set_status(const Call& call);
  Outcome add_item(const Call& call);

  [[nodiscard]] Answer not_found(const Call& call) const;
  [[nodiscard]] Answer found(const Cart& cart) const;
  /// Whether the request ends here: poisoned before, or by this very value.
  bool spoilt_by(std::int64_t value);

  Store& store_;
  CartStyle style_;
  bool poisoned_ = false;
};

}  // namespace orders::sandbox
