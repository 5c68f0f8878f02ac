#include "http/listing.hpp"

#include <algorithm>
#include <functional>
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

/// What a page's text is meant to come to: as many rows are asked for as made that much of the page before.
/// So a list of large orders takes no more memory than one of small ones.
constexpr std::size_t page_bytes = std::size_t{128} * 1024;
/// What is handed to the connection at a time.
constexpr std::size_t piece_bytes = std::size_t{32} * 1024;
/// The first page is small, so that the client need not wait for its first byte.
constexpr std::size_t first_rows = 50;

/// Reads at most so many rows after an id.
template <class Row>
using ReadPage = std::function<void(std::int64_t after, std::size_t rows, Reply<std::vector<Row>>)>;

/// A list on its way to the client: page after page until a short one, each written piece by piece as the
/// client takes them. Kept alive by the callbacks it waits for; at any moment it waits for just one, so it
/// needs no lock.
template <class Row>
class Stream : public std::enable_shared_from_this<Stream<Row>> {
 public:
  Stream(std::string opening, ReadPage<Row> read, const config::Config& settings, PendingAnswer answer,
         std::optional<Error> if_none)
      : text_(std::move(opening)),
        read_(std::move(read)),
        rows_max_(settings.orders.page_size),
        rows_(std::min(first_rows, rows_max_)),
        // With half of it still waiting, a piece must not go over the limit.
        piece_(std::min<std::size_t>(piece_bytes, settings.http.pending_bytes_max / 4)),
        answer_(std::move(answer)),
        if_none_(std::move(if_none)) {}

  void next() {
    read_(after_, rows_,
          Reply<std::vector<Row>>([self = this->shared_from_this()](
                                      const Result<std::vector<Row>>& page) { self->on_page(page); },
                                  answer_.watch()));
  }

 private:
  void on_page(const Result<std::vector<Row>>& page) {
    if (!page.ok()) return on_error(page.error());
    const auto& rows = page.value();
    last_ = rows.size() < rows_;
    if (!body_ && rows.empty() && if_none_) return answer_.fail(*if_none_);
    take(rows);
    if (last_) text_ += "]}";
    if (body_) return write();
    if (last_) return answer_.json(200, std::move(text_));
    Response head;
    head.content_type = "application/json";
    body_.emplace(answer_.stream(std::move(head)));
    write();
  }

  void take(const std::vector<Row>& rows) {
    if (rows.empty()) return;
    if (body_) text_ += ',';
    const auto elements = to_json_elements(rows);
    text_ += elements;
    after_ = id_of(rows.back());
    const auto row_bytes = std::max<std::size_t>(elements.size() / rows.size(), 1);
    rows_ = std::clamp<std::size_t>(page_bytes / row_bytes, 1, rows_max_);
  }

  void write() {
    const bool wanted = body_->write(text_.substr(written_, piece_));
    written_ = std::min(written_ + piece_, text_.size());
    const bool through = written_ == text_.size();
    if (through) {
      text_.clear();
      written_ = 0;
    }
    if (!wanted || (through && last_)) return body_->finish();
    body_->when_drained([self = this->shared_from_this()] { self->on_drained(); });
  }

  void on_drained() {
    if (body_->gone()) return;
    if (text_.empty()) {
      next();
    } else {
      write();
    }
  }

  void on_error(const Error& error) {
    if (!body_) return answer_.fail(error);
    if (!body_->gone()) spdlog::warn("a list was broken off after id {}: {}", after_, error.detail);
    body_.reset();  // the client sees that something is missing
  }

  std::string text_;  ///< rendered and not all handed over yet
  std::size_t written_ = 0;
  ReadPage<Row> read_;
  const std::size_t rows_max_;
  std::size_t rows_;  ///< asked for
  const std::size_t piece_;
  bool last_ = false;
  PendingAnswer answer_;
  std::optional<Error> if_none_;
  std::int64_t after_ = 0;
  std::optional<BodyStream> body_;
};

template <class Row>
void stream(Surroundings& around, const char* name, ReadPage<Row> read, const PendingAnswer& answer,
            std::optional<Error> if_none) {
  std::make_shared<Stream<Row>>(fmt::format("{{\"{}\":[", name), std::move(read), around.settings, answer,
                                std::move(if_none))
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
  const ReadPage<Order> read = [&around, query](std::int64_t after, std::size_t rows,
                                                Reply<std::vector<Order>> reply) {
    auto next = query;
    next.after = OrderId{std::max(after, query.after.value)};
    next.limit = static_cast<std::int32_t>(rows);
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
  around.orders.list(query, Reply<std::vector<Order>>(
                                [answer, path, limit](const Result<std::vector<Order>>& page) {
                                  send_page(answer, "orders", path, limit, page);
                                },
                                answer.watch()));
}

void get_order_items(Surroundings& around, const RoutedRequest& routed, const PendingAnswer& answer) {
  if (const auto unknown = unknown_parameter(routed.request, {"limit", "after"}))
    return answer.fail(*unknown);
  const auto paging = paging_of(routed.request);
  if (!paging.ok()) return answer.fail(paging.error());
  const auto first = paging.value().after;
  if (!paging.value().limit) {
    const ReadPage<OrderItemRow> read = [&around, first](std::int64_t after, std::size_t rows,
                                                         Reply<std::vector<OrderItemRow>> reply) {
      around.orders.list_items(std::max(after, first), static_cast<std::int32_t>(rows), std::move(reply));
    };
    return stream<OrderItemRow>(around, "items", read, answer, std::nullopt);
  }
  const auto limit = *paging.value().limit;
  around.orders.list_items(first, static_cast<std::int32_t>(limit + 1),
                           Reply<std::vector<OrderItemRow>>(
                               [answer, limit](const Result<std::vector<OrderItemRow>>& page) {
                                 send_page(answer, "items", "/order_items?", limit, page);
                               },
                               answer.watch()));
}

}  // namespace orders::http
