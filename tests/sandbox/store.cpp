#include "tests/sandbox/store.hpp"

#include <algorithm>

#include <rapidjson/document.h>

#include "tests/sandbox/message.hpp"

namespace orders::sandbox {

namespace {

std::string product_line(const Product& product) {
  return R"({"product":)" + product_json(product) + R"(,"version":)" + std::to_string(product.version) + "}";
}

std::string cart_line(const Cart& cart) {
  return R"({"cart":{"id":)" + std::to_string(cart.id) + R"(,"customer_id":)" +
         std::to_string(cart.customer) + R"(,"status":)" + quoted(cart.status) + "}}";
}

std::int64_t number(const rapidjson::Value& object, const char* name) {
  const auto member = object.FindMember(name);
  return member != object.MemberEnd() && member->value.IsInt64() ? member->value.GetInt64() : 0;
}

std::string text(const rapidjson::Value& object, const char* name) {
  const auto member = object.FindMember(name);
  if (member == object.MemberEnd() || !member->value.IsString()) return {};
  return {member->value.GetString(), member->value.GetStringLength()};
}

/// The entry after `id`, going round; null if there is no other.
template <class Map>
const typename Map::value_type* neighbour(const Map& map, std::int64_t id) {
  auto found = map.find(id);
  if (found != map.end()) ++found;
  if (found == map.end()) found = map.begin();
  return found == map.end() || found->first == id ? nullptr : &*found;
}

}  // namespace

std::string product_json(const Product& product) {
  std::string out;
  out.reserve(64 + product.name.size());
  out.append(R"({"id":)")
      .append(std::to_string(product.id))
      .append(R"(,"name":)")
      .append(quoted(product.name));
  out.append(R"(,"price":)").append(std::to_string(product.price));
  out.append(R"(,"quantity":)").append(std::to_string(product.quantity)).append("}");
  return out;
}

std::string cart_item_json(const CartItem& item) {
  return R"({"id":)" + std::to_string(item.id) + R"(,"product_id":)" + std::to_string(item.product) +
         R"(,"quantity":)" + std::to_string(item.quantity) + R"(,"cart_id":)" + std::to_string(item.cart) +
         "}";
}

const Product* Store::product(std::int64_t id) const {
  const auto found = products_.find(id);
  return found == products_.end() ? nullptr : &found->second;
}

const Product* Store::another_product(std::int64_t id) const {
  const auto* other = neighbour(products_, id);
  return other == nullptr ? nullptr : &other->second;
}

void Store::put_product(Product product) {
  product.version = ++last_version_;
  last_product_ = std::max(last_product_, product.id);
  auto& row = products_[product.id];
  row = std::move(product);
  if (journal_) write(product_line(row));
}

void Store::delete_product(std::int64_t id) {
  if (products_.erase(id) != 0) write(R"({"deleted":)" + std::to_string(id) + "}");
}

const Cart* Store::active_cart(std::int64_t customer) const {
  const auto found = active_.find(customer);
  return found == active_.end() ? nullptr : &carts_.at(found->second);
}

const Cart* Store::another_active_cart(std::int64_t customer) const {
  const auto* other = neighbour(active_, customer);
  return other == nullptr ? nullptr : &carts_.at(other->second);
}

void Store::insert_cart(const Cart& cart) {
  last_cart_ = std::max(last_cart_, cart.id);
  carts_[cart.id] = cart;
  const auto active = active_.find(cart.customer);
  if (cart.status == "Active") {
    active_[cart.customer] = cart.id;
  } else if (active != active_.end() && active->second == cart.id) {
    active_.erase(active);
  }
}

void Store::set_cart_status(std::int64_t customer, const std::string& status) {
  const auto* active = active_cart(customer);
  if (active == nullptr) return;
  Cart changed = *active;
  changed.status = status;
  insert_cart(changed);
  if (journal_) write(cart_line(changed));
}

void Store::insert_item(const CartItem& item) {
  last_item_ = std::max(last_item_, item.id);
  items_by_cart_[item.cart].push_back(items_.size());
  items_.push_back(item);
  // Somebody is still sending the old text: leave it to them.
  if (items_body_.use_count() > 1) items_body_ = std::make_shared<std::string>(*items_body_);
  auto& body = *items_body_;
  body.resize(body.size() - 2);
  if (items_.size() > 1) body += ',';
  body.append(cart_item_json(item)).append("]}");
}

void Store::add_item(std::int64_t customer, std::int64_t product, std::int64_t quantity) {
  if (active_cart(customer) == nullptr) {
    const Cart cart{last_cart_ + 1, customer};
    insert_cart(cart);
    if (journal_) write(cart_line(cart));
  }
  const CartItem item{last_item_ + 1, product, quantity, active_cart(customer)->id};
  insert_item(item);
  if (journal_) write(R"({"item":)" + cart_item_json(item) + "}");
}

std::vector<CartItem> Store::items_of(std::int64_t cart) const {
  std::vector<CartItem> out;
  const auto found = items_by_cart_.find(cart);
  if (found == items_by_cart_.end()) return out;
  for (const auto index : found->second) out.push_back(items_[index]);
  return out;
}

std::vector<Cart> Store::carts_of(std::int64_t customer) const {
  std::vector<Cart> out;
  for (const auto& [id, cart] : carts_) {
    if (cart.customer == customer) out.push_back(cart);
  }
  std::sort(out.begin(), out.end(), [](const Cart& a, const Cart& b) { return a.id < b.id; });
  return out;
}

void Store::dump(const Journal& line) const {
  line(R"({"last":{"product":)" + std::to_string(last_product_) + R"(,"version":)" +
       std::to_string(last_version_) + "}}");
  for (const auto& [id, product] : products_) line(product_line(product));
  for (const auto& [id, cart] : carts_) line(cart_line(cart));
  for (const auto& item : items_) line(R"({"item":)" + cart_item_json(item) + "}");
}

bool Store::restore(std::string_view line) {
  rapidjson::Document row;
  row.Parse(line.data(), line.size());
  if (row.HasParseError() || !row.IsObject() || row.MemberCount() == 0) return false;
  const std::string_view kind(row.MemberBegin()->name.GetString());
  const auto& value = row.MemberBegin()->value;
  if (kind == "deleted" && value.IsInt64()) {
    products_.erase(value.GetInt64());
    return true;
  }
  if (!value.IsObject()) return false;
  if (kind == "product") {
    const auto version = static_cast<std::uint64_t>(number(row, "version"));
    const Product product{number(value, "id"), text(value, "name"), number(value, "price"),
                          number(value, "quantity"), version};
    last_product_ = std::max(last_product_, product.id);
    last_version_ = std::max(last_version_, version);
    products_[product.id] = product;
  } else if (kind == "cart") {
    insert_cart({number(value, "id"), number(value, "customer_id"), text(value, "status")});
  } else if (kind == "item") {
    insert_item({number(value, "id"), number(value, "product_id"), number(value, "quantity"),
                 number(value, "cart_id")});
  } else if (kind == "last") {
    last_product_ = std::max(last_product_, number(value, "product"));
    last_version_ = std::max(last_version_, static_cast<std::uint64_t>(number(value, "version")));
  } else {
    return false;
  }
  return true;
}

}  // namespace orders::sandbox
