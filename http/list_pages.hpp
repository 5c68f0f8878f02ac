// What lists that are read page by page have in common: how a page is asked for, and how many rows make one.
// Used by ListStream and ListPage; plain values and functions, each object in one thread at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "actors/order_service.hpp"
#include "http/order_json.hpp"

namespace orders::http {

/// Reads at most so many rows after an id.
template <class Row>
using ReadRows =
    std::function<void(std::int64_t after, std::size_t rows, Reading reading, Reply<std::vector<Row>> reply)>;

inline std::int64_t id_of(const Order& order) { return order.id.value; }
inline std::int64_t id_of(const OrderItemRow& row) { return row.item.id; }

/// How many rows to read at a time: as many as, by those before, come to so much text. So a list of large
/// orders takes no more memory than one of small ones.
class RowsAtATime {
 public:
  RowsAtATime(std::size_t bytes, std::size_t most)
      : bytes_(bytes), most_(most), rows_(std::min(first, most)) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  void learn(std::size_t rows, std::size_t bytes) {
    if (rows == 0) return;
    rows_ = std::clamp<std::size_t>(bytes_ / std::max<std::size_t>(bytes / rows, 1), 1, most_);
  }

  /// So many came to more text than there may be at all.
  void learn_too_many(std::size_t rows) { rows_ = std::max<std::size_t>(rows / 2, 1); }

  static constexpr std::size_t text_wanted = std::size_t{128} * 1024;

 private:
  /// Few, so that the client need not wait for its first byte.
  static constexpr std::size_t first = 50;

  std::size_t bytes_;
  std::size_t most_;
  std::size_t rows_;
};

}  // namespace orders::http
