// How many rows of a list are read at a time.
#include "http/list_pages.hpp"

#include <boost/test/unit_test.hpp>

namespace orders::http {

BOOST_AUTO_TEST_SUITE(rows_at_a_time)

BOOST_AUTO_TEST_CASE(follow_the_size_of_those_before) {
  RowsAtATime size(4'096, 500);
  BOOST_TEST(size.rows() == 50U);
  size.learn(50, 50'000);
  BOOST_TEST(size.rows() == 4U);
  size.learn(4, 100'000);
  BOOST_TEST(size.rows() == 1U);
  size.learn(1, 2);
  BOOST_TEST(size.rows() == 500U);
  size.learn(0, 2);
  BOOST_TEST(size.rows() == 500U);
}

BOOST_AUTO_TEST_CASE(become_fewer_when_they_were_too_many_however_little_it_was) {
  RowsAtATime size(4'096, 500);
  size.learn(2, 4'097);
  BOOST_TEST(size.rows() == 2U);  // on the average they fit
  size.learn_too_many(2);
  BOOST_TEST(size.rows() == 1U);
  size.learn_too_many(1);
  BOOST_TEST(size.rows() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::http
