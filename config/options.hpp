// The command line of orderd. Used by main.cpp, once; safe in any thread. Nothing is thrown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace orders::config {

/// What orderd is started for.
enum class Action : std::uint8_t {
  run,
  check_config,       ///< load all settings, say what is wrong, end
  print_config,       ///< print what is in force
  print_config_docs,  ///< print docs/configuration.md
  audit,              ///< compare orders, journal and catalog, print what is off, end
  print_version,
  print_help,
};

struct Options {
  Action action = Action::run;
  std::optional<std::string> config_file{};
  bool json = false;    ///< audit: print JSON rather than a table
  bool repair = false;  ///< audit: put right what is off
};

/// Reads the arguments (without the program's name): the options, or a sentence that says what is wrong with
/// them.
std::variant<Options, std::string> parse_options(const std::vector<std::string>& arguments);

/// What --help prints.
std::string usage();

}  // namespace orders::config
