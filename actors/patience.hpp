// How long what looks unfinished is left to those who may be at work on it. The recovery leaves it alone for
// so long, and so the audit must not call it a fault before the recovery had its turn. A constant; any
// thread.
#pragma once

#include <chrono>

namespace orders::actors {

/// A cycle under way looks unfinished, too.
inline constexpr std::chrono::seconds left_to_others{10};

}  // namespace orders::actors
