#include "tests/sandbox/cart.hpp"

#include <utility>

namespace orders::sandbox {

namespace {

void check_id(const Call& call, Faults422& faults) {
  if (!call.id_is_number) {
    faults.add(R"("path","customer_id")", "value is not a valid integer", "type_error.integer");
  }
}

}  // namespace

std::vector<Route> CartService::routes() {
  const auto denied = [this](const Call& call) { return not_found(call); };
  const auto other = [this](const Call& call) -> std::optional<Answer> {
    const auto* cart = store_.another_active_cart(call.id);
    return cart == nullptr ? std::nullopt : std::optional(found(*cart));
  };
  return {
      {"GET", "/carts/{id}", [this](const Call& call) { return get(call); }, denied, other},
      {"PUT", "/carts/{id}", [this](const Call& call) { return set_status(call); }, denied},
      {"POST", "/carts/{id}", [this](const Call& call) { return add_item(call); }},
      {"GET", "/cart_items", [this](const Call&) { return list_items(); }},
  };
}

Answer CartService::not_found(const Call& call) const {
  const auto text = "cart with customer id: " + (call.id_is_number ? std::to_string(call.id) : call.id_text) +
                    " was not found";
  return style_.dialect == Dialect::code ? bare_string_answer(text) : detail_answer(404, text);
}

Answer CartService::found(const Cart& cart) const {
  std::string items;
  if (style_.items != InlineItems::none) {
    items = R"(,"items":[)";
    for (const auto& item : store_.items_of(cart.id)) {
      if (items.back() != '[') items += ',';
      items += R"({"product_id":)" + std::to_string(item.product) + R"(,"quantity":)" +
               std::to_string(item.quantity) + "}";
    }
    items += ']';
  }
  const auto row = R"({"cart":{"id":)" + std::to_string(cart.id) + R"(,"customer_id":)" +
                   std::to_string(cart.customer) + R"(,"status":)" + quoted(cart.status);
  return json_answer(200,
                     style_.items == InlineItems::in_cart ? row + items + "}}" : row + "}" + items + "}");
}

bool CartService::spoilt_by(std::int64_t value) {
  if (!fits_column(value)) poisoned_ = true;
  return poisoned_;
}

Outcome CartService::get(const Call& call) {
  Faults422 faults;
  check_id(call, faults);
  if (!faults.empty()) return {faults.answer()};
  if (spoilt_by(call.id)) return {internal_error_answer()};
  const auto* cart = store_.active_cart(call.id);
  return {cart == nullptr ? not_found(call) : found(*cart)};
}

Outcome CartService::list_items() const {
  if (poisoned_) return {internal_error_answer()};
  Answer answer;
  answer.shared_body = store_.items_body();
  return {std::move(answer)};
}

Outcome CartService::set_status(const Call& call) {
  Faults422 faults;
  check_id(call, faults);
  std::string status;
  if (style_.dialect == Dialect::readme) {
    status = Body(call.request(), faults).text("status");
  } else {
    bool given = false;
    status = query_value(call.request().query, "status", given);
    if (!given) faults.add(R"("query","status")", "field required", "value_error.missing");
  }
  if (!faults.empty()) return {faults.answer()};
  if (spoilt_by(call.id)) return {internal_error_answer()};
  if (style_.dialect == Dialect::readme && store_.active_cart(call.id) == nullptr) return {not_found(call)};
  return {json_answer(200, R"({"message":"Cart status updated successfully"})"),
          [this, customer = call.id, status] { store_.set_cart_status(customer, status); }};
}

Outcome CartService::add_item(const Call& call) {
  Faults422 faults;
  check_id(call, faults);
  Body body(call.request(), faults);
  const auto product = body.integer("product_id");
  const auto quantity = body.integer("quantity");
  if (!faults.empty()) return {faults.answer()};
  if (spoilt_by(call.id) || spoilt_by(quantity)) return {internal_error_answer()};
  if (style_.dialect == Dialect::readme) {
    const auto* row = store_.product(product);
    if (row == nullptr) {
      return {detail_answer(404, "product with id: " + std::to_string(product) + " was not found")};
    }
    if (row->quantity < quantity) return {detail_answer(400, "Not enough stock for this product")};
  }
  return {json_answer(201, R"({"message":"Item added to cart successfully"})"),
          [this, customer = call.id, product, quantity] { store_.add_item(customer, product, quantity); }};
}

}  // namespace orders::sandbox
