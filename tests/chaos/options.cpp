#include "tests/chaos/options.hpp"

#include <filesystem>
#include <stdexcept>

#include <boost/program_options.hpp>

#include "tests/support/program_options.hpp"

namespace orders::chaos {

namespace po = boost::program_options;

namespace {

po::options_description description() {
  po::options_description all(
      "Usage: orderd-chaos [options]\n\nRuns orderd with a PostgreSQL and a sandbox catalog and cart of its "
      "own, "
      "lets clients order,\ncancel and look, and meanwhile kills orderd and PostgreSQL, stalls and cuts "
      "connections and\nmakes the neighbours fail and lie. Every 10 to 20 seconds all of that ends; within "
      "30 "
      "seconds the\naudit must be clean and what every client was told must be what is there.\nExit status: "
      "0; "
      "1 when a promise was broken; 2 when it could not run.\n\nOptions",
      110);
  auto add = all.add_options();
  add("help,h", "print this and end");
  add("minutes", po::value<double>()->default_value(1), "how long");
  add("seed", po::value<std::uint64_t>()->default_value(1), "what happens when, and what clients do");
  add("clients", po::value<int>()->default_value(8), "clients at a time");
  add("one-at-a-time",
      "the neighbours are asked one request at a time, and mix up requests that overlap all the same");
  add("version-etags", "the catalog has version ETags, and orderd sends If-Match");
  add("no-keys", "clients send no Idempotency-Key: what is not answered stays in doubt");
  add("no-kills", "orderd is not killed");
  add("orderd", po::value<std::string>()->default_value(ORDERD_PROGRAM), "the program to be tried");
  add("evidence", po::value<std::string>(),
      "folder for logs and tables of a run that found something (default: orderd-chaos-SEED in the system's "
      "temporary one)");
  return all;
}

}  // namespace

std::optional<Options> read_options(int argc, const char* const* argv) {
  const auto told = test::given_options(argc, argv, description());
  if (!told) return std::nullopt;
  const auto& given = *told;
  Options options;
  const auto minutes = given["minutes"].as<double>();
  if (!(minutes > 0) || minutes > 10'000) throw std::runtime_error("--minutes must be more than 0");
  options.duration = std::chrono::milliseconds(static_cast<std::int64_t>(minutes * 60'000));
  options.seed = given["seed"].as<std::uint64_t>();
  options.clients = given["clients"].as<int>();
  if (options.clients < 1 || options.clients > 500) throw std::runtime_error("--clients must be 1 to 500");
  options.keys = given.count("no-keys") == 0;
  options.racy = given.count("one-at-a-time") != 0;
  options.script.one_at_a_time = options.racy;
  options.versions = given.count("version-etags") != 0;
  if (options.racy && options.versions)
    throw std::runtime_error(
        "--version-etags: answers that belong to other requests make no versions; not with "
        "--one-at-a-time");
  options.script.kills = given.count("no-kills") == 0;
  options.program = given["orderd"].as<std::string>();
  options.evidence =
      given.count("evidence") != 0
          ? given["evidence"].as<std::string>()
          : (std::filesystem::temp_directory_path() / ("orderd-chaos-" + std::to_string(options.seed)))
                .string();
  return options;
}

}  // namespace orders::chaos
