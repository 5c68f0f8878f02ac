// How an answer looks on the wire: status line and header lines as the real services write them. Used by the
// server; one thread.
#pragma once

#include <string>

#include "tests/sandbox/message.hpp"

namespace orders::sandbox {

/// Replaces `out` by the answer's head, including the empty line. `say_close`: the client asked for the
/// connection's end, which is then announced.
void write_head(std::string& out, const Answer& answer, bool say_close);

}  // namespace orders::sandbox
