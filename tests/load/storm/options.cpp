#include "tests/load/storm/options.hpp"

#include <filesystem>

#include <boost/program_options.hpp>

#include "tests/support/program_options.hpp"

namespace orders::storm {

namespace po = boost::program_options;

namespace {

/// The program that lies beside this one.
std::string beside(const char* program, const char* name) {
  return (std::filesystem::absolute(program).parent_path() / name).string();
}

}  // namespace

std::optional<StormOptions> read_storm_options(int argc, const char* const* argv) {
  StormOptions options;
  double seconds = 10;
  po::options_description all(
      "Usage: edge-storm [options]\n\nRuns honest and hostile clients against the HTTP edge. Exit status: 0; "
      "1 when an "
      "answer was\nwrong, foreign, missing or one too many, or the server did not come to rest; 2 if it "
      "could not "
      "run.\n\nOptions",
      110);
  auto add = all.add_options();
  add("help,h", "print this and end");
  add("server", po::value(&options.server)->default_value(beside(argv[0], "edge-service")),
      "the program to storm");
  add("threads", po::value(&options.threads)->default_value(options.threads), "its reactor threads");
  add("seconds", po::value(&seconds)->default_value(seconds),
      "how long; as long again / 4 before, to warm up");
  add("seed", po::value(&options.seed)->default_value(options.seed), "of the clients' choices");
  add("honest", po::value(&options.honest)->default_value(options.honest), "honest clients");
  add("hostile", po::value(&options.hostile)->default_value(options.hostile), "hostile clients");
  add("p99-max", po::value(&options.p99_max_ms)->default_value(options.p99_max_ms),
      "milliseconds that 99 % of quick answers to honest clients may take; 0: any");
  add("memory-max", po::value(&options.memory_max_mib)->default_value(options.memory_max_mib),
      "MiB by which the server may have grown since it was warm");
  if (!test::given_options(argc, argv, all)) return std::nullopt;
  options.duration = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1'000));
  return options;
}

std::optional<AnswersOptions> read_answers_options(int argc, const char* const* argv) {
  AnswersOptions options;
  po::options_description all(
      "Usage: edge-answers [options]\n\nAsks in rounds: one question on each of some connections, then "
      "nothing until "
      "all are answered, so\nthat no other request can wake the server. Exit status: 0; 1 when an answer was "
      "wrong, "
      "missing or\nlate; 2 if it could not run.\n\nOptions",
      110);
  auto add = all.add_options();
  add("help,h", "print this and end");
  add("server", po::value(&options.server)->default_value(beside(argv[0], "edge-service")),
      "the program to ask");
  add("threads", po::value(&options.threads)->default_value(options.threads), "its reactor threads");
  add("answers", po::value(&options.answers)->default_value(options.answers), "how many at least");
  add("connections", po::value(&options.connections)->default_value(options.connections),
      "at most in a round");
  add("late-max", po::value(&options.late_max_ms)->default_value(options.late_max_ms),
      "milliseconds an answer may be on its way");
  if (!test::given_options(argc, argv, all)) return std::nullopt;
  return options;
}

}  // namespace orders::storm
