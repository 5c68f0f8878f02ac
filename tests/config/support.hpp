// What the tests of config/ share: loading a text as if it were a file. One thread.
#pragma once

#include <string>

#include "config/load.hpp"

namespace orders::config::test {

/// Writes `text` to a file of its own and loads it; the file's name in errors is replaced by "FILE".
Loaded load_text(const std::string& text, const Environment& environment = {});

/// All errors, a line each.
std::string errors_of(const Loaded& loaded);

/// The errors of a text that has some.
std::string errors_in(const std::string& text, const Environment& environment = {});

bool contains(const std::string& text, const std::string& part);

}  // namespace orders::config::test
