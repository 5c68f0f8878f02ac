#include "http/server/target.hpp"

#include <boost/test/unit_test.hpp>

namespace orders::test {

BOOST_AUTO_TEST_SUITE(target)

BOOST_AUTO_TEST_CASE(utf8_is_what_the_rfc_says) {
  for (const char* const good : {"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                                 "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    BOOST_TEST(http::is_utf8(good), good);
  }
  for (const char* const bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x20", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    BOOST_TEST(!http::is_utf8(bad), bad);
  }
}

BOOST_AUTO_TEST_CASE(query_pairs_keep_their_order_and_their_plus_signs) {
  http::Request request;
  BOOST_TEST(http::split_target("/a%2Fb?b=2&a=1&b=%3D%26&plus=+&flag&=empty", request).empty());
  BOOST_TEST(request.path == "/a/b");
  const http::NameValues wanted{{"b", "2"},    {"a", "1"},   {"b", "=&"},
                                {"plus", "+"}, {"flag", ""}, {"", "empty"}};
  BOOST_TEST((request.query == wanted));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said_in_words) {
  http::Request request;
  BOOST_TEST(http::split_target("/%0", request).find('%') != std::string::npos);
  BOOST_TEST(http::split_target("/%00", request).find("NUL") != std::string::npos);
  BOOST_TEST(http::split_target("/?%c3", request).find("UTF-8") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
