// A further orderd on the database and the catalog of a rig, for tests of several instances; used as the rig
// is.
#pragma once

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/system/rig.hpp"

namespace orders::test {

/// A further orderd on the rig's database and catalog.
struct SecondInstance {
  explicit SecondInstance(const Rig& rig) : port(free_port()) {
    auto environment = rig.environment();
    environment["ORDERD_HTTP__PORT"] = std::to_string(port);
    process = std::make_unique<Process>(std::vector<std::string>{ORDERD_PROGRAM},
                                        Process::Options{environment, folder.path() + "/log", {}});
    const bool up = eventually([this] { return ready(); }, std::chrono::seconds(30));
    BOOST_REQUIRE_MESSAGE(up, read_file(folder.path() + "/log"));
  }

  [[nodiscard]] HttpReply call(const std::string& method, const std::string& target,
                               const std::string& body = {}) const {
    return http_call(method, "http://127.0.0.1:" + std::to_string(port) + target, body,
                     {"Content-Type: application/json", "Expect:"});
  }
  [[nodiscard]] bool ready() const {
    try {
      return call("GET", "/readyz").status == 200;
    } catch (const std::runtime_error&) {
      return false;
    }
  }
  void kill() {
    process->signal(SIGKILL);
    BOOST_REQUIRE(process->wait(std::chrono::seconds(10)).has_value());
  }

  TemporaryFolder folder;
  int port;
  std::unique_ptr<Process> process;
};

}  // namespace orders::test
