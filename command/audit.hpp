// `orderd audit` and `orderd audit --repair`: the whole audit in one go, printed as tables or as JSON, and
// what it finds put right. Used by main.cpp, on its thread; block until they are done.
#pragma once

#include "config/config.hpp"

namespace orders::command {

/// The exit status: 0 clean, 1 something is off, 2 it could not tell.
int audit(const config::Config& settings, bool json);

/// Audits, prints what it is going to do, does it with the ordinary actors, and audits again. The exit status
/// is that of the second audit; 2 if the database or its lock cannot be had.
int repair(const config::Config& settings, bool json);

}  // namespace orders::command
