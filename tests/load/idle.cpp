// What connections that say nothing cost: opens them, has each answered once, and then looks at the server's
// CPU time and memory while all of them are silent. Measures a server that runs already, by its process id:
//   build/release/orderd-idle PORT PID [CONNECTIONS [SECONDS]]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "tests/http/server/raw_client.hpp"

namespace {

/// Seconds of CPU that the process has used.
double cpu_seconds(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string ignored;
  for (int i = 0; i < 11; ++i) fields >> ignored;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double resident_mib(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  double total = 0;
  double resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1'048'576;
}

void allow_descriptors(std::size_t count) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::max<rlim_t>(limit.rlim_cur, count + 100);
  limit.rlim_max = std::max(limit.rlim_max, limit.rlim_cur);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int measure(std::uint16_t port, int pid, std::size_t count, int seconds) {
  allow_descriptors(count);
  const double memory_before = resident_mib(pid);
  std::vector<orders::test::RawClient> clients;
  clients.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    clients.emplace_back(port);
    clients.back().send(orders::test::get("/livez"));
    const auto answer = clients.back().read_answer();
    if (!answer || answer->status != 200) {
      static_cast<void>(std::fprintf(stderr, "connection %zu was not answered\n", i + 1));
      return 1;
    }
  }
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const double before = cpu_seconds(pid);
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  const double used = cpu_seconds(pid) - before;
  std::printf("%zu idle connections for %d s: %.2f %% of a core, %.1f MiB resident (%.1f MiB before)\n",
              count, seconds, 100 * used / seconds, resident_mib(pid), memory_before);
  clients.front().send(orders::test::get("/livez"));
  clients.back().send(orders::test::get("/livez"));
  return clients.front().read_answer() && clients.back().read_answer() ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const std::vector<std::string> words(arguments + 1, arguments + count);
    if (words.size() < 2) {
      static_cast<void>(std::fputs("usage: orderd-idle PORT PID [CONNECTIONS [SECONDS]]\n", stderr));
      return 2;
    }
    return measure(static_cast<std::uint16_t>(std::stoi(words[0])), std::stoi(words[1]),
                   words.size() > 2 ? std::stoul(words[2]) : 10'000,
                   words.size() > 3 ? std::stoi(words[3]) : 20);
  } catch (const std::exception& error) {
    static_cast<void>(std::fprintf(stderr, "idle: %s\n", error.what()));
    return 1;
  }
}
