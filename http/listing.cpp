#include "http/listing.hpp"

#include <limits>
#include <memory>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "domain/order_rules.hpp"
#include "http/order_json.hpp"
#include "http/parameters.hpp"

namespace orders::http {

namespace {

constexpr std::int64_t id_max = std::numeric_limits<std::int64_t>::max();

std::int64_t id_of(const Order& order) { return order.id.value; }
std::int64_t id_of(const OrderItemRow& row) { return row.item.id; }

/// Reads the page after an id.
template <class Row>
using ReadPage = std::function<void(std::int64_t after, Reply<std::vector<Row>>)>;

/// A list on its way to the client: page after page until a short one. Kept alive by the callbacks it waits
/// for; at any moment it waits for just one, so it needs no lock.
template <class Row>
class Stream : public std::enable_shared_from_this<Stream<Row>> {
 public:
  Stream(std::string opening, ReadPage<Row> read, std::size_t page_size, PendingAnswer answer,
         std::optional<Error> if_none)
      : opening_(std::move(opening)),
        read_(std::move(read)),
        page_size_(page_size),
        answer_(std::move(answer)),
        if_none_(std::move(if_none)) {}

  void next() {
    read_(after_, Reply<std::vector<Row>>([self = this->shared_from_this()](Result<std::vector<Row>> page) {
            self->on_page(std::move(page));
          }));
  }

 private:
  void on_page(const Result<std::vector<Row>>& page) {
    if (!page.ok()) return on_error(page.error());
    const auto& rows = page.value();
    const bool last = rows.size() < page_size_;
    const bool first = !body_;
    if (first && rows.empty() && if_none_) return answer_.fail(*if_none_);
    auto text = first ? opening_ : std::string(rows.empty() ? "" : ",");
    text += to_json_elements(rows);
    if (last) text += "]}";
    if (!rows.empty()) after_ = id_of(rows.back());
    if (first && last) return answer_.json(200, std::move(text));
    if (first) {
      Response head;
      head.content_type = "application/json";
      body_.emplace(answer_.stream(std::move(head)));
    }
    const bool wanted = body_->write(std::move(text));
    if (last || !wanted) return body_->finish();
    body_->when_drained([self = this->shared_from_this()] {
      if (!self->body_->gone()) self->next();
    });
  }

  void on_error(const Error& error) {
    if (!body_) return answer_.fail(error);
    spdlog::warn("a list was broken off after id {}: {}", after_, error.detail);
    body_.reset();  // the client sees that something is missing
  }

  std::string opening_;
  ReadPage<Row> read_;
  std::size_t page_size_;
  PendingAnswer answer_;
  std::optional<Error> if_none_;
  std::int64_t after_ = 0;
  std::optional<BodyStream> body_;
};

template <class Row>
void stream(Surroundings& around, const char* name, ReadPage<Row> read, const PendingAnswer& answer,
            std::optional<Error> if_none) {
  std::make_shared<Stream<Row>>(fmt::format("{{\"{}\":[", name), std::move(read),
                                around.settings.orders.page_size, answer, std::move(if_none))
      ->next();
}

std::string percent_encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

/// One page, with the way to the next one if it is full. `path` is where the list is, with the parameters to
/// keep.
template <class Row>
void send_page(const PendingAnswer& answer, const char* name, const std::string& path, std::int64_t limit,
               const Result<std::vector<Row>>& page) {
  if (!page.ok()) return answer.fail(page.error());
  const auto& rows = page.value();
  // One row more than asked for was read: it tells whether there is a next page.
  const bool more = rows.size() > static_cast<std::size_t>(limit);
  std::vector<Row> shown(rows.begin(), more ? rows.begin() + limit : rows.end());
  Response response;
  response.content_type = "application/json";
  response.body = fmt::format("{{\"{}\":[{}]", name, to_json_elements(shown));
  if (more) {
    const auto next = fmt::format("{}limit={}&after={}", path, limit, id_of(shown.back()));
    response.body += fmt::format(",\"next\":\"{}\"", next);
    response.headers.emplace_back("Link", fmt::format("<{}>; rel=\"next\"", next));
  }
  response.body += "}";
  answer.send(std::move(response));
}

/// limit and after, checked.
struct Paging {
  std::optional<std::int64_t> limit;
  std::int64_t after = 0;
};

Result<Paging> paging_of(const Request& request) {
  Paging paging;
  if (const auto text = parameter(request, "limit")) {
    const auto limit = whole_number("limit", *text, 1, page_limit_max);
    if (!limit.ok()) return limit.error();
    paging.limit = limit.value();
  }
  if (const auto text = parameter(request, "after")) {
    const auto after = whole_number("after", *text, 0, id_max);
    if (!after.ok()) return after.error();
    paging.after = after.value();
  }
  return paging;
}

}  // namespace

void list_orders(Surroundings& around, const OrderQuery& query, const PendingAnswer& answer,
                 std::optional<Error> if_none) {
  const auto page = static_cast<std::int32_t>(around.settings.orders.page_size);
  const ReadPage<Order> read = [&around, query, page](std::int64_t after, Reply<std::vector<Order>> reply) {
    auto next = query;
    next.after = OrderId{std::max(after, query.after.value)};
    next.limit = page;
    around.orders.list(next, std::move(reply));
  };
  stream<Order>(around, "orders", read, answer, std::move(if_none));
}

void get_orders(Surroundings& around, const RoutedRequest& routed, const PendingAnswer& answer) {
  const auto& request = routed.request;
  if (const auto unknown = unknown_parameter(request, {"limit", "after", "customer_id", "status"})) {
    return answer.fail(*unknown);
  }
  const auto paging = paging_of(request);
  if (!paging.ok()) return answer.fail(paging.error());
  OrderQuery query;
  query.after = OrderId{paging.value().after};
  std::string path = "/orders?";
  if (const auto text = parameter(request, "customer_id")) {
    const auto customer = customer_id(*text);
    if (!customer.ok()) return answer.fail(customer.error());
    query.customer = customer.value();
    path += "customer_id=" + *text + "&";
  }
  if (const auto text = parameter(request, "status")) {
    const auto wrong = status_fault(*text);
    if (!wrong.empty()) return answer.fail({ErrorCode::invalid_parameter, "status " + wrong, {}});
    query.status = *text;
    path += "status=" + percent_encoded(*text) + "&";
  }
  if (!paging.value().limit) return list_orders(around, query, answer, std::nullopt);
  const auto limit = *paging.value().limit;
  query.limit = static_cast<std::int32_t>(limit + 1);
  around.orders.list(query,
                     Reply<std::vector<Order>>([answer, path, limit](const Result<std::vector<Order>>& page) {
                       send_page(answer, "orders", path, limit, page);
                     }));
}

void get_order_items(Surroundings& around, const RoutedRequest& routed, const PendingAnswer& answer) {
  if (const auto unknown = unknown_parameter(routed.request, {"limit", "after"}))
    return answer.fail(*unknown);
  const auto paging = paging_of(routed.request);
  if (!paging.ok()) return answer.fail(paging.error());
  const auto first = paging.value().after;
  if (!paging.value().limit) {
    const auto page = static_cast<std::int32_t>(around.settings.orders.page_size);
    const ReadPage<OrderItemRow> read = [&around, first, page](std::int64_t after,
                                                               Reply<std::vector<OrderItemRow>> reply) {
      around.orders.list_items(std::max(after, first), page, std::move(reply));
    };
    return stream<OrderItemRow>(around, "items", read, answer, std::nullopt);
  }
  const auto limit = *paging.value().limit;
  around.orders.list_items(
      first, static_cast<std::int32_t>(limit + 1),
      Reply<std::vector<OrderItemRow>>([answer, limit](const Result<std::vector<OrderItemRow>>& page) {
        send_page(answer, "items", "/order_items?", limit, page);
      }));
}

}  // namespace orders::http
