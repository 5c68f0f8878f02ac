#include "tests/architecture/rules.hpp"

#include <array>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>

#include "tests/architecture/code.hpp"

namespace orders::architecture {

namespace {

/// The direction of dependencies: http -> actors -> domain <- persistence; config is a leaf.
const std::map<std::string, std::set<std::string>> arrows{
    {"domain", {"domain"}},
    {"config", {"config"}},
    {"persistence", {"persistence", "domain", "config"}},
    {"actors", {"actors", "domain", "config"}},
    {"http", {"http", "actors", "domain", "config"}},
    {"command", {"command", "http", "actors", "persistence", "domain", "config"}},
};

/// Headers that begin so may be included only in files whose path begins so.
struct Library {
  std::string_view headers;
  std::string_view place;
};

constexpr std::array<Library, 13> libraries{{
    {"pistache/", "http/server/"},
    {"caf/", "actors/"},
    {"soci", "persistence/"},
    {"libpq", "persistence/"},
    {"postgresql/", "persistence/"},
    {"pg_config", "persistence/"},
    {"yaml-cpp/", "config/load.cpp"},
    {"curl/", "http/client/"},
    {"prometheus/", "http/"},
    {"rapidjson/", "http/"},
    {"boost/program_options", "config/options.cpp"},
    {"nlohmann/", "tests/"},
    {"boost/test", "tests/"},
}};

bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

bool ends(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && text.substr(text.size() - with.size()) == with;
}

std::string folder_of(const std::string& path) { return path.substr(0, path.find('/')); }

bool is_product(const File& file) {
  return arrows.count(folder_of(file.path)) != 0 || file.path == "main.cpp";
}

std::string at(const File& file, std::size_t line) { return file.path + ":" + std::to_string(line) + ": "; }

/// Why the include may not stand in the file; empty when it may.
std::string include_fault(const File& file, const Include& include) {
  if (include.name == "caf/all.hpp") return "costs seconds to compile; include finer headers";
  const auto folder = folder_of(file.path);
  const auto allowed = arrows.find(folder);
  if (allowed == arrows.end()) return {};  // main.cpp and tests
  if (!include.angle) {
    const bool fits =
        include.name.find('/') != std::string::npos && allowed->second.count(folder_of(include.name)) != 0;
    return fits ? "" : "is not for " + folder + "/ (include from the root, and along the arrows only)";
  }
  for (const auto& library : libraries) {
    if (begins(include.name, library.headers) && !begins(file.path, library.place)) {
      return "is only for " + std::string(library.place);
    }
  }
  const bool pistache_free = file.path == "http/server/server.hpp" || file.path == "http/server/exchange.hpp";
  if (pistache_free && begins(include.name, "pistache/")) return "must stay behind this header";
  if (folder == "domain" && include.name.find_first_of("./") != std::string::npos) {
    return "is not for domain/, which has the standard library only";
  }
  return {};
}

/// The list's text with the bodies of its foreach loops once for each word they go through.
std::string unrolled(const std::string& list) {
  static const std::regex loop(R"(foreach\((\w+)\s([^)]*)\)([^]*?)endforeach)");
  std::string out = list;
  for (auto found = std::sregex_iterator(list.begin(), list.end(), loop); found != std::sregex_iterator();
       ++found) {
    std::istringstream words((*found)[2].str());
    const std::regex variable("\\$\\{" + (*found)[1].str() + "\\}");
    for (std::string word; words >> word;) out += std::regex_replace((*found)[3].str(), variable, word);
  }
  return out;
}

bool mentions(const std::string& list, const std::string& name) {
  for (auto found = list.find(name); found != std::string::npos; found = list.find(name, found + 1)) {
    const char before = found == 0 ? ' ' : list[found - 1];
    const char after = found + name.size() < list.size() ? list[found + name.size()] : ' ';
    if (std::string_view(" \t\n/(\"").find(before) != std::string_view::npos &&
        std::string_view(" \t\n)\"").find(after) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

Faults include_faults(const File& file) {
  Faults faults;
  for (const auto& include : includes_of(file.text)) {
    const auto fault = include_fault(file, include);
    if (!fault.empty()) faults.push_back(at(file, include.line) + include.name + " " + fault);
  }
  return faults;
}

Faults size_faults(const File& file) {
  Faults faults;
  const auto lines = count_lines(file.text);
  if (lines > file_lines_max) faults.push_back(at(file, lines) + "the file has more than 350 lines");
  if (!is_product(file)) return faults;
  for (const auto& function : functions_of(file.text)) {
    if (function.lines > function_lines_max) {
      faults.push_back(at(file, function.line) + "the function has " + std::to_string(function.lines) +
                       " lines, 60 is most");
    }
  }
  return faults;
}

Faults header_faults(const File& file) {
  if (!ends(file.path, ".hpp")) return {};
  Faults faults;
  if (!begins(file.text, "// "))
    faults.push_back(at(file, 1) + "must begin with a comment that says what it is");
  if (file.text.find("\n#pragma once\n") == std::string::npos)
    faults.push_back(at(file, 1) + "has no #pragma once");
  return faults;
}

Faults unfinished_faults(const File& file) {
  // Put together, so that this file does not have them.
  static const std::regex marks(
      "\\b(TO"
      "DO|FIX"
      "ME|XX"
      "X)\\b");
  Faults faults;
  std::istringstream lines(file.text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (std::regex_search(line, marks)) faults.push_back(at(file, number) + "marks unfinished work");
  }
  return faults;
}

Faults unbuilt_faults(const File& source, const std::vector<File>& lists) {
  const auto name = source.path.substr(source.path.rfind('/') + 1);
  for (const auto& list : lists) {
    const auto folder = list.path.substr(0, list.path.rfind('/') + 1);
    if (begins(source.path, folder) && mentions(unrolled(list.text), name)) return {};
  }
  return {at(source, 1) + "no CMakeLists.txt mentions it"};
}

}  // namespace orders::architecture
