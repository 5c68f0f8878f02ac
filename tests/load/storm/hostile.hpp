// Clients that do what clients of the internet do: break off, dawdle, say nothing, read nothing, talk
// nonsense, come in crowds. None of them may get anybody else's bytes, and those that ask properly in the end
// get their answer. Each runs in a thread of its own until the storm ends.
#pragma once

#include "tests/load/storm/client.hpp"

namespace orders::storm {

void be_hostile(Client& client);

}  // namespace orders::storm
