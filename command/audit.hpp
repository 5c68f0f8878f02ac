// `orderd audit`: the whole audit in one go, page by page, printed as tables or as JSON. Used by main.cpp, on
// its thread; blocks until it is done.
#pragma once

#include "config/config.hpp"

namespace orders::command {

/// The exit status: 0 clean, 1 something is off, 2 it could not tell.
int audit(const config::Config& settings, bool json);

}  // namespace orders::command
