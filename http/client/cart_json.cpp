#include "http/client/cart_json.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include <fmt/format.h>

#include "http/client/json_reader.hpp"

namespace orders::http {

namespace {

/// A member of the line that is being read: its value, or that it is not what it must be.
template <class T>
struct Field {
  std::optional<T> value{};
  bool odd = false;

  void take(std::optional<T> given) {
    odd = !given;
    value = given;
  }
  [[nodiscard]] bool good() const { return value && !odd; }
};

std::optional<std::int64_t> int64(const Scalar& value) {
  return value.kind == Scalar::Kind::integer ? std::optional(value.integer) : std::nullopt;
}

struct LineFields {
  Field<std::int32_t> product{};
  Field<std::int32_t> quantity{};
  Field<std::int64_t> cart{};
  bool of_no_cart = false;  ///< "cart_id": null

  void take(const std::string& field, const Scalar& value) {
    if (field == "product_id") product.take(value.id32());
    if (field == "quantity") quantity.take(value.int32());
    if (field == "cart_id") {
      of_no_cart = value.kind == Scalar::Kind::null;
      cart.take(int64(value));
    }
  }
  [[nodiscard]] bool good() const { return product.good() && quantity.good(); }
  [[nodiscard]] CartLine line() const { return {ProductId{*product.value}, *quantity.value}; }
};

struct CartFields {
  Field<std::int64_t> id{};
  Field<std::int32_t> customer{};
  std::optional<std::string> status{};

  void take(const std::string& field, const Scalar& value) {
    if (field == "id") id.take(int64(value));
    if (field == "customer_id") customer.take(value.id32());
    if (field == "status" && value.kind == Scalar::Kind::text) status = value.text;
  }
};

/// Collects a cart that is the document itself, or its member "cart", and lines within or beside it.
class CartSink final : public JsonSink {
 public:
  void scalar(const JsonPlace& place, const Scalar& value) override {
    const auto depth = place.depth();
    if (depth == 0) bare_text_ = value.kind == Scalar::Kind::text;
    if (depth == 1 && object_) outer_.take(place.name(), value);
    if (depth == 2 && in_cart_) inner_.take(place.name(), value);
    if (items_depth_ != 0 && depth == items_depth_ + 1) odd_line_ = true;  // an element that is no object
    if (items_depth_ != 0 && depth == items_depth_ + 2) line_.take(place.name(), value);
    // "items": null says nothing; anything else in its place is not understood.
    if (items_at(place) && value.kind != Scalar::Kind::null) odd_line_ = true;
  }
  void open(const JsonPlace& place, bool object) override {
    const auto depth = place.depth();
    if (depth == 0) object_ = object;
    if (depth == 1 && object && object_ && place.name() == "cart") has_cart_ = in_cart_ = true;
    if (items_at(place)) {
      if (object) odd_line_ = true;
      items_depth_ = depth;
      has_items_ = true;
    } else if (items_depth_ != 0 && depth == items_depth_ + 1) {
      line_ = {};
      if (!object) odd_line_ = true;
    }
  }
  void close(const JsonPlace& place, bool /*object*/) override {
    const auto depth = place.depth();
    if (items_depth_ != 0 && depth == items_depth_) items_depth_ = 0;
    if (items_depth_ != 0 && depth == items_depth_ + 1) end_line();
    if (depth == 1) in_cart_ = false;
  }

  [[nodiscard]] bool bare_text() const { return bare_text_; }
  [[nodiscard]] const CartFields& cart() const { return has_cart_ ? inner_ : outer_; }
  [[nodiscard]] bool odd_line() const { return odd_line_; }
  [[nodiscard]] std::optional<std::vector<CartLine>> lines() const {
    return has_items_ ? std::optional(lines_) : std::nullopt;
  }

 private:
  [[nodiscard]] bool items_at(const JsonPlace& place) const {
    const auto depth = place.depth();
    return items_depth_ == 0 && ((depth == 1 && object_) || (depth == 2 && in_cart_)) &&
           place.name() == "items";
  }
  void end_line() {
    if (line_.good()) {
      lines_.push_back(line_.line());
    } else {
      odd_line_ = true;
    }
  }

  bool object_ = false;
  bool has_cart_ = false;
  bool in_cart_ = false;
  bool has_items_ = false;
  bool bare_text_ = false;
  bool odd_line_ = false;
  std::size_t items_depth_ = 0;  ///< where "items" stands; 0: not in it
  CartFields outer_{};
  CartFields inner_{};
  LineFields line_{};
  std::vector<CartLine> lines_{};
};

/// Collects the lines of some carts out of {"items":[{...},...]}.
class ItemsSink final : public JsonSink {
 public:
  explicit ItemsSink(const std::vector<CartId>& wanted) : wanted_(wanted.begin(), wanted.end()) {}

  void scalar(const JsonPlace& place, const Scalar& value) override {
    if (place.depth() == 3 && in_items_) line_.take(place.name(), value);
    if (place.depth() == 2 && in_items_) fault_ = "a line is no object";
  }
  void open(const JsonPlace& place, bool object) override {
    if (place.depth() == 0) object_ = object;
    if (place.depth() == 1 && object_ && !object && place.name() == "items") has_items_ = in_items_ = true;
    if (place.depth() == 2 && in_items_) {
      line_ = {};
      if (!object) fault_ = "a line is no object";
    }
  }
  void close(const JsonPlace& place, bool /*object*/) override {
    if (place.depth() == 1) in_items_ = false;
    if (place.depth() == 2 && in_items_) end_line();
  }

  [[nodiscard]] std::string fault() const { return has_items_ ? fault_ : "it has no list of items"; }
  [[nodiscard]] std::vector<CartItemRow>& rows() { return rows_; }

 private:
  void end_line() {
    if (line_.of_no_cart) return;
    if (!line_.cart.good()) {  // it could be one of ours
      fault_ = "a line's cart_id is not what it must be";
      return;
    }
    const CartId cart{*line_.cart.value};
    if (wanted_.count(cart) == 0) return;
    if (line_.good()) {
      rows_.push_back({cart, line_.line()});
    } else {
      fault_ = fmt::format("a line of cart {} is not what it must be", cart.value);
    }
  }

  std::unordered_set<CartId> wanted_;
  bool object_ = false;
  bool has_items_ = false;
  bool in_items_ = false;
  std::string fault_{};
  LineFields line_{};
  std::vector<CartItemRow> rows_{};
};

/// Sees only whether the document is an object.
class ObjectSink final : public JsonSink {
 public:
  void scalar(const JsonPlace& /*place*/, const Scalar& /*value*/) override {}
  void open(const JsonPlace& place, bool object) override {
    if (place.depth() == 0) object_ = object;
  }
  void close(const JsonPlace& /*place*/, bool /*object*/) override {}
  [[nodiscard]] bool object() const { return object_; }

 private:
  bool object_ = false;
};

}  // namespace

Judgement<Cart> judge_cart(const Answer& answer, CustomerId asked) {
  if (answer.status == 404) return {Verdict::none, {}, "status 404"};
  if (answer.status != 200) return {Verdict::failed, {}, fmt::format("status {}", answer.status)};
  CartSink sink;
  if (auto fault = read_json(answer.body, sink); !fault.empty()) {
    return {Verdict::mistrusted, {}, "not JSON: " + fault};
  }
  if (sink.bare_text()) return {Verdict::none, {}, "a bare text"};
  const auto& fields = sink.cart();
  if (!fields.id.good() || !fields.customer.good() || !fields.status) {
    return {Verdict::mistrusted, {}, "the cart's id, customer_id or status is not what it must be"};
  }
  if (*fields.customer.value != asked.value) {
    return {Verdict::mistrusted, {}, fmt::format("it is about customer {}", *fields.customer.value)};
  }
  if (*fields.status != "Active") return {Verdict::none, {}, "the cart is " + *fields.status};
  if (sink.odd_line()) return {Verdict::mistrusted, {}, "a line of the cart is not what it must be"};
  return {Verdict::found, Cart{CartId{*fields.id.value}, sink.lines()}, {}};
}

Judgement<std::vector<CartItemRow>> judge_items(const Answer& answer, const std::vector<CartId>& wanted) {
  if (answer.status != 200) return {Verdict::failed, {}, fmt::format("status {}", answer.status)};
  ItemsSink sink(wanted);
  if (auto fault = read_json(answer.body, sink); !fault.empty()) {
    return {Verdict::mistrusted, {}, "not JSON: " + fault};
  }
  if (auto fault = sink.fault(); !fault.empty()) return {Verdict::mistrusted, {}, std::move(fault)};
  return {Verdict::found, std::move(sink.rows()), {}};
}

std::string fault_of_closing(const Answer& answer) {
  if (answer.status == 204) return {};
  if (answer.status != 200) return fmt::format("status {}", answer.status);
  ObjectSink sink;
  if (auto fault = read_json(answer.body, sink); !fault.empty()) return "not JSON: " + fault;
  return sink.object() ? std::string() : "not an object";
}

}  // namespace orders::http
