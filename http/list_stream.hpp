// A whole list on its way to a client: page after page until a short one, each written piece by piece as the
// client takes them. Used by http/listing. Kept alive by the callbacks it waits for; at any moment it waits
// for just one, so it needs no lock, whatever threads they come on.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "config/config.hpp"
#include "http/list_pages.hpp"
#include "http/pending_answer.hpp"

namespace orders::http {

template <class Row>
class ListStream : public std::enable_shared_from_this<ListStream<Row>> {
 public:
  /// `opening` is what comes before the first row; `if_none` is answered when there is none.
  ListStream(std::string opening, ReadRows<Row> read, const config::Config& settings, PendingAnswer answer,
             std::optional<Error> if_none)
      : text_(std::move(opening)),
        read_(std::move(read)),
        size_(RowsAtATime::text_wanted, settings.orders.page_size),
        // With half of it still waiting, a piece must not go over the limit.
        piece_(std::min<std::size_t>(piece_bytes, settings.http.pending_bytes_max / 4)),
        answer_(std::move(answer)),
        if_none_(std::move(if_none)) {}

  void next() {
    asked_ = size_.rows();
    read_(after_, asked_, body_ ? Reading::goes_on : Reading::begins,
          Reply<std::vector<Row>>([self = this->shared_from_this()](
                                      const Result<std::vector<Row>>& page) { self->on_page(page); },
                                  answer_.watch()));
  }

 private:
  /// What is handed to the connection at a time.
  static constexpr std::size_t piece_bytes = std::size_t{32} * 1024;

  void on_page(const Result<std::vector<Row>>& page) {
    if (!page.ok()) return on_error(page.error());
    const auto& rows = page.value();
    last_ = rows.size() < asked_;
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
    size_.learn(rows.size(), elements.size());
  }

  void write() {
    const bool wanted = body_->write(text_.substr(written_, piece_));
    written_ = std::min(written_ + piece_, text_.size());
    const bool through = written_ == text_.size();
    if (through) {
      text_ = {};
      written_ = 0;
    }
    if (!wanted || (through && last_)) return body_->finish();
    body_->keeps(text_.capacity());
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
  ReadRows<Row> read_;
  RowsAtATime size_;
  std::size_t asked_ = 0;
  const std::size_t piece_;
  bool last_ = false;
  PendingAnswer answer_;
  std::optional<Error> if_none_;
  std::int64_t after_ = 0;
  std::optional<BodyStream> body_;
};

}  // namespace orders::http
