// edge-storm: bad weather for the HTTP edge, and a verdict (edge-storm --help).
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "tests/load/storm/honest.hpp"
#include "tests/load/storm/hostile.hpp"
#include "tests/load/storm/options.hpp"
#include "tests/load/storm/server_process.hpp"

namespace {

using namespace orders::storm;  // NOLINT(google-build-using-namespace): this is its main program

constexpr std::chrono::seconds rest_limit{20};

void blow(Weather& weather, const StormOptions& options, std::chrono::milliseconds duration) {
  std::vector<std::thread> threads;
  const auto start = [&](const char* kind, std::uint32_t count, void (*be)(Client&)) {
    for (std::uint32_t n = 0; n < count; ++n) {
      threads.emplace_back([&weather, kind, be, number = threads.size()] {
        Client client(weather, kind, number);
        be(client);
      });
    }
  };
  start("h", options.honest, be_honest);
  start("x", options.hostile, be_hostile);
  std::this_thread::sleep_for(duration);
  weather.ending = true;
  for (auto& thread : threads) thread.join();
}

long mib(long bytes) { return bytes / (1L << 20); }

/// Empty, or what is wrong.
std::string judge(const ServerProcess& server, const Weather& weather, const StormOptions& options,
                  std::size_t descriptors, long memory) {
  if (auto restless = server.wait_quiet(rest_limit); !restless.empty()) return restless;
  const auto now = server.descriptors();
  const auto grown = server.resident_bytes() - memory;
  std::cout << fmt::format("descriptors: {} before, {} after; memory: {} MiB when warm, {:+} MiB since\n",
                           descriptors, now, mib(memory), mib(grown));
  if (now != descriptors) return "the server did not give back its descriptors";
  if (mib(grown) > static_cast<long>(options.memory_max_mib)) return "the server's memory grew";
  if (weather.tally.answers() == 0) return "honest clients got no answers at all";
  if (weather.tally.faults() > 0) return "answers were not what they had to be";
  const auto p99 = static_cast<double>(weather.tally.p99().count()) / 1'000;
  if (options.p99_max_ms > 0 && p99 > options.p99_max_ms) return "honest clients waited too long";
  return {};
}

int storm(const StormOptions& options) {
  ServerProcess server(options.server, options.threads);
  if (const auto restless = server.wait_quiet(rest_limit); !restless.empty())
    throw std::runtime_error(restless);
  const auto descriptors = server.descriptors();

  Weather warm;
  warm.port = server.port();
  warm.seed = options.seed + 1'000;
  blow(warm, options, options.duration / 4);
  auto verdict = judge(server, warm, options, descriptors, server.resident_bytes());
  const auto memory = server.resident_bytes();

  Weather weather;
  weather.port = server.port();
  weather.seed = options.seed;
  blow(weather, options, options.duration);
  std::cout << weather.tally.report();
  for (const auto& [name, value] : server.state())
    std::cout << fmt::format("  server: {:<20} {:>9}\n", name, value);
  if (verdict.empty()) {
    verdict = judge(server, weather, options, descriptors, memory);
  } else {
    std::cout << "while warming up:\n" << warm.tally.report();
  }
  if (const auto end = server.stop(); !end.empty()) verdict += (verdict.empty() ? "" : "; ") + end;
  std::cout << (verdict.empty() ? "the edge stood the storm" : "FAILED: " + verdict) << std::endl;
  return verdict.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto options = read_storm_options(argc, argv);
    return options ? storm(*options) : 0;
  } catch (const std::exception& broken) {
    std::cerr << "edge-storm: " << broken.what() << '\n';
    return 2;
  }
}
