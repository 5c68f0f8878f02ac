// What is common to reading the bodies of all requests with RapidJSON: an object with members of which some
// are known, the others are passed over, and every fault is told with a JSON pointer. Used by json_body.cpp;
// one object reads one body, on the thread that calls.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rapidjson/rapidjson.h>

#include "domain/error.hpp"
#include "http/json_body.hpp"

namespace orders::http {

enum class ValueKind : std::uint8_t { null, boolean, number, text, array, object };

/// As it is called in a fault: "a number".
const char* described(ValueKind kind);

/// Derived classes say which members are known, and take their values. RapidJSON calls the functions with its
/// own names; a false from one of them ends the parse. Bodies are read on a reactor thread, so nothing is
/// kept of what is passed over, and nobody reads on once there are faults enough to tell.
class BodyReader {
 public:
  explicit BodyReader(std::size_t values_max) : values_max_(values_max) {}
  BodyReader(const BodyReader&) = delete;
  BodyReader& operator=(const BodyReader&) = delete;
  BodyReader(BodyReader&&) = delete;
  BodyReader& operator=(BodyReader&&) = delete;
  virtual ~BodyReader() = default;

  // The names of these functions are RapidJSON's.
  // NOLINTBEGIN(readability-identifier-naming)
  bool Null() { return scalar(ValueKind::null, {}); }
  bool Bool(bool) { return scalar(ValueKind::boolean, {}); }
  bool Int(int) { return false; }  // numbers come as RawNumber
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
    return scalar(ValueKind::number, {text, length});
  }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    return scalar(ValueKind::text, {text, length});
  }
  bool StartObject() { return open(ValueKind::object); }
  bool StartArray() { return open(ValueKind::array); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }

  bool Key(const char* text, rapidjson::SizeType length, bool) {
    levels_.at(depth_ - 1).key.assign(text, told_of({text, length}));
    if (is_read()) remember({text, length});
    return !enough_;
  }
  // NOLINTEND(readability-identifier-naming)

  [[nodiscard]] const std::vector<FieldError>& faults() const { return faults_; }
  [[nodiscard]] bool too_deep() const { return too_deep_; }
  /// The rest of the body was not read: its faults are known.
  [[nodiscard]] bool enough() const { return enough_; }

  /// Where the value at hand stands.
  [[nodiscard]] std::string pointer() const {
    std::string text;
    for (std::size_t i = 0; i < depth_; ++i) {
      const auto& level = levels_.at(i);
      text += "/" + (level.array ? std::to_string(level.index) : escaped(level.key));
    }
    return text;
  }

 protected:
  /// A value is at hand, at depth() levels inside the body; `text` is there for numbers and strings.
  virtual void value(ValueKind kind, std::string_view text) = 0;
  /// Whether the object at hand is one that members are taken from, rather than something passed over.
  [[nodiscard]] virtual bool is_read() const { return depth_ == 1; }
  virtual void closed() {}

  void fault(std::string pointer, std::string detail) {
    faults_.push_back({std::move(pointer), std::move(detail)});
    if (faults_.size() == faults_max) enough_ = true;
  }
  /// Reads no further.
  void stop() { enough_ = true; }
  [[nodiscard]] std::size_t depth() const { return depth_; }
  [[nodiscard]] const std::string& key() const { return levels_.at(depth_ - 1).key; }

  [[nodiscard]] bool is_member_of_body(std::string_view name) const { return depth_ == 1 && key() == name; }

 private:
  struct Level {
    bool array = false;
    std::size_t index = 0;
    std::string key;                ///< of the member at hand, its beginning
    std::vector<std::string> seen;  ///< members so far, of an object that is read
  };

  /// How much of a key is kept for pointers: more than any has that is known, and no part of a character.
  static std::size_t told_of(std::string_view key);
  void remember(std::string_view member);
  /// RFC 6901 section 3.
  static std::string escaped(const std::string& key);

  bool scalar(ValueKind kind, std::string_view text) {
    count();
    value(kind, text);
    next();
    return !enough_;
  }

  bool open(ValueKind kind) {
    if (depth_ == levels_.size()) {
      too_deep_ = true;
      return false;
    }
    count();
    value(kind, {});
    auto& level = levels_.at(depth_++);
    level.array = kind == ValueKind::array;
    level.index = 0;
    level.seen.clear();
    return !enough_;
  }

  bool close() {
    --depth_;
    closed();
    next();
    return !enough_;
  }

  void count() {
    if (++values_ <= values_max_) return;
    fault("", "has too many values: more than " + std::to_string(values_max_));
    stop();
  }

  void next() {
    if (depth_ > 0 && levels_.at(depth_ - 1).array) ++levels_.at(depth_ - 1).index;
  }

  std::array<Level, nesting_max> levels_;
  std::size_t depth_ = 0;
  const std::size_t values_max_;
  std::size_t values_ = 0;
  std::vector<FieldError> faults_;
  bool too_deep_ = false;
  bool enough_ = false;
};

}  // namespace orders::http
