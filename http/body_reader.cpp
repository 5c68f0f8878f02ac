#include "http/body_reader.hpp"

namespace orders::http {

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

std::size_t BodyReader::told_of(std::string_view key) {
  std::size_t length = std::min<std::size_t>(key.size(), 100);
  while (length < key.size() && length > 0 && (static_cast<unsigned char>(key[length]) & 0xc0U) == 0x80U)
    --length;
  return length;
}

void BodyReader::remember(std::string_view member) {
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

std::string BodyReader::escaped(const std::string& key) {
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

}  // namespace orders::http
