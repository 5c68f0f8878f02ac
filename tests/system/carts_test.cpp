// P4: a cart whose order is committed gets marked ordered in the end, whoever dies and whatever the cart
// service says, and makes one order.
#include <csignal>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/system/second_instance.hpp"

using namespace orders::test;
using nlohmann::json;

namespace {

using Settings = std::map<std::string, std::string>;
constexpr const char* put_cart = "PUT /carts/{id}";

struct Carts {
  explicit Carts(Settings settings = {}) : rig({{}, with_defaults(std::move(settings))}) {}

  static Settings with_defaults(Settings settings) {
    settings.emplace("ORDERD_CART__CALL_TIMEOUT", "500ms");
    settings.emplace("ORDERD_CART__RETRY_MAX", "500ms");
    return settings;
  }

  Rig rig;
  int tea = rig.product(100);

  [[nodiscard]] bool ordered(int customer) {
    return rig.sandbox().cart_statuses(customer).front() == "Ordered";
  }
  [[nodiscard]] bool all_recorded() const {
    return eventually(
        [this] { return rig.query("SELECT count(*) FROM cart_closings WHERE NOT closed") == "0"; });
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(p4_carts)

BOOST_AUTO_TEST_CASE(carts_of_an_instance_that_was_killed_are_closed_by_the_one_that_lives) {
  Carts carts(Settings{{"ORDERD_CLUSTER__ENABLED", "true"}});
  SecondInstance second(carts.rig);
  for (int customer = 1; customer <= 5; ++customer) carts.rig.add_to_cart(customer, carts.tea, 1);
  carts.rig.sandbox().fault({{"route", put_cart}, {"answer", "500"}, {"apply", "never"}});
  for (int customer = 1; customer <= 5; ++customer) {
    BOOST_TEST(second.call("POST", "/orders/" + std::to_string(customer)).status == 201);
  }
  BOOST_TEST(carts.rig.metric("orderd_carts_closing") == "0");  // they are the other's business
  second.kill();
  BOOST_TEST(eventually([&] { return carts.rig.metric("orderd_carts_taken_over_total") == "5"; }));
  carts.rig.sandbox().clear_faults();
  for (int customer = 1; customer <= 5; ++customer)
    BOOST_TEST(eventually([&] { return carts.ordered(customer); }));
  BOOST_TEST(carts.all_recorded());
  BOOST_TEST(carts.rig.sold(carts.tea) == 5);
}

BOOST_AUTO_TEST_CASE(a_cart_wrongly_recorded_as_closed_does_not_keep_its_customer_from_ordering) {
  Carts carts;
  carts.rig.add_to_cart(7, carts.tea, 1);
  carts.rig.sandbox().fault({{"route", put_cart}, {"answer", "normal"}, {"apply", "never"}});
  BOOST_TEST(carts.rig.post(7, "").status == 201);  // the service says it is closed, and it is not
  BOOST_TEST(carts.all_recorded());
  BOOST_TEST(!carts.ordered(7));
  carts.rig.sandbox().clear_faults();
  BOOST_TEST(carts.rig.post(7, "").status == 400);
  BOOST_TEST(eventually([&] { return carts.ordered(7); }));
  BOOST_TEST(carts.rig.metric("orderd_carts_reopened_total") == "1");
  carts.rig.add_to_cart(7, carts.tea, 2);
  BOOST_TEST(carts.rig.post(7, "").status == 201);
  BOOST_TEST(carts.all_recorded());
  BOOST_TEST(carts.rig.sold(carts.tea) == 3);
}

BOOST_AUTO_TEST_CASE(more_open_carts_than_fit_into_memory_are_all_closed) {
  Carts carts(Settings{{"ORDERD_CART__CLOSINGS_MAX", "3"}});
  for (int customer = 1; customer <= 12; ++customer) carts.rig.add_to_cart(customer, carts.tea, 1);
  carts.rig.sandbox().fault({{"route", put_cart}, {"answer", "500"}, {"apply", "never"}});
  for (int customer = 1; customer <= 12; ++customer) BOOST_TEST(carts.rig.post(customer, "").status == 201);
  BOOST_TEST(carts.rig.metric("orderd_carts_closing") == "3");
  carts.rig.sandbox().clear_faults();
  BOOST_TEST(eventually(
      [&] { return carts.rig.query("SELECT count(*) FROM cart_closings WHERE NOT closed") == "0"; },
      std::chrono::seconds(30)));
  for (int customer = 1; customer <= 12; ++customer) BOOST_TEST(carts.ordered(customer));
}

BOOST_AUTO_TEST_CASE(a_lie_that_there_is_no_cart_does_not_end_the_closing) {
  Carts carts;
  carts.rig.add_to_cart(7, carts.tea, 1);
  carts.rig.sandbox().fault({{"route", put_cart}, {"answer", "500"}, {"apply", "never"}, {"count", 1}});
  // Of the closing's looks, the first finds the cart; what comes then is denied twice, as often as it is
  // asked.
  carts.rig.sandbox().fault(
      {{"route", "GET /carts/{id}"}, {"answer", "not_found"}, {"skip", 2}, {"count", 2}});
  BOOST_TEST(carts.rig.post(7, "").status == 201);
  BOOST_TEST(eventually([&] { return carts.ordered(7); }));
  BOOST_TEST(carts.all_recorded());
}

BOOST_AUTO_TEST_CASE(only_the_ordered_cart_is_closed_when_the_customer_has_a_next_one) {
  Carts carts;
  carts.rig.add_to_cart(7, carts.tea, 1);
  // The first closing works but is not answered, and the customer goes on shopping.
  carts.rig.sandbox().fault({{"route", put_cart}, {"answer", "500"}, {"apply", "now"}, {"count", 1}});
  BOOST_TEST(carts.rig.post(7, "").status == 201);
  carts.rig.add_to_cart(7, carts.tea, 1);
  BOOST_TEST(carts.all_recorded());
  const auto statuses = carts.rig.sandbox().cart_statuses(7);
  BOOST_REQUIRE_EQUAL(statuses.size(), 2U);
  BOOST_TEST(statuses[0] == "Ordered");
  BOOST_TEST(statuses[1] == "Active");
}

BOOST_AUTO_TEST_SUITE_END()
