// Settings as text: what is in force, for --print-config, and what there is, for docs/configuration.md. Used
// by main.cpp and by the tests that keep the document up to date. Pure functions, safe in any thread.
#pragma once

#include <string>

#include "config/config.hpp"

namespace orders::config {

/// YAML that load() reads back to the same Config, except for secrets: "[secret]" stands in their place.
std::string print(const Config& config);

/// Markdown: every setting with its range, default, environment variable and meaning, taken from the schema
/// and from a default-constructed Config.
std::string document();

}  // namespace orders::config
