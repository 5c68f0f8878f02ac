// Reads all settings: a YAML file, then environment variables over it, then files with passwords, then the
// rules between settings. Used by main.cpp, once; safe in any thread. Nothing is thrown: whatever is wrong is
// in `errors`, all of it at once, and no error quotes a secret.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/environment.hpp"

namespace orders::config {

struct Loaded {
  Config config{};  ///< to be used only when there are no errors
  /// "FILE:LINE: path: what is wrong and what is allowed"; for a variable, "environment: VARIABLE: ...".
  std::vector<std::string> errors{};

  [[nodiscard]] bool ok() const { return errors.empty(); }
};

/// `file`: the YAML file's path; none: defaults and environment only.
Loaded load(const std::optional<std::string>& file, const Environment& environment);

/// Adds what is missing for the service to run (config/check.hpp), but for settings that were told to be
/// wrong.
void require_runnable(Loaded& loaded);

}  // namespace orders::config
