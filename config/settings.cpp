#include "config/settings.hpp"

#include <cctype>
#include <initializer_list>

namespace orders::config {

namespace {

/// The one visitor of the schema: writes down what it is shown.
class Collector {
 public:
  template <class Part>
  void section(std::string_view name, Part& part, std::string_view doc) {
    sections_.push_back({name, doc});
    describe(*this, part);
  }

  template <class Number>
  void number(std::string_view key, Number& value, Range range, std::string_view doc) {
    add(key, Kind::number, &value, doc).range = range;
  }
  template <class Number>
  void bytes(std::string_view key, Number& value, Range range, std::string_view doc) {
    add(key, Kind::bytes, &value, doc).range = range;
  }
  void duration(std::string_view key, milliseconds& value, Range range, std::string_view doc) {
    add(key, Kind::duration, &value, doc).range = range;
  }
  void choice(std::string_view key, std::string& value, std::initializer_list<std::string_view> choices,
              std::string_view doc) {
    add(key, Kind::choice, &value, doc).choices = choices;
  }
  void text(std::string_view key, std::string& value, std::string_view doc) {
    add(key, Kind::text, &value, doc);
  }
  void connection(std::string_view key, std::string& value, std::string_view doc) {
    add(key, Kind::connection, &value, doc);
  }
  void link(std::string_view key, std::string& value, std::string_view doc) {
    add(key, Kind::link, &value, doc);
  }
  void secret(std::string_view key, Secret& value, std::string_view doc) {
    add(key, Kind::secret, &value, doc);
  }
  void flag(std::string_view key, bool& value, std::string_view doc) { add(key, Kind::flag, &value, doc); }
  void names(std::string_view key, Names& value, std::string_view doc) { add(key, Kind::names, &value, doc); }
  void steps(std::string_view key, Steps& value, std::string_view doc) { add(key, Kind::steps, &value, doc); }

  std::vector<Section> take() { return std::move(sections_); }

 private:
  Setting& add(std::string_view key, Kind kind, Target target, std::string_view doc) {
    auto& section = sections_.back();
    Setting setting;
    setting.section = section.name;
    setting.key = key;
    setting.kind = kind;
    setting.target = target;
    setting.doc = doc;
    return section.settings.emplace_back(std::move(setting));
  }

  std::vector<Section> sections_;
};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

std::string Setting::path() const { return std::string(section) + "." + std::string(key); }

std::string Setting::variable() const { return "ORDERD_" + upper(section) + "__" + upper(key); }

std::vector<Section> sections_of(Config& config) {
  Collector collector;
  describe(collector, config);
  return collector.take();
}

std::vector<Setting> settings_of(Config& config) {
  std::vector<Setting> all;
  for (auto& section : sections_of(config)) {
    for (auto& setting : section.settings) all.push_back(std::move(setting));
  }
  return all;
}

const Setting* find_setting(const std::vector<Setting>& settings, const void* place) {
  for (const auto& setting : settings) {
    if (std::visit([&](const auto* value) { return static_cast<const void*>(value) == place; },
                   setting.target)) {
      return &setting;
    }
  }
  return nullptr;
}

}  // namespace orders::config
