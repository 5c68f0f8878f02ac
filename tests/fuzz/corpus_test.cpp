// The fuzzer's corpus, what it has found so far, and the written cases, replayed without a fuzzer.
#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "tests/fuzz/parser_properties.hpp"
#include "tests/http/server/parser_cases.hpp"
#include "tests/support/process.hpp"

namespace orders::test {

namespace {

std::string fault_of(const std::string& input) {
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  return parser_fault(bytes.data(), bytes.size());
}

std::size_t replay(const std::string& folder) {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    BOOST_TEST_CONTEXT(file.path().string()) { BOOST_TEST(fault_of(read_file(file.path().string())) == ""); }
    ++count;
  }
  return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(parser_corpus)

BOOST_AUTO_TEST_CASE(the_corpus_and_the_findings_keep_every_property) {
  BOOST_TEST(replay(SOURCE_FOLDER "/tests/fuzz/corpus") > 100U);
  replay(SOURCE_FOLDER "/tests/fuzz/findings");
}

BOOST_AUTO_TEST_CASE(the_written_cases_keep_every_property) {
  for (const ParserCase& one : all_cases()) {
    BOOST_TEST_CONTEXT(one.name) {
      BOOST_TEST(fault_of(parser_seed(one.input)) == "");
      std::string small_limits = parser_seed(one.input);
      small_limits[0] = '\x31';
      BOOST_TEST(fault_of(small_limits) == "");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
