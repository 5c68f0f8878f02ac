#include "http/problem.hpp"

#include <array>

#include "http/json_writer.hpp"

namespace orders::http {

namespace {

constexpr const char* internal_detail = "the service failed and could not do what was asked";

constexpr std::array<ProblemKind, 23> kinds{{
    {ErrorCode::malformed_json, 422, "malformed-json", "The body is not valid JSON", nullptr, 0},
    {ErrorCode::validation_failed, 422, "validation-failed", "The request is not valid", nullptr, 0},
    {ErrorCode::invalid_parameter, 422, "invalid-parameter", "A parameter is not valid", nullptr, 0},
    {ErrorCode::route_not_found, 404, "route-not-found", "There is nothing at this path", nullptr, 0},
    {ErrorCode::method_not_allowed, 405, "method-not-allowed", "The path does not support this method",
     nullptr, 0},
    {ErrorCode::order_not_found, 404, "order-not-found", "There is no such order", nullptr, 0},
    {ErrorCode::customer_has_no_orders, 404, "customer-has-no-orders", "The customer has no orders", nullptr,
     0},
    {ErrorCode::insufficient_inventory, 400, "insufficient-inventory", "Insufficient inventory", nullptr, 0},
    {ErrorCode::no_active_cart, 400, "no-active-cart", "The customer has no active cart", nullptr, 0},
    {ErrorCode::empty_cart, 400, "empty-cart", "The customer's cart is empty", nullptr, 0},
    {ErrorCode::key_reused, 422, "idempotency-key-reused", "The Idempotency-Key was used for another request",
     nullptr, 0},
    {ErrorCode::illegal_transition, 409, "illegal-transition", "The order cannot take this status", nullptr,
     0},
    {ErrorCode::catalog_unavailable, 500, "catalog-unavailable", "The product catalog failed",
     "the product catalog did not answer as it should; the order was not placed and its stock is given back",
     0},
    {ErrorCode::cart_unavailable, 500, "cart-unavailable", "The shopping cart failed",
     "the shopping cart service did not answer as it should; the order was not placed", 0},
    {ErrorCode::storage_unavailable, 503, "storage-unavailable", "The database cannot be reached",
     "the database cannot be used just now; nothing was changed, try again", 2},
    {ErrorCode::outcome_unknown, 503, "outcome-unknown", "The outcome is not known yet",
     "the database did not answer in time, so it is not known yet whether this was done; look before trying "
     "again",
     2},
    {ErrorCode::overloaded, 503, "overloaded", "The service is busy",
     "there is more to do than can be done in time, here or at the product catalog; nothing was changed, try "
     "again",
     1},
    {ErrorCode::contended, 503, "contended", "The stock is being decided on",
     "other orders were deciding on the same stock until the deadline passed; nothing was changed, try again",
     1},
    {ErrorCode::timed_out, 503, "timed-out", "The deadline passed",
     "the request could not be carried out in time; nothing was changed, try again", 1},
    {ErrorCode::shutting_down, 503, "shutting-down", "The service is stopping",
     "the service is stopping; try again", 2},
    // Seen by no client, only by logs and metrics: nginx's number for it.
    {ErrorCode::client_gone, 499, "client-gone", "The client has gone", nullptr, 0},
    {ErrorCode::lost, 503, "lost", "The request was lost",
     "a part of the service was restarted while it worked on this; look before trying again", 2},
    {ErrorCode::internal, 500, "internal", "The service failed", internal_detail, 0},
}};

constexpr bool one_row_for_each_code() {
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (static_cast<std::size_t>(kinds[i].code) != i) return false;
  }
  return static_cast<std::size_t>(ErrorCode::internal) + 1 == kinds.size();
}
static_assert(one_row_for_each_code(), "the table of problems has a row for each ErrorCode, in its order");

void write_fields(JsonWriter& json, const std::vector<FieldError>& fields) {
  if (fields.empty()) return;
  json.key("errors").begin_array();
  for (const auto& field : fields) {
    json.begin_object();
    json.key("pointer").text(field.pointer);
    json.key("detail").text(field.detail);
    json.end_object();
  }
  json.end_array();
}

void write_shortages(JsonWriter& json, const std::vector<Shortage>& shortages) {
  if (shortages.empty()) return;
  json.key("shortages").begin_array();
  for (const auto& shortage : shortages) {
    json.begin_object();
    json.key("product_id").number(shortage.product.value);
    json.key("requested").number(shortage.requested);
    json.key("available").number(shortage.available);
    json.key("in_catalog").boolean(shortage.in_catalog);
    json.end_object();
  }
  json.end_array();
}

/// "product 1: 5 requested, 2 available; product 9: not in the catalog"
std::string describe(const std::vector<Shortage>& shortages) {
  std::string text = "insufficient inventory: ";
  for (std::size_t i = 0; i < shortages.size(); ++i) {
    const auto& shortage = shortages[i];
    text += (i == 0 ? "product " : "; product ") + std::to_string(shortage.product.value);
    text += shortage.in_catalog ? ": " + std::to_string(shortage.requested) + " requested, " +
                                      std::to_string(shortage.available) + " available"
                                : ": not in the catalog";
  }
  return text;
}

std::string detail_for_client(const ProblemKind& kind, const Error& error) {
  if (kind.fixed_detail != nullptr) return kind.fixed_detail;
  if (!error.shortages.empty()) return describe(error.shortages);
  if (error.fields.empty()) return error.detail;
  std::string text = error.detail.empty() ? std::string() : error.detail + ": ";
  for (std::size_t i = 0; i < error.fields.size(); ++i) {
    text += (i == 0 ? "" : "; ") + (error.fields[i].pointer.empty() ? "the body" : error.fields[i].pointer) +
            " " + error.fields[i].detail;
  }
  return text;
}

}  // namespace

const ProblemKind& problem_kind(ErrorCode code) { return kinds.at(static_cast<std::size_t>(code)); }

Response problem(const Error& error, const std::string& request_id) {
  const auto& kind = problem_kind(error.code);
  JsonWriter json;
  json.begin_object();
  json.key("type").text(std::string("urn:orderd:problem:") + kind.slug);
  json.key("title").text(kind.title);
  json.key("status").number(kind.status);
  json.key("detail").text(detail_for_client(kind, error));
  json.key("instance").text(error.first_told_in.empty() ? request_id : error.first_told_in);
  write_fields(json, error.fields);
  write_shortages(json, error.shortages);
  json.end_object();
  Response response;
  response.status = kind.status;
  response.content_type = "application/problem+json";
  response.body = json.take();
  if (!error.first_told_in.empty()) response.headers.emplace_back(replayed_header, "true");
  if (kind.retry_after > 0) response.headers.emplace_back("Retry-After", std::to_string(kind.retry_after));
  return response;
}

Response edge_problem(int status, const std::string& detail, const std::string& request_id) {
  JsonWriter json;
  json.begin_object();
  json.key("type").text("urn:orderd:problem:http-" + std::to_string(status));
  json.key("title").text(status < 500 ? "The request was refused" : "The service could not answer");
  json.key("status").number(status);
  json.key("detail").text(detail);
  json.key("instance").text(request_id);
  json.end_object();
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = json.take();
  return response;
}

}  // namespace orders::http
