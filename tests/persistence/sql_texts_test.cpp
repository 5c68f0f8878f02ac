#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include "persistence/sql_array.hpp"
#include "persistence/sql_errors.hpp"

namespace orders::persistence {

BOOST_AUTO_TEST_SUITE(sql_array)

BOOST_AUTO_TEST_CASE(writes_numbers_and_truth_values) {
  SqlArray array;
  BOOST_TEST(array.empty());
  BOOST_TEST(array.text() == "{}");
  array.add(std::int64_t{9'007'199'254'740'993});
  array.add(std::int32_t{-4});
  array.add(true);
  array.add(false);
  BOOST_TEST(array.text() == "{9007199254740993,-4,t,f}");
  BOOST_TEST(!array.empty());
}

BOOST_AUTO_TEST_CASE(quotes_every_text) {
  SqlArray array;
  array.add("NULL");
  array.add("");
  array.add(std::string(R"(a,{b} "c" \d 'e')"));
  BOOST_TEST(array.text() == R"({"NULL","","a,{b} \"c\" \\d 'e'"})");
}

BOOST_AUTO_TEST_CASE(refuses_a_text_with_a_nul) {
  SqlArray array;
  BOOST_CHECK_THROW(array.add(std::string("a\0b", 3)), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sql_errors)

BOOST_AUTO_TEST_CASE(knows_what_may_be_repeated_at_once) {
  for (const auto* state : {"40001", "40P01"}) BOOST_TEST((fault_of(state) == SqlFault::repeat), state);
}

BOOST_AUTO_TEST_CASE(knows_what_may_work_later) {
  for (const auto* state : {"53100", "53200", "55P03", "57014"})
    BOOST_TEST((fault_of(state) == SqlFault::later), state);
}

BOOST_AUTO_TEST_CASE(knows_refusals) {
  for (const auto* state : {"22003", "23505", "40002", "42P01", "54000"}) {
    BOOST_TEST((fault_of(state) == SqlFault::refused), state);
  }
}

BOOST_AUTO_TEST_CASE(takes_everything_else_for_a_lost_connection) {
  for (const auto* state : {"08000", "08006", "57P01", "57P02", "40003", "25006", "XX000", "", " ", "4"}) {
    BOOST_TEST((fault_of(state) == SqlFault::connection), state);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
