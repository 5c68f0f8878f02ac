// The script: the same from the same seed, and everything in it that can befall orderd.
#include "tests/chaos/script.hpp"

#include <set>

#include <boost/test/unit_test.hpp>

namespace orders::chaos {

namespace {

constexpr std::chrono::milliseconds length{15'000};

std::string told(const Round& round) {
  std::string text;
  for (const auto& step : round.steps) {
    text += std::to_string(step.at.count()) + " " + step.name + " for " + std::to_string(step.lasts.count()) +
            " " + step.where + step.way + step.fault.dump() + "\n";
  }
  for (const auto& [name, value] : round.settings) text += name + "=" + value + "\n";
  return text;
}

std::string told(std::uint64_t seed, int rounds) {
  Script script(seed, {});
  std::string text;
  for (int n = 0; n < rounds; ++n) text += told(script.next(length));
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(script)

BOOST_AUTO_TEST_CASE(is_the_same_from_the_same_seed_only) {
  BOOST_TEST(told(7, 5) == told(7, 5));
  BOOST_TEST(told(7, 5) != told(8, 5));
}

BOOST_AUTO_TEST_CASE(has_everything_that_can_befall_orderd) {
  Script script(1, {});
  std::set<std::string> names;
  std::set<Trouble> troubles;
  for (int n = 0; n < 200; ++n) {
    for (const auto& step : script.next(length).steps) {
      troubles.insert(step.what);
      names.insert(step.name);
    }
  }
  BOOST_TEST(troubles.size() == 8U);
  for (const auto* name :
       {"stall of the database's answers", "stall of the catalog's requests",
        "stall of the cart's connections", "cut from the database", "PUT /products/{id} 500, applied now",
        "PUT /products/{id} 500, applied never", "PUT /products/{id} close, applied later",
        "PUT /products/{id} hang, applied never", "PUT /products/{id} not_found, applied now",
        "PUT /products/{id} other_row, applied later", "GET /products/{id} not_found",
        "GET /products/{id} other_row", "GET /products/{id} garbage", "GET /products/{id} normal, delayed",
        "GET /cart_items truncated", "GET /carts/{id} other_row", "PUT /carts/{id} hang, applied later"}) {
    BOOST_TEST_CONTEXT(name) { BOOST_TEST(names.count(name) == 1U); }
  }
}

BOOST_AUTO_TEST_CASE(keeps_its_steps_in_order_and_within_the_round) {
  Script script(3, {});
  for (int n = 0; n < 100; ++n) {
    auto last = std::chrono::milliseconds(0);
    for (const auto& step : script.next(length).steps) {
      BOOST_TEST((step.at >= last && step.at <= length));
      last = step.at;
    }
  }
}

BOOST_AUTO_TEST_CASE(never_says_of_a_put_that_it_was_done_when_it_was_not) {
  Script script(4, {});
  for (int n = 0; n < 200; ++n) {
    for (const auto& step : script.next(length).steps) {
      if (step.what != Trouble::fault || step.fault.at("answer") != "normal") continue;
      BOOST_TEST(step.fault.value("apply", "now") == "now");
    }
  }
}

BOOST_AUTO_TEST_CASE(leaves_out_what_it_is_told_to) {
  Script script(5, {true, false});
  for (int n = 0; n < 50; ++n) {
    const auto round = script.next(length);
    BOOST_TEST(round.settings.at("ORDERD_CATALOG__MAX_IN_FLIGHT") == "1");
    BOOST_TEST(round.settings.at("ORDERD_CART__MAX_IN_FLIGHT") == "1");
    for (const auto& step : round.steps)
      BOOST_TEST((step.what != Trouble::kill && step.what != Trouble::stop));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::chaos
