#include "domain/order_rules.hpp"

#include <boost/test/unit_test.hpp>

using namespace orders;

namespace {

std::string shown(const std::vector<OrderLine>& lines) {
  std::string text;
  for (const auto& line : lines)
    text += std::to_string(line.product.value) + "x" + std::to_string(line.quantity) + " ";
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(order_rules)

BOOST_AUTO_TEST_CASE(sums_lines_of_one_product_and_sorts_them) {
  const auto sums = sum_by_product({{ProductId{9}, 1}, {ProductId{2}, 3}, {ProductId{9}, 4}});
  BOOST_REQUIRE(sums.ok());
  BOOST_TEST(shown(sums.value()) == "2x3 9x5 ");
}

BOOST_AUTO_TEST_CASE(refuses_an_order_without_lines_and_sums_beyond_32_bits) {
  BOOST_TEST(!sum_by_product({}).ok());
  constexpr std::int32_t most = 2147483647;
  BOOST_TEST(sum_by_product({{ProductId{1}, most}}).ok());
  const auto over = sum_by_product({{ProductId{1}, most}, {ProductId{1}, 1}});
  BOOST_REQUIRE(!over.ok());
  BOOST_TEST((over.error().code == ErrorCode::validation_failed));
}

BOOST_AUTO_TEST_CASE(keeps_the_lines_of_a_cart_as_they_are_unless_something_was_put_back) {
  BOOST_TEST(shown(lines_of_cart({{ProductId{1}, 2}, {ProductId{2}, 1}, {ProductId{1}, 3}})) ==
             "1x2 2x1 1x3 ");
  BOOST_TEST(shown(lines_of_cart({{ProductId{1}, 2}, {ProductId{2}, 1}, {ProductId{1}, -1}})) == "1x1 2x1 ");
  BOOST_TEST(shown(lines_of_cart({{ProductId{1}, 2}, {ProductId{1}, 0}})) == "1x2 ");
  BOOST_TEST(shown(lines_of_cart({{ProductId{1}, 2}, {ProductId{1}, -2}, {ProductId{2}, -5}})).empty());
  BOOST_TEST(lines_of_cart({}).empty());
}

BOOST_AUTO_TEST_CASE(status_texts_have_1_to_64_characters_and_no_nul) {
  BOOST_TEST(status_fault("Shipped").empty());
  BOOST_TEST(!status_fault("").empty());
  BOOST_TEST(!status_fault(std::string_view("a\0b", 3)).empty());
  std::string wide;
  for (int i = 0; i < 64; ++i) wide += "\u00fc";
  BOOST_TEST(status_fault(wide).empty());
  BOOST_TEST(!status_fault(wide + "x").empty());
}

BOOST_AUTO_TEST_CASE(an_order_whose_stock_is_given_back_stays_as_it_is) {
  const StatusRules rules;
  BOOST_TEST(rules.fault("Ordered", "Cancelled").empty());
  BOOST_TEST(rules.fault("Cancelled", "Cancelled").empty());
  BOOST_TEST(!rules.fault("Cancelled", "Ordered").empty());
  BOOST_TEST(!rules.fault("Cancelled", "Canceled").empty());
}

BOOST_AUTO_TEST_CASE(listed_transitions_forbid_all_others_from_that_status) {
  StatusRules rules;
  rules.transitions["Ordered"] = {"Shipped"};
  BOOST_TEST(rules.fault("Ordered", "Shipped").empty());
  BOOST_TEST(!rules.fault("Ordered", "Delivered").empty());
  BOOST_TEST(rules.fault("Shipped", "anything").empty());
}

BOOST_AUTO_TEST_SUITE_END()
