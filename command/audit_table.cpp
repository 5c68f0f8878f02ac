#include "command/audit_table.hpp"

#include <iterator>

#include <fmt/format.h>

namespace orders::command {

namespace {

using Text = fmt::memory_buffer;

template <class... Parts>
void put(Text& text, fmt::format_string<Parts...> format, Parts&&... parts) {
  fmt::format_to(std::back_inserter(text), format, std::forward<Parts>(parts)...);
}

void put_products(Text& text, const std::vector<AuditPage>& pages) {
  constexpr auto row = "{:>10} {:>9} {:>9} {:>7} {:>7} {:>9} {:>9} {:>9} {:>8}  {}\n";
  put(text, row, "product", "opening", "ordered", "held", "owed", "released", "ledger", "catalog", "drift",
      "because");
  for (const auto& page : pages) {
    for (const auto& audit : page.products) {
      const auto& facts = audit.facts;
      const bool seen = audit.catalog.answered && audit.catalog.quantity;
      std::string because = facts.foreign != 0 ? fmt::format("foreign {:+} ", facts.foreign) : "";
      if (audit.lag != Lag::none) because += to_string(audit.lag);
      put(text, row, facts.product.value, facts.opening, facts.ordered, facts.held, facts.owed,
          facts.released, facts.quantity,
          seen ? std::to_string(*audit.catalog.quantity) : std::string(audit.catalog.answered ? "gone" : "?"),
          seen ? fmt::format("{:+}", audit.drift) : std::string(), because);
    }
  }
}

void put_remarks(Text& text, const std::vector<AuditPage>& pages) {
  for (const auto& page : pages) {
    for (const auto& audit : page.products) {
      for (const auto& fault : audit.faults)
        put(text, "off        product {}: {}\n", audit.facts.product.value, fault);
      for (const auto& rest : audit.under_way)
        put(text, "under way  product {}: {}\n", audit.facts.product.value, rest);
    }
  }
}

std::string named(const Finding& finding) {
  switch (finding.kind) {
    case FindingKind::order_without_items:
      return fmt::format("order {}", finding.order.value);
    case FindingKind::order_differs:
      return fmt::format("order {}, product {}: {} in its lines, {} sold", finding.order.value,
                         finding.product.value, finding.units, finding.other);
    case FindingKind::orphaned_hold:
      return fmt::format("order {}, product {}: {} units", finding.order.value, finding.product.value,
                         finding.units);
    case FindingKind::cart_open:
      return fmt::format("cart {} of order {}", finding.other, finding.order.value);
    case FindingKind::movement_unsettled:
    case FindingKind::movement_in_doubt:
      return fmt::format("product {}, movement {} ({} units)", finding.product.value, finding.other,
                         finding.units);
  }
  return {};
}

void put_orders(Text& text, const OrderFacts& orders) {
  put(text, "\n{} orders, {} of them live; {}\n", orders.orders, orders.live_orders,
      orders.served ? "an instance is running" : "no instance is running");
  for (const auto& group : orders.groups) {
    if (group.count == 0) continue;
    const auto judged = judge(group, orders.served);
    put(text, "{:<10} {}: {}\n",
        judged.faults > 0      ? "off"
        : judged.under_way > 0 ? "under way"
                               : "noted",
        to_string(group.kind), group.count);
    for (const auto& finding : group.first) {
      put(text, "             {}, {} s old\n", named(finding), finding.age.count());
    }
    const auto unnamed = group.count - static_cast<std::int64_t>(group.first.size());
    if (unnamed > 0) put(text, "             and {} more\n", unnamed);
  }
}

}  // namespace

std::string table(const std::vector<AuditPage>& pages, const AuditSum& sum) {
  Text text;
  if (sum.products > 0) {
    put_products(text, pages);
    put_remarks(text, pages);
  } else {
    put(text, "no product has been touched yet\n");
  }
  for (const auto& page : pages) {
    if (page.orders) put_orders(text, *page.orders);
  }
  put(text, "\n{}: {} products, {} faults, {} under way, {} not seen in the catalog\n",
      to_string(sum.verdict()), sum.products, sum.faults, sum.under_way, sum.unseen);
  return fmt::to_string(text);
}

}  // namespace orders::command
