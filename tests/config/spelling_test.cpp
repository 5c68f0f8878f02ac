#include "config/spelling.hpp"

#include <boost/test/unit_test.hpp>

namespace orders::config::test {

BOOST_AUTO_TEST_SUITE(spelling)

BOOST_AUTO_TEST_CASE(finds_what_was_meant) {
  const std::vector<std::string> known{"port", "host", "threads", "header_timeout", "log"};
  BOOST_TEST(closest("prot", known) == "port");
  BOOST_TEST(closest("treads", known) == "threads");
  BOOST_TEST(closest("Threads", known) == "threads");
  BOOST_TEST(closest("headertimeout", known) == "header_timeout");
  BOOST_TEST(closest("logs", known) == "log");
}

BOOST_AUTO_TEST_CASE(does_not_guess_wildly) {
  const std::vector<std::string> known{"port", "host", "threads", "log", "url"};
  BOOST_TEST(closest("zebra", known) == "");
  BOOST_TEST(closest("", known) == "");
  BOOST_TEST(closest("abc", known) == "");
  BOOST_TEST(closest(std::string(65, 't'), known) == "");
  BOOST_TEST(closest("x", {}) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::config::test
