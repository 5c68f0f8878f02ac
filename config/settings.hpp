// The schema as a list: one Setting for each value of a Config, pointing into it. Used inside config/ to
// read, check, print and document settings without spelling a key. A list lives no longer than its Config; it
// belongs to one thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.hpp"
#include "config/schema.hpp"

namespace orders::config {

using Names = std::set<std::string>;
using Steps = std::map<std::string, std::set<std::string>>;

enum class Kind : std::uint8_t {
  text,
  number,
  bytes,
  duration,
  flag,
  choice,
  names,       ///< a list of statuses
  steps,       ///< status -> list of statuses
  secret,      ///< never shown
  connection,  ///< libpq's connection text; a password in it is never shown
  link,        ///< an http:// URL
};

/// Where a value stands in its Config.
using Target = std::variant<std::string*, std::uint16_t*, std::uint32_t*, std::uint64_t*, milliseconds*,
                            bool*, Names*, Steps*, Secret*>;

struct Setting {
  std::string_view section;
  std::string_view key;
  Kind kind = Kind::text;
  Target target;
  Range range{};  ///< for number, bytes and duration
  std::vector<std::string_view> choices{};
  std::string_view doc;

  /// As errors name it: "http.port".
  [[nodiscard]] std::string path() const;
  /// The environment variable that overrides it: "ORDERD_HTTP__PORT".
  [[nodiscard]] std::string variable() const;
};

struct Section {
  std::string_view name;
  std::string_view doc;
  std::vector<Setting> settings{};
};

/// Everything that can be set in `config`, in the order of the schema.
std::vector<Section> sections_of(Config& config);

/// The same without the grouping.
std::vector<Setting> settings_of(Config& config);

/// The setting whose value stands at `place`; none if there is none.
const Setting* find_setting(const std::vector<Setting>& settings, const void* place);

}  // namespace orders::config
