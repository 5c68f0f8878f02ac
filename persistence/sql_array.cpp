#include "persistence/sql_array.hpp"

#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

namespace orders::persistence {

void SqlArray::separate() {
  if (text_.size() > 1) text_ += ',';
}

void SqlArray::add(std::int64_t value) {
  separate();
  fmt::format_to(std::back_inserter(text_), "{}", value);
}

void SqlArray::add(bool value) {
  separate();
  text_ += value ? 't' : 'f';
}

void SqlArray::add(const std::optional<std::int32_t>& value) {
  if (value) return add(*value);
  separate();
  text_ += "NULL";
}

void SqlArray::add(std::string_view value) {
  if (value.find('\0') != std::string_view::npos) throw std::invalid_argument("a text with a NUL");
  separate();
  text_ += '"';  // always quoted: NULL, empty texts and commas need it
  for (const char c : value) {
    if (c == '"' || c == '\\') text_ += '\\';
    text_ += c;
  }
  text_ += '"';
}

}  // namespace orders::persistence
