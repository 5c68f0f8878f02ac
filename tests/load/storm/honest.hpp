// An honest client: asks on connections that it keeps for a while, one question or several at a time, and
// checks that every answer is its own, whole, in order, and the only one. Runs in a thread of its own until
// the storm ends.
#pragma once

#include "tests/load/storm/client.hpp"

namespace orders::storm {

void be_honest(Client& client);

}  // namespace orders::storm
