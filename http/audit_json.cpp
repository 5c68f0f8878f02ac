#include "http/audit_json.hpp"

#include "http/json_writer.hpp"

namespace orders::http {

namespace {

void write_texts(JsonWriter& json, const char* name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const auto& text : texts) json.text(text);
  json.end_array();
}

void write_explanation(JsonWriter& json, const ProductAudit& audit) {
  const auto& facts = audit.facts;
  json.key("explanation").begin_object();
  json.key("foreign").number(facts.foreign);
  json.key("held").number(-facts.held);
  json.key("owed").number(-facts.owed);
  json.key("catalog_behind_ledger").number(audit.behind);
  json.key("because").text(to_string(audit.lag));
  json.key("unaccounted").number(audit.unaccounted);
  json.end_object();
}

void write_product(JsonWriter& json, const ProductAudit& audit) {
  const auto& facts = audit.facts;
  json.begin_object();
  json.key("product_id").number(facts.product.value);
  json.key("in_live_orders").number(facts.ordered);
  json.key("sold").number(facts.sold);
  json.key("held").number(facts.held);
  json.key("owed").number(facts.owed);
  json.key("released").number(facts.released);
  json.key("opening").number(facts.opening);
  json.key("ledger").number(facts.quantity);
  json.key("movement").number(facts.seq);
  json.key("settled").boolean(!facts.intended);
  json.key("puts_in_doubt").number(static_cast<std::int64_t>(facts.doubts.size()));
  if (audit.catalog.answered && audit.catalog.quantity) {
    json.key("catalog").number(*audit.catalog.quantity);
    json.key("drift").number(audit.drift);
    write_explanation(json, audit);
  }
  json.key("in_catalog").text(!audit.catalog.answered ? "unknown" : audit.catalog.quantity ? "yes" : "no");
  write_texts(json, "faults", audit.faults);
  write_texts(json, "under_way", audit.under_way);
  json.end_object();
}

void write_finding(JsonWriter& json, const Finding& finding) {
  json.begin_object();
  if (finding.order.value != 0) json.key("order_id").number(finding.order.value);
  if (finding.product.value != 0) json.key("product_id").number(finding.product.value);
  switch (finding.kind) {
    case FindingKind::order_without_items:
      break;
    case FindingKind::order_differs:
      json.key("units_in_lines").number(finding.units);
      json.key("units_sold").number(finding.other);
      break;
    case FindingKind::orphaned_hold:
      json.key("units").number(finding.units);
      json.key("owner_epoch").number(finding.other);
      break;
    case FindingKind::cart_open:
      json.key("cart_id").number(finding.other);
      break;
    case FindingKind::movement_unsettled:
    case FindingKind::movement_in_doubt:
      json.key("movement").number(finding.other);
      json.key("quantity").number(finding.units);
      break;
  }
  json.key("age_seconds").number(finding.age.count());
  json.end_object();
}

void write_orders(JsonWriter& json, const OrderFacts& orders) {
  json.key("orders").begin_object();
  json.key("count").number(orders.orders);
  json.key("live").number(orders.live_orders);
  json.key("instance_running").boolean(orders.served);
  json.key("findings").begin_array();
  for (const auto& group : orders.groups) {
    if (group.count == 0) continue;
    const auto judged = judge(group, orders.served);
    json.begin_object();
    json.key("kind").text(to_string(group.kind));
    json.key("count").number(group.count);
    json.key("faults").number(judged.faults);
    json.key("under_way").number(judged.under_way);
    json.key("first").begin_array();
    for (const auto& finding : group.first) write_finding(json, finding);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_sum(JsonWriter& json, const AuditSum& sum) {
  json.key("verdict").text(to_string(sum.verdict()));
  json.key("faults").number(sum.faults);
  json.key("under_way").number(sum.under_way);
  json.key("products_not_seen").number(sum.unseen);
}

}  // namespace

std::string to_json(const AuditPage& page, const std::string& next) {
  JsonWriter json;
  json.begin_object();
  write_sum(json, page.sum);
  json.key("products").begin_array();
  for (const auto& product : page.products) write_product(json, product);
  json.end_array();
  if (page.orders) write_orders(json, *page.orders);
  if (!next.empty()) json.key("next").text(next);
  json.end_object();
  return json.take();
}

std::string to_json(const std::vector<AuditPage>& pages, const AuditSum& sum) {
  JsonWriter json;
  json.begin_object();
  write_sum(json, sum);
  json.key("products").begin_array();
  for (const auto& page : pages) {
    for (const auto& product : page.products) write_product(json, product);
  }
  json.end_array();
  for (const auto& page : pages) {
    if (page.orders) write_orders(json, *page.orders);
  }
  json.end_object();
  return json.take();
}

}  // namespace orders::http
