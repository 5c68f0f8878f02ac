#include "http/audit_handlers.hpp"

#include <limits>

#include <fmt/format.h>

#include "http/audit_json.hpp"
#include "http/parameters.hpp"

namespace orders::http {

namespace {

constexpr std::int64_t page_default = 100;

/// Of the time a request may take, the part that goes into asking the catalog; what it did not come to by
/// then is told as not seen.
std::chrono::milliseconds time_for_catalog(const config::Http& settings) {
  return settings.handler_timeout / 2;
}

void audit(Surroundings& around, const RoutedRequest& routed, const PendingAnswer& answer) {
  const auto& request = routed.request;
  if (const auto unknown = unknown_parameter(request, {"limit", "after"})) return answer.fail(*unknown);
  std::int64_t limit = page_default;
  std::int64_t after = 0;
  if (const auto text = parameter(request, "limit")) {
    const auto number = whole_number("limit", *text, 1, page_limit_max);
    if (!number.ok()) return answer.fail(number.error());
    limit = number.value();
  }
  if (const auto text = parameter(request, "after")) {
    const auto number = whole_number("after", *text, 0, std::numeric_limits<std::int32_t>::max());
    if (!number.ok()) return answer.fail(number.error());
    after = number.value();
  }
  AuditQuery query;
  query.after = ProductId{static_cast<std::int32_t>(after)};
  query.limit = static_cast<std::int32_t>(limit);
  query.orders = after == 0;
  query.until = std::chrono::steady_clock::now() + time_for_catalog(around.settings.http);
  around.orders.audit(query, Reply<AuditPage>(
                                 [answer, limit](const Result<AuditPage>& result) {
                                   if (!result.ok()) return answer.fail(result.error());
                                   const auto& page = result.value();
                                   std::string next;
                                   Response response;
                                   if (page.more) {
                                     next = fmt::format("/audit?limit={}&after={}", limit,
                                                        page.products.back().facts.product.value);
                                     response.headers.emplace_back("Link",
                                                                   fmt::format("<{}>; rel=\"next\"", next));
                                   }
                                   response.content_type = "application/json";
                                   response.body = to_json(page, next);
                                   answer.send(std::move(response));
                                 },
                                 answer.watch()));
}

}  // namespace

std::vector<Route> audit_routes(Surroundings& around) {
  return {{"GET", "/audit", "orders and stock against the catalog, a page of products at a time",
           [&around](const RoutedRequest& routed, const PendingAnswer& answer) {
             audit(around, routed, answer);
           }}};
}

}  // namespace orders::http
