// The numbers that name things: customers, products, orders, carts. Strong types, so that one is never passed
// for another. Used everywhere; plain values, safe in any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace orders {

/// A number of one kind. `Rep` is how wide it is in the database and in JSON.
template <class Tag, class Rep>
struct Id {
  Rep value{};

  friend constexpr bool operator==(Id a, Id b) { return a.value == b.value; }
  friend constexpr bool operator!=(Id a, Id b) { return a.value != b.value; }
  friend constexpr bool operator<(Id a, Id b) { return a.value < b.value; }
};

using CustomerId = Id<struct CustomerTag, std::int32_t>;  ///< 1 to 2147483647
using ProductId = Id<struct ProductTag, std::int32_t>;    ///< 1 to 2147483647
using OrderId =
    Id<struct OrderTag, std::int64_t>;  ///< from first_order_id on; smaller ones are an older installation's
using CartId = Id<struct CartTag, std::int64_t>;  ///< whatever the cart service numbers its carts with

/// Orders we number start above every 32-bit customer id, so that GET /orders/{id} can tell the two apart.
inline constexpr OrderId first_order_id{10'000'000'001};

}  // namespace orders

template <class Tag, class Rep>
struct std::hash<orders::Id<Tag, Rep>> {
  std::size_t operator()(orders::Id<Tag, Rep> id) const noexcept { return std::hash<Rep>{}(id.value); }
};
