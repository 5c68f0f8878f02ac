#include "http/order_json.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "http/json_writer.hpp"

namespace orders::http {

namespace {

void write_item(JsonWriter& json, const OrderItem& item) {
  json.key("id").number(item.id);
  json.key("product_id").number(item.product.value);
  json.key("quantity").number(item.quantity);
}

void write_order(JsonWriter& json, const Order& order) {
  json.begin_object();
  json.key("id").number(order.id.value);
  json.key("customer_id").number(order.customer.value);
  json.key("status").text(order.status);
  json.key("items").begin_array();
  for (const auto& item : order.items) {
    json.begin_object();
    write_item(json, item);
    json.end_object();
  }
  json.end_array();
  json.key("created_at").text(rfc3339(order.created_at));
  json.key("updated_at").text(rfc3339(order.updated_at));
  json.end_object();
}

/// What stands between the brackets of a list.
std::string without_brackets(const JsonWriter& list) {
  const auto text = list.take();
  return text.substr(1, text.size() - 2);
}

}  // namespace

std::string rfc3339(Timestamp time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto micros = (time - seconds).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), micros);
}

std::string to_json(const Order& order) {
  JsonWriter json;
  write_order(json, order);
  return json.take();
}

std::string to_json_elements(const std::vector<Order>& orders) {
  JsonWriter json;
  json.begin_array();
  for (const auto& order : orders) write_order(json, order);
  json.end_array();
  return without_brackets(json);
}

std::string to_json_elements(const std::vector<OrderItemRow>& rows) {
  JsonWriter json;
  json.begin_array();
  for (const auto& row : rows) {
    json.begin_object();
    write_item(json, row.item);
    json.key("order_id").number(row.order.value);
    json.end_object();
  }
  json.end_array();
  return without_brackets(json);
}

}  // namespace orders::http
