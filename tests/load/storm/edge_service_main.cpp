// edge-service: the edge under test as a process of its own, so that a storm can watch its descriptors and
// its memory. Prints where it listens, ends at SIGTERM: status 0 when everything in flight could finish.
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "tests/load/storm/edge_service.hpp"

namespace {

using std::chrono::milliseconds;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int slowness = 2;
#else
constexpr int slowness = 1;
#endif

/// Small enough that a storm of seconds meets every limit.
orders::config::Http settings(std::uint32_t threads) {
  orders::config::Http http;
  http.port = 0;
  http.threads = threads;
  http.connections_max = 4'000;
  http.header_timeout = milliseconds(1'000) * slowness;
  http.body_timeout = milliseconds(1'500) * slowness;
  http.idle_timeout = milliseconds(10'000);
  http.write_timeout = milliseconds(1'000) * slowness;
  http.body_bytes_max = 262'144;
  return http;
}

int serve(std::uint32_t threads) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  orders::storm::EdgeService service(settings(threads), 3);
  std::cout << "listening on " << service.port() << std::endl;
  int signal = 0;
  sigwait(&stop, &signal);
  return service.drain(milliseconds(5'000)) ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return serve(count > 1 ? static_cast<std::uint32_t>(std::stoul(arguments[1])) : 1);
  } catch (const std::exception& broken) {
    std::cerr << "edge-service: " << broken.what() << '\n';
    return 2;
  }
}
