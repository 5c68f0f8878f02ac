// GET /livez on connections kept alive, orderd beside the smallest server Pistache itself offers: the same
// wrk, one reactor thread each, in turn, medians.
#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "tests/system/rig.hpp"

using namespace orders::test;
using namespace std::chrono_literals;

namespace {

constexpr int rounds = 5;
constexpr double wanted = 1.5;

int port_of(const std::string& log) {
  const std::string mark = "listening on ";
  int port = 0;
  eventually([&] {
    const auto said = read_file(log);
    const auto at = said.find(mark);
    if (at == std::string::npos || said.find('\n', at) == std::string::npos) return false;
    port = std::stoi(said.substr(at + mark.size()));
    return true;
  });
  return port;
}

/// Requests a second.
double wrk(int port, const std::string& connections, const std::string& time) {
  const TemporaryFolder folder;
  const auto output = folder.path() + "/wrk";
  const int status = run({"wrk", "-t1", "-c" + connections, "-d" + time, "-H", "Connection: keep-alive",
                          fmt::format("http://127.0.0.1:{}/livez", port)},
                         {{}, output, {}});
  const auto said = read_file(output);
  const auto at = said.find("Requests/sec:");
  BOOST_REQUIRE_MESSAGE(status == 0 && at != std::string::npos, "wrk: " << said);
  BOOST_TEST(said.find("Non-2xx") == std::string::npos);
  BOOST_TEST(said.find("Socket errors") == std::string::npos);
  return std::strtod(said.c_str() + at + 13, nullptr);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

BOOST_AUTO_TEST_CASE(livez_beside_a_stock_server) {
  Rig rig({{}, {{"ORDERD_HTTP__THREADS", "1"}, {"ORDERD_LOG__LEVEL", "warn"}}});
  const TemporaryFolder folder;
  Process stock({STOCK_PROGRAM}, {{}, folder.path() + "/log", {}});
  const int stock_port = port_of(folder.path() + "/log");
  BOOST_REQUIRE(stock_port > 0);
  for (const auto* connections : {"64", "8"}) {
    std::vector<double> ours;
    std::vector<double> theirs;
    for (int round = 0; round < rounds; ++round) {
      theirs.push_back(wrk(stock_port, connections, "3s"));
      ours.push_back(wrk(rig.port(), connections, "3s"));
      std::cout << fmt::format("{:>3} connections: stock Pistache {:>8.0f}, orderd {:>8.0f} requests/s\n",
                               connections, theirs.back(), ours.back());
    }
    const double ratio = median(ours) / median(theirs);
    std::cout << fmt::format("{:>3} connections: medians {:.0f} and {:.0f}, ratio {:.2f}\n", connections,
                             median(theirs), median(ours), ratio);
    BOOST_TEST(ratio >= wanted);
  }
}
