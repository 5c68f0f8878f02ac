#include "config/options.hpp"

#include <array>
#include <exception>
#include <sstream>

#include <boost/program_options.hpp>

namespace orders::config {

namespace {

namespace po = boost::program_options;

struct Flag {
  const char* name;
  Action action;
  const char* doc;
};

constexpr std::array<Flag, 5> flags{{
    {"check-config", Action::check_config, "check all settings, say what is wrong, end"},
    {"print-config", Action::print_config, "print the settings in force as YAML, without secrets"},
    {"print-config-docs", Action::print_config_docs, "print what can be set, as Markdown"},
    {"version", Action::print_version, "print the version"},
    {"help", Action::print_help, "print this"},
}};

constexpr const char* words = "words";
constexpr const char* audit_command = "audit";

po::options_description described() {
  po::options_description options("Options");
  options.add_options()("config", po::value<std::string>()->value_name("FILE"), "YAML file with settings");
  for (const auto& flag : flags) options.add_options()(flag.name, flag.doc);
  options.add_options()("json", "audit: print JSON instead of tables");
  options.add_options()("repair", "audit: say how what is off is put right, then do it and audit again");
  return options;
}

std::string ending_options() {
  std::string list;
  for (const auto& flag : flags) list += (list.empty() ? "" : ", --") + std::string(flag.name);
  return list;
}

}  // namespace

std::variant<Options, std::string> parse_options(const std::vector<std::string>& arguments) {
  using Style = po::command_line_style::style_t;
  constexpr int style = Style::allow_long | Style::long_allow_next | Style::long_allow_adjacent;
  try {
    // Words that belong to no option: a command would be the first of them.
    auto options = described();
    options.add_options()(words, po::value<std::vector<std::string>>());
    po::positional_options_description positions;
    positions.add(words, -1);
    po::variables_map given;
    po::store(po::command_line_parser(arguments).options(options).positional(positions).style(style).run(),
              given);
    Options read;
    if (given.count(words) != 0) {
      const auto& rest = given[words].as<std::vector<std::string>>();
      if (rest.front() != audit_command) return "unknown argument " + rest.front();
      if (rest.size() > 1) return "unknown argument " + rest[1];
      read.action = Action::audit;
    }
    for (const auto* name : {"json", "repair"}) {
      if (given.count(name) != 0 && read.action != Action::audit)
        return "--" + std::string(name) + " is for orderd audit";
    }
    read.json = given.count("json") != 0;
    read.repair = given.count("repair") != 0;
    for (const auto& flag : flags) {
      if (given.count(flag.name) == 0) continue;
      if (read.action == Action::audit) return "--" + std::string(flag.name) + " does not go with audit";
      if (read.action != Action::run) return "only one of --" + ending_options() + " can be given";
      read.action = flag.action;
    }
    if (given.count("config") != 0) read.config_file = given["config"].as<std::string>();
    if (read.config_file && read.config_file->empty()) return std::string("--config needs a file");
    return read;
  } catch (const std::exception& error) {
    return std::string(error.what());
  }
}

std::string usage() {
  std::ostringstream text;
  text << "Usage: orderd [--config FILE] [OPTION]\n"
       << "       orderd audit [--config FILE] [--json] [--repair]\n\n"
       << "Serves orders over HTTP. Every setting can also be given as an environment variable, for example\n"
       << "ORDERD_HTTP__PORT=8081; docs/configuration.md lists them all.\n\n"
       << "audit compares orders, journal and catalog. Exit status: 0 clean, 1 something is off, 2 it could "
          "not tell.\n\n"
       << described() << "\n";
  return text.str();
}

}  // namespace orders::config
