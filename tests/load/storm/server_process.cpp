#include "tests/load/storm/server_process.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "tests/http/server/raw_client.hpp"

namespace orders::storm {

namespace {

using Clock = std::chrono::steady_clock;

test::Process::Options options(const std::string& log) {
  test::Process::Options options;
  options.output = log;
  // What was freed is kept back for a while, to find late uses of it; so much would look like a leak here.
  if (std::getenv("ASAN_OPTIONS") == nullptr) options.environment["ASAN_OPTIONS"] = "quarantine_size_mb=16";
  return options;
}

}  // namespace

ServerProcess::ServerProcess(const std::string& program, std::uint32_t threads)
    : log_(folder_.path() + "/log"), process_({program, std::to_string(threads)}, options(log_)) {
  const std::string mark = "listening on ";
  const auto end = Clock::now() + std::chrono::seconds(20);
  while (port_ == 0) {
    const auto said = test::read_file(log_);
    const auto at = said.find(mark);
    if (at != std::string::npos && said.find('\n', at) != std::string::npos) {
      port_ = static_cast<std::uint16_t>(std::stoi(said.substr(at + mark.size())));
    } else if (!process_.running() || Clock::now() > end) {
      throw std::runtime_error(program + " did not start: " + said);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

std::size_t ServerProcess::descriptors() const {
  const auto end = Clock::now() + std::chrono::seconds(20);
  auto count = descriptors_now();
  for (auto since = Clock::now(); Clock::now() < std::min(since + std::chrono::milliseconds(500), end);) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const auto now = descriptors_now();
    if (now != count) since = Clock::now();
    count = now;
  }
  return count;
}

std::size_t ServerProcess::descriptors_now() const {
  const std::filesystem::directory_iterator all("/proc/" + std::to_string(process_.id()) + "/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::map<std::string, std::uint64_t> ServerProcess::state() const {
  test::RawClient client(port_);
  client.be_patient(std::chrono::seconds(30));
  client.send(test::get("/state", "Connection: close\r\n"));
  const auto answer = client.read_answer();
  if (!answer) throw std::runtime_error("the server does not answer any more");
  std::map<std::string, std::uint64_t> values;
  std::istringstream lines(answer->body);
  std::string name;
  for (std::uint64_t value = 0; lines >> name >> value;) values[name] = value;
  return values;
}

std::string ServerProcess::wait_quiet(std::chrono::milliseconds limit) const {
  const auto end = Clock::now() + limit;
  for (;;) {
    auto now = state();
    // The question itself is one of each.
    if (now["open_connections"] == 1 && now["in_flight"] == 1 && now["pending_bytes"] == 0 &&
        now["receiving_bytes"] == 0) {
      return {};
    }
    if (Clock::now() > end) {
      std::string left;
      for (const auto* name : {"open_connections", "in_flight", "pending_bytes", "receiving_bytes"}) {
        left += std::string(" ") + name + " " + std::to_string(now[name]);
      }
      return "the server did not come to rest:" + left;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

std::string ServerProcess::stop() {
  const int status = process_.stop(std::chrono::seconds(30));
  const auto said = test::read_file(log_);
  for (const auto* report : {"Sanitizer", "runtime error:", "terminate called"}) {
    const auto at = said.find(report);
    if (at != std::string::npos) return "the server's log has a report: " + said.substr(at, 6'000);
  }
  return status == 0
             ? ""
             : "the server ended with status " + std::to_string(status) + ": " + said.substr(0, 2'000);
}

}  // namespace orders::storm
