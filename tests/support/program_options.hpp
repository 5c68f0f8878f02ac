// The beginning of every program among the tests: its options, or its help. Header only, so that the programs
// need not link the tests' library.
#pragma once

#include <iostream>
#include <optional>

#include <boost/program_options.hpp>

namespace orders::test {

/// What was given; none when help was asked for, which is printed then. Throws what the library throws.
inline std::optional<boost::program_options::variables_map> given_options(
    int argc, const char* const* argv, const boost::program_options::options_description& all) {
  namespace po = boost::program_options;
  po::variables_map given;
  po::store(po::command_line_parser(argc, argv).options(all).positional({}).run(), given);
  if (given.count("help") != 0) {
    std::cout << all;
    return std::nullopt;
  }
  po::notify(given);
  return given;
}

}  // namespace orders::test
