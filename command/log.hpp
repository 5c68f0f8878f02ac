// The log: one line an entry on standard error, whatever is in it. Set up by main.cpp before anything is
// logged; any thread logs.
#pragma once

#include <string>

namespace orders::command {

/// `level` as in config::Log.
void start_log(const std::string& level);

}  // namespace orders::command
