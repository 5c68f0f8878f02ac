// Named places between any two steps of an order, a cancellation, a cycle, a cart's closing and the recovery.
// In orderd they are nothing. In the test build orderd_crashing, which is the same objects linked with
// another definition of this function (tests/crashing), the process kills itself at the one that the
// environment names. Any thread.
#pragma once

namespace orders {

/// `name` must be in the list tests/crashing/points.hpp.
void crash_point(const char* name) noexcept;

}  // namespace orders
