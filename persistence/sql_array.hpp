// Lists as PostgreSQL array literals, `{1,2,3}` or `{"a","b"}`: SOCI binds one text, and the statement
// unnests it. That is one round trip for a whole batch, where SOCI's own vector binding runs the statement
// once a row (and, when the statement is used again, sends the first batch's values: SOCI 4.0.3). Not
// thread-safe; plain values otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orders::persistence {

class SqlArray {
 public:
  void add(std::int64_t value);
  void add(std::int32_t value) { add(std::int64_t{value}); }
  void add(bool value);
  void add(const std::optional<std::int32_t>& value);  ///< none: NULL
  /// Throws std::invalid_argument for a text with a NUL, which PostgreSQL can't keep (and SOCI would cut off
  /// silently).
  void add(std::string_view value);
  void add(const std::string& value) { add(std::string_view(value)); }
  void add(const char* value) { add(std::string_view(value)); }

  [[nodiscard]] bool empty() const { return text_.size() == 1; }
  /// The literal.
  [[nodiscard]] std::string text() const { return text_ + '}'; }

 private:
  void separate();

  std::string text_ = "{";
};

}  // namespace orders::persistence
