// The log: one line an entry on standard error, whatever is in it. Set up by main.cpp before anything is
// logged; any thread logs, and never waits for whoever reads it: a thread of its own writes. When the reader
// is slow, the oldest of the lines that wait are lost.
#pragma once

#include <string>

namespace orders::command {

/// `level` as in config::Log.
void start_log(const std::string& level);

/// For whoever ends the process: waits until all is written, a second at most. Once.
/// False: the thread that writes is stuck, and the process ends without ado (service.hpp's leave()).
bool end_log();

}  // namespace orders::command
