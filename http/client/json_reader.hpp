// Reads a JSON document from front to back without building a tree: a sink is told of every value and where
// it stands. catalog_json and cart_json have sinks for the documents they know. Any thread; one reading uses
// no shared state. Memory beyond the text is one string and as many levels as the document nests, which is
// limited.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orders::http {

/// A value that has no others in it.
struct Scalar {
  enum class Kind : std::uint8_t {
    null,
    boolean,
    integer,       ///< written as an integer and within 64 bits
    other_number,  ///< a fraction, an exponent, or too large
    text,
  };
  Kind kind = Kind::null;
  std::int64_t integer = 0;  ///< of Kind::integer
  std::string_view text{};   ///< of Kind::text: UTF-8, escapes resolved; valid during the call only

  /// The integer, if it is one and within 32 bits.
  [[nodiscard]] std::optional<std::int32_t> int32() const;
  /// The same, 1 or more: how products and customers are numbered.
  [[nodiscard]] std::optional<std::int32_t> id32() const;
};

/// Where a value stands: within `depth` open objects and arrays; name(1) is the name it, or what it is in,
/// has in the outermost of them, and so on. Elements of arrays have the name "".
class JsonPlace {
 public:
  static constexpr std::size_t depth_max = 16;

  [[nodiscard]] std::size_t depth() const { return depth_; }
  [[nodiscard]] const std::string& name(std::size_t level) const { return names_.at(level); }
  /// Its own name.
  [[nodiscard]] const std::string& name() const { return names_.at(depth_); }

  /// False when there are too many levels.
  [[nodiscard]] bool enter();
  void leave() { --depth_; }
  void set_name(std::string_view name) { names_.at(depth_) = name; }

 private:
  std::size_t depth_ = 0;
  std::array<std::string, depth_max + 1> names_{};
};

class JsonSink {
 public:
  virtual ~JsonSink() = default;
  virtual void scalar(const JsonPlace& place, const Scalar& value) = 0;
  /// An object or array begins; `place` is its own.
  virtual void open(const JsonPlace& place, bool object) = 0;
  /// It ends; `place` is its own.
  virtual void close(const JsonPlace& place, bool object) = 0;
};

/// Reads `text` (UTF-8) to its end. Returns why it is not JSON, or empty; what the sink was told before the
/// fault counts for nothing.
std::string read_json(const std::string& text, JsonSink& sink);

}  // namespace orders::http
