// A whole chaos run: rounds of trouble, each followed by rest and judgement. Blocks; belongs to one thread.
#pragma once

#include "tests/chaos/options.hpp"

namespace orders::chaos {

/// Prints what happens and the verdict; whether every promise was kept. Throws std::runtime_error when the
/// run itself could not go on.
bool run(const Options& options);

}  // namespace orders::chaos
