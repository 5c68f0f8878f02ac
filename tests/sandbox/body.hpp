// What the real services' framework does with parameters before a handler sees them: JSON bodies, required
// fields, and the coercions of its integers and texts ("12", 12.7 and true are integers to it). All faults of
// a request are collected into one 422 answer. Used by the catalog, the cart and the control routes; one
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rapidjson/document.h>

#include "tests/sandbox/message.hpp"

namespace orders::sandbox {

/// The largest and smallest value the services' columns can keep.
inline constexpr std::int64_t column_max = 2'147'483'647;
inline constexpr std::int64_t column_min = -2'147'483'647 - 1;
inline bool fits_column(std::int64_t value) { return value >= column_min && value <= column_max; }

/// Collects what is wrong with a request.
class Faults422 {
 public:
  /// `location` is the JSON array's inside, e.g. `"body","name"`.
  void add(std::string_view location, std::string_view message, std::string_view type);
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] Answer answer() const;

 private:
  std::string text_;
};

/// An integer as Python's int() reads it: surrounding blanks and a sign are fine. Beyond 64 bits it is
/// clamped.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// A JSON object in a request's body. Faults of the body and of the fields asked for go to `faults`.
class Body {
 public:
  Body(const Request& request, Faults422& faults);

  /// The field's value, or 0 after adding a fault. Beyond 64 bits it is clamped.
  std::int64_t integer(const char* name);
  /// The field's value, or "" after adding a fault.
  std::string text(const char* name);

  [[nodiscard]] bool is_object() const { return object_; }
  [[nodiscard]] const rapidjson::Value& json() const { return document_; }

 private:
  const rapidjson::Value* field(const char* name);

  Faults422& faults_;
  char memory_[2048] = {};  // most bodies need no allocation
  rapidjson::MemoryPoolAllocator<> allocator_{memory_, sizeof memory_};
  rapidjson::Document document_{&allocator_};
  bool object_ = false;
};

}  // namespace orders::sandbox
