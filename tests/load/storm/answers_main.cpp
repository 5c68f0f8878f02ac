// edge-answers: whether every answer given by a thread outside the edge goes out, and at once (edge-answers
// --help). An answer whose wake-up was missed would lie in the mailbox until something else wakes the reactor
// thread. So questions are asked in rounds: after the last answer of a round has been given nothing else
// happens, and the time each answer spent between the thread that gave it and its client is measured.
#include <array>
#include <chrono>
#include <exception>
#include <iostream>
#include <poll.h>
#include <random>
#include <sys/socket.h>
#include <vector>

#include <fmt/format.h>

#include "tests/http/server/raw_client.hpp"
#include "tests/load/latencies.hpp"
#include "tests/load/storm/options.hpp"
#include "tests/load/storm/server_process.hpp"

namespace {

using namespace orders::storm;  // NOLINT(google-build-using-namespace): this is its main program
using Clock = std::chrono::steady_clock;
using orders::load::Latencies;
using orders::test::RawClient;

constexpr std::chrono::milliseconds noticeable{10};

struct Seen {
  Latencies on_the_way{};
  Latencies whole{};
  std::uint64_t noticeable = 0;
  std::uint64_t wrong = 0;
  std::uint64_t missing = 0;
};

struct Asked {
  std::string token;
  Clock::time_point at{};
};

void take_answer(const Asked& asked, RawClient& connection, Seen& seen) {
  const auto answer = connection.read_answer();
  const auto now = Clock::now();
  if (!answer) {
    ++seen.missing;
    return;
  }
  const auto line = asked.token + "\n";
  if (answer->status != 200 || answer->body.rfind(line, 0) != 0 || !connection.unread().empty()) {
    ++seen.wrong;
    return;
  }
  const Clock::time_point given{std::chrono::nanoseconds(std::stoll(answer->body.substr(line.size())))};
  const auto late = std::chrono::duration_cast<std::chrono::microseconds>(now - given);
  seen.on_the_way.add(late);
  seen.whole.add(std::chrono::duration_cast<std::chrono::microseconds>(now - asked.at));
  if (late > noticeable) ++seen.noticeable;
}

/// Answers are read as they come, or one that waits for its turn would look late.
void read_round(std::vector<RawClient>& connections, const std::vector<Asked>& asked, Seen& seen) {
  std::vector<pollfd> open;
  for (std::size_t n = 0; n < asked.size(); ++n) open.push_back({connections[n].descriptor(), POLLIN, 0});
  for (auto left = asked.size(); left > 0;) {
    if (::poll(open.data(), open.size(), 10'000) <= 0) {
      seen.missing += left;
      return;
    }
    for (std::size_t n = 0; n < asked.size(); ++n) {
      if (open[n].revents == 0) continue;
      take_answer(asked[n], connections[n], seen);
      open[n].fd = -1;
      --left;
    }
  }
}

Seen ask(const AnswersOptions& options, std::uint16_t port) {
  std::vector<RawClient> connections;
  for (std::uint32_t n = 0; n < options.connections; ++n) connections.emplace_back(port);
  Seen seen;
  std::mt19937_64 random(1);
  std::uint64_t serial = 0;
  while (seen.whole.count() < options.answers && seen.missing == 0) {
    const auto count = std::uniform_int_distribution<std::size_t>(1, connections.size())(random);
    std::vector<Asked> asked;
    for (std::size_t n = 0; n < count; ++n) {
      asked.push_back({fmt::format("a{}", ++serial), Clock::now()});
      if (!connections[n].send(orders::test::get("/stamped/" + asked.back().token))) ++seen.missing;
    }
    read_round(connections, asked, seen);
  }
  return seen;
}

std::string line(const char* name, const Latencies& values) {
  const auto ms = [](std::chrono::microseconds value) { return static_cast<double>(value.count()) / 1'000; };
  return fmt::format("{:<44} p50 {:.3f} ms, p99 {:.3f} ms, p99.99 {:.3f} ms, max {:.3f} ms\n", name,
                     ms(values.percentile(0.5)), ms(values.percentile(0.99)), ms(values.percentile(0.9999)),
                     ms(values.max()));
}

int judge(const AnswersOptions& options) {
  ServerProcess server(options.server, options.threads);
  const auto begun = Clock::now();
  const auto seen = ask(options, server.port());
  const auto took = std::chrono::duration<double>(Clock::now() - begun).count();
  std::cout << fmt::format("{} answers in {:.1f} s, {} missing, {} wrong, {} later than {} ms\n",
                           seen.whole.count(), took, seen.missing, seen.wrong, seen.noticeable,
                           noticeable.count())
            << line("from the answering thread to the client", seen.on_the_way)
            << line("from the question to its answer", seen.whole);
  const bool late = static_cast<double>(seen.on_the_way.max().count()) > options.late_max_ms * 1'000;
  const auto end = server.stop();
  if (!end.empty()) std::cout << end << '\n';
  const bool fine = seen.missing == 0 && seen.wrong == 0 && !late && end.empty();
  std::cout << (fine ? "none lost, none late" : "FAILED") << std::endl;
  return fine ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto options = read_answers_options(argc, argv);
    return options ? judge(*options) : 0;
  } catch (const std::exception& broken) {
    std::cerr << "edge-answers: " << broken.what() << '\n';
    return 2;
  }
}
