// Sockets on 127.0.0.1, for the proxies and ports that tests need. Plain functions, any thread.
#pragma once

#include <netinet/in.h>
#include <string_view>

namespace orders::test {

sockaddr_in loopback(int port);

struct Listener {
  int descriptor = -1;
  int port = 0;
};

/// Listens on a free port, with room for `backlog` clients that are not taken yet. Throws std::runtime_error.
Listener listen_on_loopback(int backlog);

/// False: the other side takes no more.
bool send_all(int descriptor, std::string_view bytes);

}  // namespace orders::test
