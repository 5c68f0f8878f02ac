// Environment variables that override settings: ORDERD_HTTP__PORT=8081 sets http.port. Used by load() and,
// for process_environment(), by main.cpp. process_environment() must not run while another thread changes the
// environment; the rest works on what it is given.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "config/settings.hpp"

namespace orders::config {

using Environment = std::map<std::string, std::string>;

/// The variables of this process that begin with ORDERD_.
Environment process_environment();

/// Called for each variable with what is wrong with it ("" when its setting was set) and its setting (none if
/// unknown).
using SeenVariable =
    std::function<void(const std::string& variable, const std::string& fault, const Setting* setting)>;

/// Sets those of `settings` that the environment has. Variables that begin with ORDERD_ and contain "__", but
/// name no setting, are faults; so is a setting's variable spelled with one "_" only.
void apply_environment(const Environment& environment, const std::vector<Setting>& settings,
                       const SeenVariable& seen);

}  // namespace orders::config
