// The schema's history, as SQL. Used by schema.cpp; constants, any thread.
#pragma once

#include <vector>

namespace orders::persistence {

/// Version n is element n-1, as scripts that run one after another. What has been released is never changed:
/// append. Every script must be safe where its objects exist already, and without parameters (SOCI takes
/// `:name` for one).
const std::vector<std::vector<const char*>>& migrations();

}  // namespace orders::persistence
