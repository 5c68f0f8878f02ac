// A value or the Error that stood in its way. Ours, because the compilers we build with have no std::expected
// that clang-tidy 14 can read. A plain value; as thread-safe as T.
#pragma once

#include <utility>
#include <variant>

#include "domain/error.hpp"

namespace orders {

/// Stands for "nothing to return" in Result<Done>.
struct Done {};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::move(value)) {}      // NOLINT(google-explicit-constructor): `return value;`
  Result(Error error) : held_(std::move(error)) {}  // NOLINT(google-explicit-constructor): `return error;`

  [[nodiscard]] bool ok() const { return held_.index() == 0; }
  explicit operator bool() const { return ok(); }

  /// Only when ok(); std::bad_variant_access otherwise (a bug of the caller).
  [[nodiscard]] T& value() { return std::get<0>(held_); }
  [[nodiscard]] const T& value() const { return std::get<0>(held_); }

  /// Only when not ok().
  [[nodiscard]] Error& error() { return std::get<1>(held_); }
  [[nodiscard]] const Error& error() const { return std::get<1>(held_); }

 private:
  std::variant<T, Error> held_;
};

}  // namespace orders
