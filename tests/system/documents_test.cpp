// What README shows is true: its curl lines are run as they stand (only the ports differ), and its routes are
// those of the program.
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "tests/system/rig.hpp"

using namespace orders::test;

namespace {

std::vector<std::string> lines_of(const std::string& path) {
  std::istringstream text(read_file(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// The metrics in Prometheus' text as rows of the table in docs/metrics.md: name, type, labels, meaning.
std::set<std::string> metric_rows(const std::string& text) {
  static const std::regex about("# (HELP|TYPE) (\\S+) (.*)");
  static const std::regex sample("(orderd_[a-z_]+?)(_bucket|_sum|_count)?\\{(.*)\\} .*");
  static const std::regex label("([a-z_]+)=\"[^\"]*\"");
  std::map<std::string, std::string> meanings;
  std::map<std::string, std::string> types;
  std::map<std::string, std::set<std::string>> labels;
  std::istringstream lines(text);
  std::smatch found;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, found, about)) {
      (found[1] == "HELP" ? meanings : types)[found[2]] = found[3];
    } else if (std::regex_match(line, found, sample)) {
      const std::string inside = found[3];
      for (std::sregex_iterator one(inside.begin(), inside.end(), label), end; one != end; ++one) {
        if ((*one)[1] != "le") labels[found[1]].insert((*one)[1]);
      }
    }
  }
  std::set<std::string> rows;
  for (const auto& [name, meaning] : meanings) {
    std::string names;
    for (const auto& one : labels[name]) names += (names.empty() ? "`" : ", `") + one + "`";
    rows.insert("| `" + name + "` | " + types[name] + " | " + names + " | " + meaning + " |");
  }
  return rows;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(documents)

BOOST_AUTO_TEST_CASE(the_curl_lines_of_the_readme_work_in_their_order) {
  Rig rig({{"--sample"}, {}, nullptr, true});
  const TemporaryFolder folder;
  int run_lines = 0;
  for (const auto& line : lines_of(SOURCE_FOLDER "/README.md")) {
    if (line.rfind("curl ", 0) != 0) continue;
    auto command = replaced(line, "http://127.0.0.1:8080", "http://127.0.0.1:" + std::to_string(rig.port()));
    command = replaced(command, "http://127.0.0.1:8082", rig.sandbox().cart_url());
    const auto output = folder.path() + "/" + std::to_string(++run_lines);
    BOOST_TEST_CONTEXT(line) {
      BOOST_TEST(run({"sh", "-c", command + " -w '\\n%{http_code}'"}, {{}, output, {}}) == 0);
      const auto said = read_file(output);
      BOOST_TEST_CONTEXT(said) { BOOST_TEST(said.substr(said.rfind('\n') + 1, 1) == "2"); }
    }
  }
  BOOST_TEST(run_lines == 6);
}

BOOST_AUTO_TEST_CASE(the_routes_of_the_readme_are_those_of_the_program_and_the_other_way_round) {
  const auto readme = read_file(SOURCE_FOLDER "/README.md");
  std::string source;
  for (const auto* file : {"order_handlers", "audit_handlers", "recovery_handlers", "probes"}) {
    source += read_file(std::string(SOURCE_FOLDER "/http/") + file + ".cpp");
  }
  const std::regex in_source("\\{\"(GET|POST|PUT)\", \"([^\"]+)\"");
  std::set<std::string> routes;
  for (std::sregex_iterator found(source.begin(), source.end(), in_source), end; found != end; ++found) {
    const auto path = std::regex_replace((*found)[2].str(), std::regex("\\{[a-z_]+\\}"), "{}");
    routes.insert((*found)[1].str() + " " + path);
  }
  BOOST_TEST(routes.size() >= 10U);
  const std::regex in_readme("`(?:(GET|POST|PUT) )?(/[a-z_/{}]*)`");
  std::set<std::string> documented;
  for (std::sregex_iterator found(readme.begin(), readme.end(), in_readme), end; found != end; ++found) {
    const auto path = std::regex_replace((*found)[2].str(), std::regex("\\{[a-z_]+\\}"), "{}");
    documented.insert(((*found)[1].matched ? (*found)[1].str() : std::string("GET")) + " " + path);
  }
  for (const auto& route : routes) BOOST_TEST_CONTEXT(route) {
      BOOST_TEST(documented.count(route) == 1U);
    }
  for (const auto& route : documented) BOOST_TEST_CONTEXT(route) {
      BOOST_TEST(routes.count(route) == 1U);
    }
}

BOOST_AUTO_TEST_CASE(the_metrics_that_are_documented_are_those_of_the_program_and_the_other_way_round) {
  const Rig rig;
  BOOST_TEST(rig.post(7, Rig::lines({{rig.product(1), 1}})).status == 201);
  const auto running = metric_rows(rig.call("GET", "/metrics").body);
  std::set<std::string> documented;
  for (const auto& line : lines_of(SOURCE_FOLDER "/docs/metrics.md")) {
    if (line.rfind("| `", 0) == 0) documented.insert(line);
  }
  BOOST_TEST(running.size() > 40U);
  for (const auto& row : running) BOOST_TEST_CONTEXT(row) {
      BOOST_TEST(documented.count(row) == 1U);
    }
  for (const auto& row : documented) BOOST_TEST_CONTEXT(row) {
      BOOST_TEST(running.count(row) == 1U);
    }
}

BOOST_AUTO_TEST_CASE(the_files_that_the_architecture_names_are_there) {
  const auto text = read_file(SOURCE_FOLDER "/ARCHITECTURE.md") + read_file(SOURCE_FOLDER "/README.md");
  const std::regex path("`((?:domain|config|persistence|actors|http|command|tests|docs)/[a-z_/.]+)`");
  int named = 0;
  for (std::sregex_iterator found(text.begin(), text.end(), path), end; found != end; ++found) {
    auto file = std::string(SOURCE_FOLDER "/") + (*found)[1].str();
    if (file.back() == '/') file.pop_back();
    const bool there = std::ifstream(file).good() || std::ifstream(file + ".hpp").good();
    BOOST_TEST_CONTEXT(file) { BOOST_TEST(there); }
    ++named;
  }
  BOOST_TEST(named > 20);
}

BOOST_AUTO_TEST_SUITE_END()
