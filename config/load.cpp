#include "config/load.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <utility>

#include <yaml-cpp/yaml.h>

#include "config/check.hpp"
#include "config/password.hpp"
#include "config/settings.hpp"
#include "config/spelling.hpp"
#include "config/value.hpp"
#include "config/yaml_text.hpp"

namespace orders::config {

namespace {

constexpr std::size_t file_bytes_max = 1'048'576;
constexpr std::size_t errors_max = 100;  // a file of another program's is wrong in every line
constexpr std::size_t steps_max = 1'000;
constexpr const char* environment_origin = "environment: ";

/// One loading: the settings, where each was set, and what was wrong.
class Loading {
 public:
  Loading(std::optional<std::string> file, Loaded& loaded)
      : file_(std::move(file)), loaded_(loaded), sections_(sections_of(loaded.config)) {}

  void read_file();
  void read_environment(const Environment& environment);
  void read_secrets();
  void check_rules();

 private:
  void read_document(const YAML::Node& root);
  void read_section(Section& section, const YAML::Node& node, int line);
  std::string set(const Setting& setting, const YAML::Node& node);
  static std::string set_list(const Setting& setting, const YAML::Node& node);
  static std::string set_map(const Setting& setting, const YAML::Node& node);
  [[nodiscard]] std::string unknown_section(const std::string& name) const;
  [[nodiscard]] std::string unknown_key(const Section& section, const std::string& key) const;
  [[nodiscard]] std::string meant_or_listed(const std::string& word,
                                            const std::vector<std::string>& known) const;
  [[nodiscard]] std::string elsewhere(const std::string& key) const;
  [[nodiscard]] const Setting& setting_at(const void* place) const;

  /// Calls `entry(key, line, value)` for each pair of a map; refuses keys that are no words or come twice.
  template <class Entry>
  void each_pair(const YAML::Node& map, const std::string& prefix, Entry entry);

  [[nodiscard]] bool from_environment(const std::string& path) const {
    const auto at = origins_.find(path);
    return at != origins_.end() && at->second.rfind(environment_origin, 0) == 0;
  }
  void add(const std::string& where, const std::string& path, const std::string& detail);
  [[nodiscard]] std::string in_file(std::size_t line) const {
    return *file_ + (line > 0 ? ":" + std::to_string(line) : "");
  }
  [[nodiscard]] std::string in_file(int line) const {
    return in_file(static_cast<std::size_t>(std::max(line, 0)));
  }

  std::optional<std::string> file_;
  Loaded& loaded_;
  std::vector<Section> sections_;
  std::map<std::string, std::string> origins_{};  ///< path -> where it was set
  std::set<std::string> failed_{};                ///< paths with an error: rules about them would mislead
};

int line_of(const YAML::Mark& mark) { return mark.line + 1; }

/// A tag such as !password is lost text; quoted and plain scalars have "!" and "?".
bool has_foreign_tag(const YAML::Node& node) {
  const auto& tag = node.Tag();
  return !tag.empty() && tag != "?" && tag != "!" && tag.rfind("tag:yaml.org,2002:", 0) != 0;
}

/// As a path has it: a key that is no plain word in quotes.
std::string shown_key(const std::string& key) {
  const bool plain = std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
  return plain && !key.empty() && key.size() <= 64 ? key : excerpt(key);
}

void Loading::add(const std::string& where, const std::string& path, const std::string& detail) {
  if (loaded_.errors.size() < errors_max) {
    loaded_.errors.push_back(where + ": " + (path.empty() ? "" : path + ": ") + detail);
  } else if (loaded_.errors.size() == errors_max) {
    loaded_.errors.push_back(where + ": and more errors from here on");
  }
  failed_.insert(path);
}

void Loading::read_file() {
  auto read = read_text(*file_, file_bytes_max);
  if (read.fault.empty()) read = checked_yaml(std::move(read.text));
  if (!read.fault.empty()) return add(in_file(read.line), "", read.fault);
  try {
    const auto documents = YAML::LoadAll(read.text);
    if (documents.size() > 1) {
      add(in_file(line_of(documents[1].Mark())), "", "begins a second document; there must be one only");
    }
    if (!documents.empty()) read_document(documents.front());
  } catch (const YAML::Exception& error) {
    // What follows a colon is quoted from the file, and may be a piece of a password.
    add(in_file(line_of(error.mark)), "", "is not YAML: " + error.msg.substr(0, error.msg.find(':')));
  } catch (const std::exception&) {
    add(in_file(0), "", "is not YAML that can be read");
  }
}

template <class Entry>
void Loading::each_pair(const YAML::Node& map, const std::string& prefix, Entry entry) {
  std::map<std::string, int> seen;
  for (const auto& pair : map) {
    if (loaded_.errors.size() > errors_max) return;
    const int line = line_of(pair.first.Mark());
    if (!pair.first.IsScalar()) {
      add(in_file(line), prefix, "must have words as keys");
      continue;
    }
    const auto& key = pair.first.Scalar();
    const auto [first, is_new] = seen.emplace(key, line);
    if (is_new) {
      entry(key, line, pair.second);
    } else {
      add(in_file(line), prefix + (prefix.empty() ? "" : ".") + shown_key(key),
          "is given twice, first in line " + std::to_string(first->second));
    }
  }
}

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& all, std::string_view Named::*name) {
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const auto& one : all) names.emplace_back(one.*name);
  return names;
}

const Setting& Loading::setting_at(const void* place) const {
  for (const auto& section : sections_) {
    if (const auto* setting = find_setting(section.settings, place)) return *setting;
  }
  std::terminate();  // every value is in the schema: a test looks at each
}

void Loading::read_document(const YAML::Node& root) {
  if (root.IsNull()) return;
  if (!root.IsMap()) {
    return add(in_file(line_of(root.Mark())), "",
               "must be a map of the sections " + listed(names_of(sections_, &Section::name)));
  }
  each_pair(root, "", [&](const std::string& name, int line, const YAML::Node& node) {
    for (auto& section : sections_) {
      if (section.name == name) return read_section(section, node, line);
    }
    add(in_file(line), shown_key(name), "unknown section; " + unknown_section(name));
  });
}

void Loading::read_section(Section& section, const YAML::Node& node, int line) {
  if (node.IsNull()) return;  // everything in it is commented out
  if (!node.IsMap())
    return add(in_file(line), std::string(section.name), "must be a map of settings, `key: value`");
  each_pair(node, std::string(section.name),
            [&](const std::string& key, int key_line, const YAML::Node& value) {
              const auto at = std::find_if(section.settings.begin(), section.settings.end(),
                                           [&](const Setting& setting) { return setting.key == key; });
              if (at == section.settings.end()) {
                return add(in_file(key_line), std::string(section.name) + "." + shown_key(key),
                           "unknown key; " + unknown_key(section, key));
              }
              origins_[at->path()] = in_file(key_line);
              const auto fault = set(*at, value);
              if (!fault.empty()) add(in_file(key_line), at->path(), fault);
            });
}

/// Where a key belongs that stands in the wrong place: "did you mean http.port?"; empty when nowhere.
std::string Loading::elsewhere(const std::string& key) const {
  std::string paths;
  for (const auto& section : sections_) {
    for (const auto& setting : section.settings) {
      if (setting.key == key || setting.path() == key)
        paths += (paths.empty() ? "" : " or ") + setting.path();
    }
  }
  return paths.empty()
             ? paths
             : "did you mean " + paths + " (sections are lines of their own, keys stand indented below)?";
}

std::string Loading::unknown_section(const std::string& name) const {
  return meant_or_listed(name, names_of(sections_, &Section::name));
}

std::string Loading::unknown_key(const Section& section, const std::string& key) const {
  return meant_or_listed(key, names_of(section.settings, &Setting::key));
}

std::string Loading::meant_or_listed(const std::string& word, const std::vector<std::string>& known) const {
  auto other = elsewhere(word);
  if (!other.empty()) return other;
  const auto meant = closest(word, known);
  return meant.empty() ? "there are " + listed(known) : "did you mean " + meant + "?";
}

std::string Loading::set(const Setting& setting, const YAML::Node& node) {
  if (has_foreign_tag(node)) return "must not begin with '!' unless it is in quotes";
  if (node.IsNull()) return "has no value (must be " + allowed(setting) + "; '#' and such need quotes)";
  if (setting.kind == Kind::names) return set_list(setting, node);
  if (setting.kind == Kind::steps) return set_map(setting, node);
  if (!node.IsScalar()) return "must be " + allowed(setting) + ", not a list or a map";
  return set_from_text(setting, node.Scalar());
}

std::string Loading::set_list(const Setting& setting, const YAML::Node& node) {
  if (!node.IsSequence()) return "must be " + allowed(setting);
  std::vector<std::string> names;
  for (const auto& item : node) {
    if (!item.IsScalar() || has_foreign_tag(item)) return "must be " + allowed(setting);
    names.push_back(item.Scalar());
  }
  return set_names(setting, names);
}

std::string Loading::set_map(const Setting& setting, const YAML::Node& node) {
  if (!node.IsMap()) return "must be " + allowed(setting);
  Steps steps;
  if (node.size() > steps_max) return "must have at most " + std::to_string(steps_max) + " statuses";
  for (const auto& pair : node) {
    if (!pair.first.IsScalar()) return "must be " + allowed(setting);
    const auto [at, is_new] = steps.try_emplace(pair.first.Scalar());
    if (!is_new) return "must have " + excerpt(at->first) + " only once";
    auto fault = name_fault(at->first);
    Setting targets = setting;
    targets.target = &at->second;
    if (fault.empty()) fault = set_list(targets, pair.second);
    if (!fault.empty()) return fault;
  }
  *std::get<Steps*>(setting.target) = std::move(steps);
  return {};
}

void Loading::read_environment(const Environment& environment) {
  std::vector<Setting> settings;
  for (const auto& section : sections_) {
    settings.insert(settings.end(), section.settings.begin(), section.settings.end());
  }
  apply_environment(environment, settings,
                    [&](const std::string& variable, const std::string& fault, const Setting* setting) {
                      const auto path = setting == nullptr ? "" : setting->path();
                      if (setting != nullptr) origins_[path] = environment_origin + variable;
                      if (!fault.empty()) return add(environment_origin + variable, path, fault);
                      failed_.erase(path);
                    });
}

/// A password and a file with one exclude each other, except that the environment overrides the file.
void Loading::read_secrets() {
  auto& database = loaded_.config.database;
  const auto& password = setting_at(&database.password).path();
  const auto& file = setting_at(&database.password_file).path();
  if (!database.password.value.empty() && !database.password_file.empty()) {
    if (from_environment(password) && !from_environment(file)) {
      database.password_file.clear();
    } else if (from_environment(file) && !from_environment(password)) {
      database.password.value.clear();
    } else {
      return add(origins_[password], password, "must not be set together with " + file);
    }
  }
  if (database.password_file.empty()) return;
  const auto fault = read_password(database.password_file, database.password);
  if (!fault.empty()) add(origins_[file], file, fault);
}

void Loading::check_rules() {
  for (const auto& fault : check(loaded_.config)) {
    if (failed_.count(fault.path) + failed_.count(fault.other) > 0) continue;
    auto where = origins_.find(fault.path);
    if (where == origins_.end()) where = origins_.find(fault.other);
    add(where == origins_.end() ? "defaults" : where->second, fault.path, fault.detail);
  }
}

}  // namespace

Loaded load(const std::optional<std::string>& file, const Environment& environment) {
  Loaded loaded;
  Loading loading(file, loaded);
  if (file) loading.read_file();
  loading.read_environment(environment);
  loading.read_secrets();
  loading.check_rules();
  return loaded;
}

void require_runnable(Loaded& loaded) {
  for (auto& missing : check_runnable(loaded.config)) {
    const auto path = missing.substr(0, missing.find(':') + 1);
    const bool told = std::any_of(loaded.errors.begin(), loaded.errors.end(), [&](const std::string& error) {
      return error.find(": " + path) != std::string::npos;
    });
    if (!told) loaded.errors.push_back(std::move(missing));
  }
}

}  // namespace orders::config
