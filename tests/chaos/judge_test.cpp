// The judge itself: it acquits a true story and convicts every doctored one, of that and of nothing else.
#include "tests/chaos/judge.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

namespace orders::chaos {

namespace {

using Outcome = Wish::Outcome;

/// A day on which everything went as it should: two orders of lines, one of them given back; one refused; one
/// of a cart that was ordered twice at a time.
struct TrueStory {
  TrueStory() {
    opening.stock = {{1, 10}, {2, 5}};
    wishes.push_back(placed(101, 7, {{1, 3}, {2, 1}}));
    wishes.push_back(placed(102, 7, {{1, 2}}, "Cancelled"));
    wishes.push_back(refused(8, {{2, 6}}));
    auto cart = placed(103, 1'000'001, {{1, 1}, {2, 1}});
    cart.from_cart = true;
    wishes.push_back(cart);
    auto again = refused(1'000'001, {{1, 1}, {2, 1}});
    again.from_cart = true;
    again.refusal = "no-active-cart";
    wishes.push_back(again);
    view.orders[101] = {7, "Ordered", {{1, 3}, {2, 1}}};
    view.orders[102] = {7, "Cancelled", {{1, 2}}};
    view.orders[103] = {1'000'001, "Ordered", {{2, 1}, {1, 1}}};
    view.stock = {{1, 6}, {2, 3}};
    view.carts[1'000'001] = {"Ordered"};
  }

  static Wish placed(std::int64_t id, int customer, std::vector<Line> lines,
                     const std::string& status = "Ordered") {
    Wish wish;
    wish.customer = customer;
    wish.lines = std::move(lines);
    wish.outcome = Outcome::placed;
    wish.orders_told = {id};
    wish.status = status;
    return wish;
  }
  static Wish refused(int customer, std::vector<Line> lines) {
    Wish wish;
    wish.customer = customer;
    wish.lines = std::move(lines);
    wish.outcome = Outcome::refused;
    wish.refusals_told = 1;
    wish.refusal = "insufficient-inventory";
    return wish;
  }

  [[nodiscard]] std::string verdict() const {
    std::string all;
    for (const auto& fault : judge(opening, wishes, view)) all += fault + "\n";
    return all;
  }
  /// Exactly so many faults, and one that says this.
  void check_convicts(std::size_t faults, const std::string& of) const {
    const auto said = verdict();
    BOOST_TEST_CONTEXT(said) {
      BOOST_TEST(judge(opening, wishes, view).size() == faults);
      BOOST_TEST(said.find(of) != std::string::npos);
    }
  }

  Opening opening;
  std::vector<Wish> wishes;
  View view;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(judge_of_chaos, TrueStory)

BOOST_AUTO_TEST_CASE(acquits_a_true_story) { BOOST_TEST(verdict() == ""); }

BOOST_AUTO_TEST_CASE(convicts_of_an_order_that_was_lost) {
  view.orders.erase(101);
  view.stock = {{1, 9}, {2, 4}};  // with all that it held
  check_convicts(1, "was told order 101, which is not there");
}

BOOST_AUTO_TEST_CASE(convicts_of_an_order_that_was_doubled) {
  view.orders[104] = view.orders[101];
  view.stock = {{1, 3}, {2, 2}};
  check_convicts(1, "order 104 of customer 7 (Ordered, 3 of product 1, 1 of product 2) is there, but nobody");
}

BOOST_AUTO_TEST_CASE(convicts_of_a_unit_too_many_and_of_one_too_few) {
  ++view.stock[1];
  check_convicts(1, "product 1: 4 in live orders and 7 in the catalog, but there were 10");
  view.stock[1] -= 2;
  check_convicts(1, "product 1: 4 in live orders and 5 in the catalog, but there were 10");
  view.stock.erase(1);
  check_convicts(1, "product 1 is not in the catalog any more");
}

BOOST_AUTO_TEST_CASE(convicts_of_a_refused_order_that_took_stock) {
  view.stock[2] = -3;
  check_convicts(1, "product 2: 2 in live orders and -3 in the catalog");
  view.orders[104] = {8, "Ordered", {{2, 6}}};
  check_convicts(1, "order 104 of customer 8");
}

BOOST_AUTO_TEST_CASE(convicts_of_a_cancelled_order_whose_units_did_not_come_back_or_came_twice) {
  view.stock[1] = 4;
  check_convicts(1, "product 1");
  view.stock[1] = 8;
  check_convicts(1, "product 1");
}

BOOST_AUTO_TEST_CASE(convicts_of_a_cart_ordered_twice) {
  wishes.back() = placed(104, 1'000'001, {{1, 1}, {2, 1}});
  wishes.back().from_cart = true;
  view.orders[104] = view.orders[103];
  view.stock = {{1, 5}, {2, 2}};
  check_convicts(1, "the cart of customer 1000001 was ordered 2 times");
}

BOOST_AUTO_TEST_CASE(convicts_of_a_cart_left_open_and_of_one_closed_without_an_order) {
  view.carts[1'000'001] = {"Active"};
  check_convicts(1, "is Active, and there is an order of it");
  view.carts[1'000'001] = {"Ordered"};
  view.carts[1'000'002] = {"Ordered"};
  check_convicts(1, "the cart of customer 1000002 is Ordered, and there is no order of it");
}

BOOST_AUTO_TEST_CASE(convicts_of_lines_a_customer_or_a_status_that_was_not_told) {
  view.orders[101].lines = {{2, 1}, {1, 3}};  // in another order than they were sent
  check_convicts(1, "is stored with 1 of product 2, 3 of product 1");
  view.orders[101].lines = wishes[0].lines;
  view.orders[101].customer = 9;
  check_convicts(1, "is stored for customer 9");
  view.orders[101].customer = 7;
  wishes[0].status = "Shipped";
  check_convicts(1, "was acknowledged as Shipped and is stored as Ordered");
  wishes[0].status_wanted = "Ordered";  // a PUT that was not answered may have been carried out
  BOOST_TEST(verdict() == "");
}

BOOST_AUTO_TEST_CASE(convicts_of_a_key_that_was_answered_in_two_ways) {
  wishes[0].orders_told.push_back(101);
  BOOST_TEST(verdict() == "");
  wishes[0].orders_told.push_back(102);
  check_convicts(1, "was told order 101 and order 102");
  wishes[0].orders_told.pop_back();
  ++wishes[0].refusals_told;
  check_convicts(1, "was told both order 101 and a refusal");
}

BOOST_AUTO_TEST_CASE(convicts_of_one_order_told_to_two) {
  wishes.push_back(wishes[0]);
  check_convicts(1, "was told order 101, which another wish was told, too");
}

BOOST_AUTO_TEST_CASE(convicts_of_a_refusal_beside_stock_enough) {
  wishes[2].lines = {{2, 3}};
  check_convicts(1, "was refused though there was stock enough at any time");
  wishes[2].lines = {{2, 4}};  // two were sold
  BOOST_TEST(verdict() == "");
  wishes[2].lines = {{1, 5}};  // four were sold and two more for a while
  BOOST_TEST(verdict() == "");
}

BOOST_AUTO_TEST_CASE(lets_a_refusal_pass_when_the_neighbours_lied) {
  wishes[2].lines = {{2, 1}};
  wishes[2].unknown_products = {2};
  check_convicts(1, "stock enough");
  wishes[2].lies_about = true;
  BOOST_TEST(verdict() == "");
  wishes[2].from_cart = true;
  wishes[2].refusal = "no-active-cart";
  BOOST_TEST(verdict() == "");
  wishes[2].lies_about = false;
  check_convicts(1, "was told that there is no active cart");
}

BOOST_AUTO_TEST_CASE(convicts_of_silence_and_of_answers_that_clients_complain_about) {
  wishes[2].outcome = Outcome::open;
  check_convicts(1, "no answer that says what happened");
  wishes[2].outcome = Outcome::refused;
  wishes[2].complaints.emplace_back("GET was answered 404");
  check_convicts(1, "GET was answered 404");
}

BOOST_AUTO_TEST_CASE(lets_a_doubt_be_one_order_or_none_but_not_two) {
  wishes.push_back(placed(0, 9, {{1, 1}}));
  wishes.back().outcome = Outcome::doubtful;
  wishes.back().orders_told.clear();
  BOOST_TEST(verdict() == "");
  view.orders[104] = {9, "Ordered", {{1, 1}}};
  view.stock[1] = 5;
  BOOST_TEST(verdict() == "");
  view.orders[105] = view.orders[104];
  view.stock[1] = 4;
  check_convicts(1, "order 105 of customer 9");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::chaos
