#include "http/json_body.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "domain/order_rules.hpp"
#include "http/body_reader.hpp"

namespace orders::http {

namespace {

constexpr unsigned parse_flags = rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag |
                                 rapidjson::kParseNumbersAsStringsFlag;

/// Values a body may have whatever it is for, those that are passed over included.
constexpr std::size_t values_least = 10'000;

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
