#include "config/environment.hpp"

#include <algorithm>
#include <string_view>
#include <unistd.h>

#include "config/spelling.hpp"
#include "config/value.hpp"

namespace orders::config {

namespace {

constexpr std::string_view prefix = "ORDERD_";

bool is_ours(std::string_view name) { return name.substr(0, prefix.size()) == prefix; }

std::string with_single_underscores(std::string name) {
  for (auto at = name.find("__"); at != std::string::npos; at = name.find("__")) name.erase(at, 1);
  return name;
}

}  // namespace

Environment process_environment() {
  Environment found;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (is_ours(text) && equals != std::string_view::npos)
      found.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

void apply_environment(const Environment& environment, const std::vector<Setting>& settings,
                       const SeenVariable& seen) {
  std::vector<std::string> known;
  known.reserve(settings.size());
  for (const auto& setting : settings) known.push_back(setting.variable());

  for (const auto& [name, text] : environment) {
    if (!is_ours(name)) continue;
    const auto at = std::find(known.begin(), known.end(), name);
    if (at != known.end()) {
      const auto& setting = settings[static_cast<std::size_t>(at - known.begin())];
      seen(name, set_from_text(setting, text), &setting);
      continue;
    }
    const bool misspelled = std::any_of(
        known.begin(), known.end(),
        [&name = name](const std::string& variable) { return with_single_underscores(variable) == name; });
    if (!misspelled && name.find("__") == std::string::npos) continue;
    const auto meant = closest(name.substr(0, 64), known);
    seen(name, "sets nothing" + (meant.empty() ? "" : "; did you mean " + meant + "?"), nullptr);
  }
}

}  // namespace orders::config
