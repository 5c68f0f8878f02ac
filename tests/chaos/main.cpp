// orderd-chaos: orderd among kills, failures, lies and stalls, and a verdict (orderd-chaos --help).
#include <csignal>
#include <exception>
#include <iostream>

#include <curl/curl.h>

#include "tests/chaos/options.hpp"
#include "tests/chaos/run.hpp"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  curl_global_init(CURL_GLOBAL_DEFAULT);  // before there are threads
  try {
    const auto options = orders::chaos::read_options(argc, argv);
    if (!options) return 0;
    return orders::chaos::run(*options) ? 0 : 1;
  } catch (const std::exception& broken) {
    std::cerr << "orderd-chaos: " << broken.what() << '\n';
    return 2;
  }
}
