// crash_point() of the test build: kills the process at the point that ORDERD_CRASH_AT=name or name:n names,
// when it is passed for the n-th time. A signal that nothing can catch, as the kernel's out-of-memory killer
// and `kill -9` send it.
#include "domain/crash_point.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unistd.h>

#include "tests/crashing/points.hpp"

namespace orders {

namespace {

struct Wish {
  std::string name;
  long passes = 1;
};

Wish read_wish() {
  Wish wish;
  const char* text = std::getenv("ORDERD_CRASH_AT");
  if (text == nullptr) return wish;
  wish.name = text;
  const auto colon = wish.name.find(':');
  if (colon != std::string::npos) {
    wish.passes = std::strtol(wish.name.c_str() + colon + 1, nullptr, 10);
    wish.name.resize(colon);
  }
  return wish;
}

[[noreturn]] void end(const char* why, std::string_view name) {
  std::fprintf(stderr, "%s %.*s\n", why, static_cast<int>(name.size()), name.data());
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

}  // namespace

void crash_point(const char* name) noexcept {
  static const Wish wish = read_wish();
  static std::atomic<long> passed{0};
  if (wish.name == name && ++passed == wish.passes) end("crash point reached:", name);
  const auto& all = test::crash_points;
  if (std::find(all.begin(), all.end(), name) == all.end()) end("crash point that is not in the list:", name);
}

}  // namespace orders
