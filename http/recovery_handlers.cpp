#include "http/recovery_handlers.hpp"

#include "http/json_writer.hpp"
#include "http/order_json.hpp"

namespace orders::http {

namespace {

void write_counts(JsonWriter& json, const char* name, const RecoveryCounts& counts) {
  json.key(name).begin_object();
  json.key("unsettled_movements").number(counts.unsettled);
  json.key("orphaned_holds").number(counts.orphaned_holds);
  json.key("orphaned_units").number(counts.orphaned_units);
  json.key("owed").number(counts.owed);
  json.key("owed_units").number(counts.owed_units);
  json.key("doubts").number(counts.doubts);
  json.key("carts_to_close").number(counts.carts_to_close);
  json.end_object();
}

void write_product(JsonWriter& json, const ProductRecovery& product) {
  json.begin_object();
  json.key("product_id").number(product.product.value);
  json.key("unsettled").boolean(product.unsettled);
  json.key("orphaned_holds").number(product.orphaned_holds);
  json.key("owed").number(product.owed);
  json.key("doubts").number(product.doubts);
  json.key("resolution").text(product.resolution);
  json.end_object();
}

}  // namespace

std::string to_json(const RecoveryReport& report) {
  JsonWriter json;
  json.begin_object();
  json.key("status").text(report.finished_at ? "finished" : "running");
  json.key("started_at").text(rfc3339(report.started_at));
  if (report.finished_at) json.key("finished_at").text(rfc3339(*report.finished_at));
  write_counts(json, "at_start", report.at_start);
  write_counts(json, "later", report.later);
  json.key("walks").number(report.walks);
  json.key("unresolved").number(report.unresolved);
  json.key("products").begin_array();
  for (const auto& product : report.products) write_product(json, product);
  json.end_array();
  json.key("products_left_out").number(report.products_left_out);
  json.end_object();
  return json.take();
}

std::vector<Route> recovery_routes(Surroundings& around) {
  return {{"GET", "/recovery", "what was found undone at the start and since, and what became of it",
           [&around](const RoutedRequest&, const PendingAnswer& answer) {
             answer.json(200, to_json(around.orders.recovery()));
           }}};
}

}  // namespace orders::http
