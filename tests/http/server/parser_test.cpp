#include "http/server/parser.hpp"

#include <cstddef>
#include <random>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/http/server/in_pieces.hpp"
#include "tests/http/server/parser_cases.hpp"

namespace orders::test {

namespace {

using http::RequestParser;

std::string in_pieces(const std::string& input, std::vector<std::size_t> cuts) {
  return parse_in_pieces(input, std::move(cuts), case_limits());
}

void check(const ParserCase& one) {
  BOOST_TEST_CONTEXT(one.name) {
    BOOST_TEST(in_pieces(one.input, {}) == one.wanted);
    if (one.input.size() <= 20'000) BOOST_TEST(in_pieces(one.input, every_byte(one.input)) == one.wanted);
    const std::size_t step = one.input.size() > 4'000 ? 997 : 1;
    for (std::size_t at = 1; at < one.input.size(); at += step) {
      const std::string result = in_pieces(one.input, {at});
      if (result != one.wanted) BOOST_ERROR("cut at " << at << ": " << result);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(parser)

BOOST_AUTO_TEST_CASE(heads_are_taken_or_refused_however_they_are_cut) {
  for (const ParserCase& one : head_cases()) check(one);
  for (const ParserCase& one : rfc_head_cases()) check(one);
}

BOOST_AUTO_TEST_CASE(bodies_are_framed_or_refused_however_they_are_cut) {
  for (const ParserCase& one : framing_cases()) check(one);
  for (const ParserCase& one : rfc_framing_cases()) check(one);
}

BOOST_AUTO_TEST_CASE(headers_come_out_lower_cased_trimmed_and_in_order) {
  RequestParser parser(case_limits());
  const std::string input = get_with("X-Two:  b c \r\nx-one: a\r\nX-TWO: d\r\n");
  std::string_view rest = input;
  BOOST_REQUIRE(parser.feed(rest) == RequestParser::Progress::done);
  const http::NameValues wanted{{"host", "x"}, {"x-two", "b c"}, {"x-one", "a"}, {"x-two", "d"}};
  BOOST_TEST((parser.request().headers == wanted));
  BOOST_REQUIRE(parser.request().header("x-two") != nullptr);
  BOOST_TEST(*parser.request().header("x-two") == "b c");
  BOOST_TEST(parser.request().header("x-three") == nullptr);
}

BOOST_AUTO_TEST_CASE(memory_follows_what_has_arrived_and_not_what_was_announced) {
  http::ParserLimits limits;
  limits.body_bytes = std::size_t{1} << 30U;
  RequestParser parser(limits);
  const std::string input = post_with("Content-Length: 1073741824\r\n", "a");
  std::string_view rest = input;
  BOOST_TEST((parser.feed(rest) == RequestParser::Progress::need_more));
  BOOST_TEST(parser.request().body.capacity() <= 65'536U);
}

BOOST_AUTO_TEST_CASE(mutated_requests_give_the_same_result_whole_and_in_pieces) {
  std::mt19937 random(20'240'607);
  const std::vector<ParserCase> cases = all_cases();
  const std::string special = "\r\n\t :;,%0a5\"";
  for (int round = 0; round < 4'000; ++round) {
    std::string input = cases[random() % cases.size()].input;
    if (input.empty() || input.size() > 400) continue;
    for (int edit = 0; edit < 3; ++edit) {
      const std::size_t at = random() % input.size();
      if (random() % 3 == 0) {
        input.erase(at, 1);
        if (input.empty()) break;
      } else {
        input.insert(
            at, 1,
            random() % 4 == 0 ? static_cast<char>(random() % 256) : special[random() % special.size()]);
      }
    }
    const std::string whole = in_pieces(input, {});
    const std::string in_bytes = in_pieces(input, every_byte(input));
    if (whole != in_bytes) BOOST_ERROR("different: " << whole << " / " << in_bytes << " for " << input);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
