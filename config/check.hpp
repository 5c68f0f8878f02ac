// Rules about settings that one setting alone can't break, and what must be set before the service can run.
// load.hpp calls both. Pure functions, safe in any thread.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace orders::config {

/// What is wrong with a setting ("must be ..."), and the setting it does not go together with, if there is
/// one.
struct Fault {
  std::string path;
  std::string detail;
  std::string other{};
};

/// Every broken rule; empty when all hold.
std::vector<Fault> check(const Config& config);

/// What is missing for the service to run, one sentence each; empty when nothing is. Printing settings
/// needs none of it.
std::vector<std::string> check_runnable(const Config& config);

}  // namespace orders::config
