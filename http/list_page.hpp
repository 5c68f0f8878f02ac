// One page of a list, with the way to the next: `limit` rows, or fewer when they come to more text than one
// answer may. It is collected a few rows at a time, and answered whole, since its headers say where the next
// one begins. Used by http/listing. Kept alive by the callback it waits for, just one at a time, so it needs
// no lock.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/config.hpp"
#include "http/list_pages.hpp"
#include "http/pending_answer.hpp"

namespace orders::http {

template <class Row>
class ListPage : public std::enable_shared_from_this<ListPage<Row>> {
 public:
  /// Where the list is, with the parameters to keep, and how many rows of it after which id.
  struct Place {
    const char* name = nullptr;
    std::string path;
    std::int64_t after = 0;
    std::size_t limit = 0;
  };

  ListPage(Place place, ReadRows<Row> read, const config::Config& settings, PendingAnswer answer)
      : place_(std::move(place)),
        read_(std::move(read)),
        bytes_max_(settings.http.pending_bytes_max),
        size_(std::min<std::size_t>(RowsAtATime::text_wanted, bytes_max_), settings.orders.page_size),
        answer_(std::move(answer)),
        after_(place_.after) {}

  void next() {
    asked_ = std::min(size_.rows(), place_.limit - rows_);
    // One more tells whether there is a next page.
    read_(after_, asked_ + 1, std::exchange(begun_, true) ? Reading::goes_on : Reading::begins,
          Reply<std::vector<Row>>([self = this->shared_from_this()](
                                      Result<std::vector<Row>> page) { self->on_rows(std::move(page)); },
                                  answer_.watch()));
  }

 private:
  void on_rows(Result<std::vector<Row>> result) {
    if (!result.ok()) return answer_.fail(result.error());
    auto& rows = result.value();
    const bool more = rows.size() > asked_;
    if (more) rows.pop_back();
    const auto text = to_json_elements(rows);
    if (text_.size() + text.size() > bytes_max_) {
      if (rows_ > 0) return send(true);
      if (rows.size() > 1) {  // not even the first few: fewer, then
        size_.learn_too_many(rows.size());
        return next();
      }
    }
    if (!rows.empty()) {
      if (rows_ > 0) text_ += ',';
      text_ += text;
      rows_ += rows.size();
      after_ = id_of(rows.back());
      size_.learn(rows.size(), text.size());
    }
    if (!more || rows_ == place_.limit) return send(more);
    next();
  }

  void send(bool more) {
    Response response;
    response.content_type = "application/json";
    response.body = fmt::format("{{\"{}\":[{}]", place_.name, text_);
    text_ = {};
    if (more) {
      const auto next = fmt::format("{}limit={}&after={}", place_.path, place_.limit, after_);
      response.body += fmt::format(",\"next\":\"{}\"", next);
      response.headers.emplace_back("Link", fmt::format("<{}>; rel=\"next\"", next));
    }
    response.body += "}";
    answer_.send(std::move(response));
  }

  const Place place_;
  ReadRows<Row> read_;
  const std::size_t bytes_max_;
  RowsAtATime size_;
  std::size_t asked_ = 0;
  bool begun_ = false;
  PendingAnswer answer_;
  std::int64_t after_;
  std::size_t rows_ = 0;
  std::string text_;  ///< of the rows so far
};

}  // namespace orders::http
