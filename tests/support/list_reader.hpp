// Reads a streamed list (GET /orders, GET /order_items) as a client with little memory does: it looks at the
// rows as they come and keeps none. Used by the system tests and the measurements of lists. One object
// belongs to one thread; every call has a deadline of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace orders::test {

struct ListSeen {
  bool whole = false;       ///< answered 200 and ended as it should
  std::string trouble{};    ///< why not
  std::uint64_t rows = 0;   ///< orders, or items
  std::uint64_t bytes = 0;  ///< of the body
  std::int64_t last_id = 0;
  bool ascending = true;  ///< each id larger than the one before
  std::chrono::microseconds first_byte{0};
  std::chrono::microseconds took{0};
};

class ListReader {
 public:
  /// `row_mark` is what follows a row's id: `,"customer_id":` for orders, `,"product_id":` for items.
  explicit ListReader(std::string row_mark) : mark_(std::move(row_mark)) {}

  /// Reads the list at `url` to its end, at most `bytes_per_second` (0: as fast as it comes).
  ListSeen read(const std::string& url, std::chrono::milliseconds limit, std::int64_t bytes_per_second = 0);

  /// The next bytes of a body; read() calls it.
  void look_at(std::string_view bytes);
  [[nodiscard]] const ListSeen& seen() const { return seen_; }

 private:
  const std::string mark_;
  ListSeen seen_{};
  std::string rest_{};  ///< what may hold the beginning of a mark, with the id before it
};

ListReader orders_reader();
ListReader items_reader();

}  // namespace orders::test
