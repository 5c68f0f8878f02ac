#include "config/utf8.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

namespace orders::config::test {

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(accepts_well_formed_text) {
  for (const auto* text : {"", "abc", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    BOOST_TEST(!first_malformed_byte(text));
  }
}

BOOST_AUTO_TEST_CASE(finds_the_first_malformed_byte) {
  for (const auto* text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3\x28", "\xE0\x9F\xBF", "\xE2\x82", "\xED\xA0\x80",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    BOOST_TEST((first_malformed_byte(std::string("ab\xC3\xBC") + text) == std::size_t{4}));
  }
}

BOOST_AUTO_TEST_CASE(counts_and_cuts_whole_characters) {
  BOOST_TEST(count_characters("a\xC3\xBC\xF0\x9F\x98\x80") == 3U);
  BOOST_TEST(cut_to_bytes("a\xC3\xBC"
                          "b",
                          2) == "a");
  BOOST_TEST(cut_to_bytes("a\xC3\xBC"
                          "b",
                          3) == "a\xC3\xBC");
  BOOST_TEST(cut_to_bytes("ab", 9) == "ab");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::config::test
