#include "http/client/json_reader.hpp"

#include <limits>

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

namespace orders::http {

namespace {

// The names of these functions are RapidJSON's.
// NOLINTBEGIN(readability-identifier-naming)
class Events {
 public:
  explicit Events(JsonSink& sink) : sink_(sink) {}

  bool Null() { return tell({Scalar::Kind::null}); }
  bool Bool(bool /*value*/) { return tell({Scalar::Kind::boolean}); }
  bool Int(int value) { return tell({Scalar::Kind::integer, value}); }
  bool Uint(unsigned value) { return tell({Scalar::Kind::integer, value}); }
  bool Int64(std::int64_t value) { return tell({Scalar::Kind::integer, value}); }
  bool Uint64(std::uint64_t value) {
    if (value > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) return Double(0);
    return tell({Scalar::Kind::integer, static_cast<std::int64_t>(value)});
  }
  bool Double(double /*value*/) { return tell({Scalar::Kind::other_number}); }
  bool RawNumber(const char* /*text*/, rapidjson::SizeType /*size*/, bool /*copy*/) { return Double(0); }
  bool String(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    return tell({Scalar::Kind::text, 0, {text, size}});
  }
  bool Key(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    place_.set_name({text, size});
    return true;
  }
  bool StartObject() { return open(true); }
  bool EndObject(rapidjson::SizeType /*members*/) { return close(true); }
  bool StartArray() { return open(false); }
  bool EndArray(rapidjson::SizeType /*elements*/) { return close(false); }

 private:
  bool tell(const Scalar& value) {
    sink_.scalar(place_, value);
    return true;
  }
  bool open(bool object) {
    sink_.open(place_, object);
    return place_.enter();
  }
  bool close(bool object) {
    place_.leave();
    sink_.close(place_, object);
    return true;
  }

  JsonSink& sink_;
  JsonPlace place_{};
};
// NOLINTEND(readability-identifier-naming)

}  // namespace

std::optional<std::int32_t> Scalar::int32() const {
  if (kind != Kind::integer || integer < std::numeric_limits<std::int32_t>::min() ||
      integer > std::numeric_limits<std::int32_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(integer);
}

std::optional<std::int32_t> Scalar::id32() const {
  const auto number = int32();
  return number && *number >= 1 ? number : std::nullopt;
}

bool JsonPlace::enter() {
  if (depth_ == depth_max) return false;
  ++depth_;
  names_.at(depth_).clear();
  return true;
}

std::string read_json(const std::string& text, JsonSink& sink) {
  // RapidJSON takes a NUL for the end.
  if (text.find('\0') != std::string::npos) return "it has a NUL in it";
  Events events(sink);
  rapidjson::StringStream stream(text.c_str());
  rapidjson::Reader reader;
  // Iterative: hostile nesting must not use up the stack.
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  const auto result = reader.Parse<flags>(stream, events);
  if (!result.IsError()) return {};
  if (result.Code() == rapidjson::kParseErrorTermination) return "it nests too deeply";
  return fmt::format("{} (at byte {})", rapidjson::GetParseError_En(result.Code()), result.Offset());
}

}  // namespace orders::http
