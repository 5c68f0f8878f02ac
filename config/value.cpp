#include "config/value.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

#include "config/addresses.hpp"
#include "config/utf8.hpp"

namespace orders::config {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t size;
};

constexpr std::array<Unit, 4> duration_units{{{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<Unit, 3> byte_units{{{"GiB", gib}, {"MiB", mib}, {"KiB", kib}}};

constexpr std::size_t status_characters_max = 64;
constexpr std::size_t names_max = 1'000;

/// A whole number written the one way people agree on (no 010, 0x10, 1e3, 1_000); saturates instead of
/// overflowing.
std::optional<std::int64_t> whole_number(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  const auto digits = negative ? text.substr(1) : text;
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) return negative ? INT64_MIN : INT64_MAX;
  return value;
}

/// Splits "250ms" into 250 and "ms".
std::pair<std::string_view, std::string_view> number_and_unit(std::string_view text) {
  std::size_t end = !text.empty() && text.front() == '-' ? 1 : 0;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  return {text.substr(0, end), text.substr(end)};
}

template <std::size_t N>
std::optional<std::int64_t> with_unit(std::string_view text, const std::array<Unit, N>& units,
                                      bool bare_allowed) {
  const auto [digits, name] = number_and_unit(text);
  const auto count = whole_number(digits);
  if (!count) return std::nullopt;
  if (name.empty()) return bare_allowed || *count == INT64_MAX ? count : std::nullopt;
  for (const auto& unit : units) {
    if (unit.name != name) continue;
    if (*count > INT64_MAX / unit.size) return INT64_MAX;
    if (*count < INT64_MIN / unit.size) return INT64_MIN;
    return *count * unit.size;
  }
  return std::nullopt;
}

template <std::size_t N>
std::string in_units(std::int64_t value, const std::array<Unit, N>& units) {
  for (const auto& unit : units) {
    if (value != 0 && value % unit.size == 0)
      return std::to_string(value / unit.size) + std::string(unit.name);
  }
  return std::to_string(value);
}

void store(const Target& target, std::int64_t value) {
  std::visit(
      [value](auto* place) {
        using Value = std::decay_t<decltype(*place)>;
        if constexpr (std::is_same_v<Value, milliseconds>) {
          *place = milliseconds(value);
        } else if constexpr (std::is_integral_v<Value> && !std::is_same_v<Value, bool>) {
          *place = static_cast<Value>(value);  // the setting's range was checked, and is within the type's
        }
      },
      target);
}

std::int64_t number_in(const Target& target) {
  return std::visit(
      [](const auto* place) -> std::int64_t {
        using Value = std::decay_t<decltype(*place)>;
        if constexpr (std::is_same_v<Value, milliseconds>) {
          return place->count();
        } else if constexpr (std::is_integral_v<Value>) {
          return static_cast<std::int64_t>(*place);
        } else {
          return 0;
        }
      },
      target);
}

std::string must_be(const Setting& setting, std::string_view text) {
  return "must be " + allowed(setting) + ", not " + excerpt(text);
}

std::string set_number(const Setting& setting, std::string_view text) {
  std::optional<std::int64_t> value;
  if (setting.kind == Kind::duration) {
    value = with_unit(text, duration_units, false);
  } else if (setting.kind == Kind::bytes) {
    value = with_unit(text, byte_units, true);
  } else {
    value = whole_number(text);
  }
  if (!value && setting.kind == Kind::duration && whole_number(text)) {
    return must_be(setting, text) + ", which has no unit";
  }
  if (!value || *value < setting.range.min || *value > setting.range.max) return must_be(setting, text);
  store(setting.target, *value);
  return {};
}

std::string set_flag(const Setting& setting, std::string_view text) {
  if (text != "true" && text != "false") return must_be(setting, text);
  *std::get<bool*>(setting.target) = text == "true";
  return {};
}

std::string set_choice(const Setting& setting, std::string_view text) {
  for (const auto choice : setting.choices) {
    if (choice == text) {
      *std::get<std::string*>(setting.target) = text;
      return {};
    }
  }
  return must_be(setting, text);
}

/// Texts become C strings further on. What is wrong is said without the text: it may be a secret.
std::string set_string(const Setting& setting, std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return "must not contain a NUL character";
  if (setting.kind != Kind::secret && first_malformed_byte(text)) return "must be UTF-8 text";
  if (setting.kind == Kind::connection || setting.kind == Kind::link) {
    auto fault = setting.kind == Kind::link ? link_fault(text) : connection_fault(text);
    if (!fault.empty()) return fault;
  }
  if (setting.kind == Kind::secret) {
    std::get<Secret*>(setting.target)->value = text;
  } else {
    *std::get<std::string*>(setting.target) = text;
  }
  return {};
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

/// The parts between separators, without the spaces around them; no part at all for an empty text.
std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  if (trimmed(text).empty()) return parts;
  while (true) {
    const auto end = text.find(separator);
    parts.emplace_back(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string set_steps(const Setting& setting, std::string_view text) {
  Steps steps;
  for (const auto& part : split(text, ';')) {
    const auto equals = part.find('=');
    if (equals == std::string::npos) return must_be(setting, text);
    const std::string from(trimmed(std::string_view(part).substr(0, equals)));
    Setting to;
    to.target = &steps[from];
    auto fault = name_fault(from);
    if (fault.empty()) fault = set_names(to, split(std::string_view(part).substr(equals + 1), ','));
    if (!fault.empty()) return fault;
  }
  *std::get<Steps*>(setting.target) = std::move(steps);
  return {};
}

}  // namespace

std::string name_fault(std::string_view name) {
  if (first_malformed_byte(name)) return "must have statuses in UTF-8";
  if (name.find('\0') != std::string_view::npos) return "must not have a NUL character in a status";
  const auto characters = count_characters(name);
  if (characters == 0) return "must not have an empty status";
  if (characters > status_characters_max)
    return "must have statuses of 1 to 64 characters, not " + excerpt(name);
  return {};
}

std::string set_names(const Setting& setting, const std::vector<std::string>& names) {
  if (names.size() > names_max) return "must have at most " + std::to_string(names_max) + " statuses";
  for (const auto& name : names) {
    auto fault = name_fault(name);
    if (!fault.empty()) return fault;
  }
  *std::get<Names*>(setting.target) = Names(names.begin(), names.end());
  return {};
}

std::string set_from_text(const Setting& setting, std::string_view text) {
  switch (setting.kind) {
    case Kind::number:
    case Kind::bytes:
    case Kind::duration:
      return set_number(setting, text);
    case Kind::flag:
      return set_flag(setting, text);
    case Kind::choice:
      return set_choice(setting, text);
    case Kind::names:
      return set_names(setting, split(text, ','));
    case Kind::steps:
      return set_steps(setting, text);
    case Kind::text:
    case Kind::secret:
    case Kind::connection:
    case Kind::link:
      return set_string(setting, text);
  }
  return "can't be set";
}

std::string allowed(const Setting& setting) {
  const auto& [min, max] = setting.range;
  switch (setting.kind) {
    case Kind::number:
      return "a whole number from " + std::to_string(min) + " to " + std::to_string(max);
    case Kind::bytes:
      return "a size from " + bytes_text(min) + " to " + bytes_text(max) + " (bytes, KiB, MiB or GiB)";
    case Kind::duration:
      return "a duration from " + duration_text(milliseconds(min)) + " to " +
             duration_text(milliseconds(max)) + " (a whole number and ms, s, m or h)";
    case Kind::flag:
      return "true or false";
    case Kind::choice:
      break;
    case Kind::names:
      return "a list of statuses such as [Cancelled, Canceled] (in the environment: Cancelled,Canceled)";
    case Kind::steps:
      return "lists of statuses by status such as {Ordered: [Shipped, Cancelled]} (in the environment: "
             "Ordered=Shipped,Cancelled;Shipped=Delivered)";
    case Kind::text:
      return "a text";
    case Kind::secret:
      return "a text (never shown)";
    case Kind::connection:
      return "a libpq connection text (a password in it is never shown)";
    case Kind::link:
      return "an http:// URL";
  }
  std::string list;
  for (std::size_t i = 0; i < setting.choices.size(); ++i) {
    if (i > 0) list += i + 1 == setting.choices.size() ? " or " : ", ";
    list += setting.choices[i];
  }
  return list;
}

std::string duration_text(milliseconds duration) {
  return duration.count() == 0 ? "0s" : in_units(duration.count(), duration_units);
}

std::string bytes_text(std::int64_t bytes) { return in_units(bytes, byte_units); }

std::string to_yaml(const Setting& setting) {
  const auto list = [](const Names& names) {
    std::string out = "[";
    for (const auto& name : names) out += (out.size() > 1 ? ", " : "") + quoted(name);
    return out + "]";
  };
  switch (setting.kind) {
    case Kind::number:
      return std::to_string(number_in(setting.target));
    case Kind::bytes:
      return bytes_text(number_in(setting.target));
    case Kind::duration:
      return duration_text(milliseconds(number_in(setting.target)));
    case Kind::flag:
      return *std::get<bool*>(setting.target) ? "true" : "false";
    case Kind::choice:
      return *std::get<std::string*>(setting.target);
    case Kind::names:
      return list(*std::get<Names*>(setting.target));
    case Kind::steps: {
      std::string out = "{";
      for (const auto& [from, to] : *std::get<Steps*>(setting.target)) {
        out += (out.size() > 1 ? ", " : "") + quoted(from) + ": " + list(to);
      }
      return out + "}";
    }
    case Kind::secret:
      return quoted(std::get<Secret*>(setting.target)->value.empty() ? "" : secret_shown);
    case Kind::connection:
      return quoted(masked_connection(*std::get<std::string*>(setting.target)));
    case Kind::text:
    case Kind::link:
      return quoted(*std::get<std::string*>(setting.target));
  }
  return {};
}

std::string quoted(std::string_view text) {
  static constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20U || byte == 0x7FU) {
      out += "\\x";
      out += hex[byte >> 4U];
      out += hex[byte & 0xFU];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t shown_bytes = 60;
  if (const auto malformed = first_malformed_byte(text)) text = text.substr(0, *malformed);
  const auto shown = cut_to_bytes(text, shown_bytes);
  return quoted(shown) + (shown.size() < text.size() ? "..." : "");
}

}  // namespace orders::config
