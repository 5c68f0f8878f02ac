#include "config/print.hpp"

#include <variant>

#include "config/settings.hpp"
#include "config/value.hpp"

namespace orders::config {

namespace {

/// A table's cell: no bar may end it early.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string default_text(const Setting& setting) {
  const auto text = to_yaml(setting);
  return text == R"("")" ? "not set" : "`" + cell(text) + "`";
}

constexpr const char* introduction =
    "# Configuration\n"
    "\n"
    "<!-- Written by `orderd --print-config-docs` from config/schema.hpp; a test compares. -->\n"
    "\n"
    "`orderd --config FILE` reads a YAML file of sections and keys; config/orderd.yaml is an example. Every "
    "setting\n"
    "can be overridden by an environment variable, with or without a file. Everything is checked at start: "
    "whatever\n"
    "is wrong is reported at once, with file, line and what is allowed, and the service does not start.\n"
    "\n"
    "- `orderd --config FILE --check-config` only checks; `--print-config` prints what is in force, without "
    "secrets.\n"
    "- Durations are a whole number and a unit: `250ms`, `5s`, `2m`, `24h`. A number without a unit is "
    "refused.\n"
    "- Sizes are bytes (`65536`) or a whole number and a unit: `64KiB`, `1MiB`, `1GiB`.\n"
    "- In environment variables, lists are written `Cancelled,Canceled`, and `orders.transitions` is "
    "written\n"
    "  `Ordered=Shipped,Cancelled;Shipped=Delivered`.\n"
    "- A variable that begins with `ORDERD_`, contains `__` and names no setting is refused, as is an "
    "unknown key.\n"
    "- `database.password` and `database.password_file` exclude each other; one given in the environment "
    "overrides\n"
    "  the other one in the file.\n";

}  // namespace

std::string print(const Config& config) {
  Config copy = config;
  // The password that was read from a file is not printed beside the file's name: both together are refused.
  if (!copy.database.password_file.empty()) copy.database.password.value.clear();
  std::string out;
  for (const auto& section : sections_of(copy)) {
    out += std::string(section.name) + ":\n";
    for (const auto& setting : section.settings) {
      out += "  " + std::string(setting.key) + ": " + to_yaml(setting) + "\n";
    }
  }
  return out;
}

std::string document() {
  Config defaults;
  std::string out = introduction;
  for (const auto& section : sections_of(defaults)) {
    out += "\n## " + std::string(section.name) + "\n\n" + std::string(section.doc) + "\n\n";
    out += "| key | meaning | allowed | default | environment |\n|---|---|---|---|---|\n";
    for (const auto& setting : section.settings) {
      out += "| `" + std::string(setting.key) + "` | " + cell(setting.doc) + " | " + cell(allowed(setting)) +
             " | " + default_text(setting) + " | `" + setting.variable() + "` |\n";
    }
  }
  return out;
}

}  // namespace orders::config
