#include "http/json_body.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "domain/order_rules.hpp"

namespace orders::http {

namespace {

constexpr unsigned parse_flags = rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag |
                                 rapidjson::kParseNumbersAsStringsFlag;

/// Values a body may have whatever it is for, those that are passed over included.
constexpr std::size_t values_least = 10'000;

enum class ValueKind : std::uint8_t { null, boolean, number, text, array, object };

const char* described(ValueKind kind) {
  switch (kind) {
    case ValueKind::null:
      return "null";
    case ValueKind::boolean:
      return "a boolean";
    case ValueKind::number:
      return "a number";
    case ValueKind::text:
      return "a string";
    case ValueKind::array:
      return "an array";
    case ValueKind::object:
      return "an object";
  }
  return "something else";
}

/// What is common to both bodies: an object with members of which some are known, the others are passed over.
/// Derived classes say which and take their values. RapidJSON calls the functions with its own names; a false
/// from one of them ends the parse. Bodies are read on a reactor thread, so nothing is kept of what is passed
/// over, and nobody reads on once there are faults enough to tell.
class BodyReader {
 public:
  explicit BodyReader(std::size_t values_max) : values_max_(values_max) {}
  BodyReader(const BodyReader&) = delete;
  BodyReader& operator=(const BodyReader&) = delete;
  BodyReader(BodyReader&&) = delete;
  BodyReader& operator=(BodyReader&&) = delete;
  virtual ~BodyReader() = default;

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
  static std::size_t told_of(std::string_view key) {
    std::size_t length = std::min<std::size_t>(key.size(), 100);
    while (length < key.size() && length > 0 && (static_cast<unsigned char>(key[length]) & 0xc0U) == 0x80U)
      --length;
    return length;
  }

  void remember(std::string_view member) {
    auto& seen = levels_.at(depth_ - 1).seen;
    if (std::find(seen.begin(), seen.end(), member) != seen.end()) {
      fault(pointer(), "is there twice");
    } else if (seen.size() == members_max) {
      fault(pointer(), "is one member too many: an object may have " + std::to_string(members_max));
      stop();
    } else {
      seen.emplace_back(member);
    }
  }

  /// RFC 6901 section 3.
  static std::string escaped(const std::string& key) {
    std::string text;
    for (const char c : key) {
      if (c == '~') {
        text += "~0";
      } else if (c == '/') {
        text += "~1";
      } else {
        text += c;
      }
    }
    return text;
  }

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

class OrderBody final : public BodyReader {
 public:
  explicit OrderBody(std::size_t lines_max)
      : BodyReader(std::max(values_least, members_max * lines_max)), lines_max_(lines_max) {}

  [[nodiscard]] std::optional<std::vector<OrderLine>> lines() && { return std::move(lines_); }

 protected:
  void value(ValueKind kind, std::string_view text) override {
    if (depth() == 0) {
      if (kind != ValueKind::object) fault("", std::string("must be an object, not ") + described(kind));
    } else if (is_member_of_body("items")) {
      in_items_ = kind == ValueKind::array;
      if (in_items_) {
        if (!lines_) lines_.emplace();
      } else {
        fault("/items", std::string("must be an array of lines, not ") + described(kind));
      }
    } else if (depth() == 2 && in_items_) {
      begin_line(kind);
    } else if (depth() == 3 && in_line_) {
      member_of_line(kind, text);
    }
  }

  void closed() override {
    if (depth() == 2 && in_line_) {
      end_line();
    } else if (depth() == 1 && in_items_) {
      in_items_ = false;
      if (count_ == 0) fault("/items", "must have at least one line");
    }
  }

  [[nodiscard]] bool is_read() const override { return depth() == 1 || (depth() == 3 && in_line_); }

 private:
  void begin_line(ValueKind kind) {
    if (++count_ > lines_max_) {
      fault("/items", "must have at most " + std::to_string(lines_max_) + " lines");
      return stop();
    }
    in_line_ = kind == ValueKind::object;
    product_.reset();
    quantity_.reset();
    seen_product_ = seen_quantity_ = false;
    if (!in_line_) {
      fault(pointer(), std::string("must be an object with product_id and quantity, not ") + described(kind));
    }
  }

  void member_of_line(ValueKind kind, std::string_view text) {
    if (key() == "product_id") {
      seen_product_ = true;
      product_ = whole_number(kind, text);
    } else if (key() == "quantity") {
      seen_quantity_ = true;
      quantity_ = whole_number(kind, text);
    }
  }

  void end_line() {
    in_line_ = false;
    if (!seen_product_) fault(pointer() + "/product_id", "is missing");
    if (!seen_quantity_) fault(pointer() + "/quantity", "is missing");
    if (product_ && quantity_) lines_->push_back({ProductId{*product_}, *quantity_});
  }

  std::optional<std::int32_t> whole_number(ValueKind kind, std::string_view text) {
    if (kind != ValueKind::number) {
      fault(pointer(), std::string("must be a whole number from 1 to 2147483647, not ") + described(kind));
      return std::nullopt;
    }
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = failed == std::errc() && end == text.data() + text.size();
    if (!whole || number < 1 || number > std::numeric_limits<std::int32_t>::max()) {
      fault(pointer(), "must be a whole number from 1 to 2147483647, not " + std::string(text.substr(0, 40)));
      return std::nullopt;
    }
    return static_cast<std::int32_t>(number);
  }

  std::size_t lines_max_;
  std::optional<std::vector<OrderLine>> lines_;
  std::size_t count_ = 0;
  bool in_items_ = false;
  bool in_line_ = false;
  bool seen_product_ = false;
  bool seen_quantity_ = false;
  std::optional<std::int32_t> product_;
  std::optional<std::int32_t> quantity_;
};

class StatusBody final : public BodyReader {
 public:
  StatusBody() : BodyReader(values_least) {}

  [[nodiscard]] const std::optional<std::string>& status() const { return status_; }

 protected:
  void value(ValueKind kind, std::string_view text) override {
    if (depth() == 0 && kind != ValueKind::object) {
      fault("", std::string("must be an object, not ") + described(kind));
    } else if (is_member_of_body("status")) {
      status_.emplace(text);
      const auto wrong = kind == ValueKind::text ? status_fault(text)
                                                 : std::string("must be a string, not ") + described(kind);
      if (!wrong.empty()) fault("/status", wrong);
    }
  }

 private:
  std::optional<std::string> status_;
};

/// Runs the reader over the whole body; an error when it is not JSON or has faults.
std::optional<Error> read(std::string_view body, BodyReader& reader) {
  const auto nul = body.find('\0');  // RapidJSON would take it for the end of the text
  if (nul != std::string_view::npos) {
    return Error{ErrorCode::malformed_json,
                 "the body is not valid JSON at byte " + std::to_string(nul) + ": a NUL",
                 {}};
  }
  rapidjson::MemoryStream text(body.data(), body.size());
  rapidjson::Reader json;
  const auto parsed = json.Parse<parse_flags>(text, reader);
  if (reader.too_deep()) {
    return Error{ErrorCode::malformed_json,
                 "the body nests deeper than " + std::to_string(nesting_max) + " levels"};
  }
  if (parsed.Code() == rapidjson::kParseErrorNumberTooBig) {  // beyond a double: it never reaches the reader
    return Error{ErrorCode::validation_failed,
                 "",
                 {{reader.pointer(), "must be a whole number from 1 to 2147483647"}},
                 {}};
  }
  if (reader.enough()) return Error{ErrorCode::validation_failed, "", reader.faults()};
  if (parsed.IsError()) {
    return Error{ErrorCode::malformed_json, std::string("the body is not valid JSON at byte ") +
                                                std::to_string(parsed.Offset()) + ": " +
                                                rapidjson::GetParseError_En(parsed.Code())};
  }
  if (!reader.faults().empty()) return Error{ErrorCode::validation_failed, "", reader.faults()};
  return std::nullopt;
}

bool blank(std::string_view body) { return body.find_first_not_of(" \t\r\n") == std::string_view::npos; }

}  // namespace

Result<std::optional<std::vector<OrderLine>>> read_order_lines(std::string_view body, std::size_t lines_max) {
  if (blank(body)) return std::optional<std::vector<OrderLine>>{};
  OrderBody reader(lines_max);
  if (auto error = read(body, reader)) return std::move(*error);
  return std::move(reader).lines();
}

Result<std::string> read_status(std::string_view body) {
  if (blank(body))
    return Error{ErrorCode::validation_failed, "", {{"/status", "is missing: the body is empty"}}};
  StatusBody reader;
  if (auto error = read(body, reader)) return std::move(*error);
  if (!reader.status()) return Error{ErrorCode::validation_failed, "", {{"/status", "is missing"}}};
  return *reader.status();
}

}  // namespace orders::http
