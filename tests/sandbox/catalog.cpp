#include "tests/sandbox/catalog.hpp"

#include <utility>

namespace orders::sandbox {

namespace {

/// Whether an If-Match allows a write to the row as it is now (null: there is none).
bool precondition_holds(std::string_view if_match, const Product* current) {
  if (if_match.empty()) return true;
  if (current == nullptr) return false;
  return if_match == "*" || if_match == "\"" + std::to_string(current->version) + "\"";
}

std::optional<Answer> bad_id(const Call& call) {
  if (call.id_is_number) return std::nullopt;
  Faults422 faults;
  faults.add(R"("path","product_id")", "value is not a valid integer", "type_error.integer");
  return faults.answer();
}

}  // namespace

std::vector<Route> Catalog::routes() {
  const auto denied = [this](const Call& call) { return not_found(call); };
  const auto other_get = [this](const Call& call) -> std::optional<Answer> {
    const auto* other = store_.another_product(call.id);
    return other == nullptr ? std::nullopt : std::optional(found(*other));
  };
  const auto other_put = [this](const Call& call) -> std::optional<Answer> {
    const auto* other = store_.another_product(call.id);
    return other == nullptr ? std::nullopt : std::optional(updated(*other));
  };
  return {
      {"GET", "/products", [this](const Call&) { return list(); }},
      {"POST", "/products", [this](const Call& call) { return create(call); }},
      {"GET", "/products/{id}", [this](const Call& call) { return get(call); }, denied, other_get},
      {"PUT", "/products/{id}", [this](const Call& call) { return replace(call); }, denied, other_put},
      {"DELETE", "/products/{id}", [this](const Call& call) { return remove(call); }, denied},
  };
}

Answer Catalog::not_found(const Call& call) const {
  const auto text =
      "product with id: " + (call.id_is_number ? std::to_string(call.id) : call.id_text) + " was not found";
  return style_.dialect == Dialect::code ? bare_string_answer(text) : detail_answer(404, text);
}

std::string Catalog::etag_line(const Product& product) const {
  return style_.etag ? "etag: \"" + std::to_string(product.version) + "\"\r\n" : std::string();
}

Answer Catalog::found(const Product& product) const {
  auto body = product_json(product);
  auto answer = json_answer(200, style_.unwrapped ? std::move(body) : R"({"product_detail":)" + body + "}");
  answer.headers = etag_line(product);
  return answer;
}

Answer Catalog::updated(const Product& product) const {
  auto answer = json_answer(
      200, R"({"message":"Product updated successfully","updated_product":)" + product_json(product) + "}");
  answer.headers = etag_line(product);
  return answer;
}

Outcome Catalog::list() const {
  if (poisoned_) return {internal_error_answer()};
  std::string body = R"({"data":[)";
  for (const auto& [id, product] : store_.products()) {
    if (body.back() != '[') body += ',';
    body += product_json(product);
  }
  return {json_answer(200, body + "]}")};
}

Outcome Catalog::get(const Call& call) const {
  if (auto bad = bad_id(call)) return {std::move(*bad)};
  if (poisoned_) return {internal_error_answer()};
  const auto* product = store_.product(call.id);
  return {product == nullptr ? not_found(call) : found(*product)};
}

std::optional<Answer> Catalog::read_product(const Call& call, Product& product) {
  Faults422 faults;
  if (!call.id_is_number) {
    faults.add(R"("path","product_id")", "value is not a valid integer", "type_error.integer");
  }
  Body body(call.request(), faults);
  product.name = body.text("name");
  product.price = body.integer("price");
  product.quantity = body.integer("quantity");
  if (!faults.empty()) return faults.answer();
  if (!fits_column(product.price) || !fits_column(product.quantity)) poisoned_ = true;
  // The database driver refuses NUL before it has sent anything, so that error does not last.
  if (poisoned_ || product.name.find('\0') != std::string::npos) return internal_error_answer();
  return std::nullopt;
}

Outcome Catalog::create(const Call& call) {
  Product product;
  if (auto bad = read_product(call, product)) return {std::move(*bad)};
  product.id = store_.next_product_id();
  return {json_answer(201, R"({"data":)" + product_json(product) + "}"),
          [this, product] { store_.put_product(product); }};
}

Outcome Catalog::replace(const Call& call) {
  Product product;
  if (auto bad = read_product(call, product)) return {std::move(*bad)};
  product.id = call.id;
  const auto* current = store_.product(call.id);
  const std::string if_match(style_.etag ? call.request().if_match : std::string_view());
  if (!precondition_holds(if_match, current)) return {detail_answer(412, "Precondition Failed")};
  if (current == nullptr) return {not_found(call)};
  product.version = store_.next_version();
  auto answer = updated(product);
  // Asked again when it is applied, which may be later: a row that is gone or newer by then is left alone.
  return {std::move(answer), [this, product = std::move(product), if_match] {
            const auto* row = store_.product(product.id);
            if (row != nullptr && precondition_holds(if_match, row)) store_.put_product(product);
          }};
}

Outcome Catalog::remove(const Call& call) const {
  if (auto bad = bad_id(call)) return {std::move(*bad)};
  if (poisoned_) return {internal_error_answer()};
  const bool known = store_.product(call.id) != nullptr;
  if (!known && style_.dialect == Dialect::readme) return {not_found(call)};
  return {no_content_answer(), [this, id = call.id] { store_.delete_product(id); }};
}

}  // namespace orders::sandbox
