// What the cart service's answers say, in both of its dialects: a cart within "cart" or on its own, its lines
// within it, beside it, or not at all; "no active cart" as 404 or as 200 with a bare JSON string. Used by
// HttpCartClient; pure functions, any thread.
#pragma once

#include <string>
#include <vector>

#include "domain/neighbours.hpp"
#include "http/client/inquiry.hpp"

namespace orders::http {

/// The answer to GET /carts/{asked}. None also for a cart that is not active.
Judgement<Cart> judge_cart(const Answer& answer, CustomerId asked);

/// The answer to GET /cart_items: the lines of the carts `wanted`, in the order sent; it may be many
/// megabytes long. Lines of no cart (null) and whatever lines of other carts hold are passed over: one bad
/// line must not stop everybody.
Judgement<std::vector<CartItemRow>> judge_items(const Answer& answer, const std::vector<CartId>& wanted);

/// The answer to PUT /carts/{customer}: empty when it says that the cart has been updated; else why not.
std::string fault_of_closing(const Answer& answer);

}  // namespace orders::http
