// How carts get marked as ordered, with scripted ports: what is tried again, what is believed, what is taken
// from the table and what is let go.
#include <future>
#include <map>
#include <memory>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/actors/scripted_service.hpp"

using namespace orders;
using namespace orders::test;

namespace {

constexpr ProductId product{1};

/// Cart n is customer n's, has one unit in it, and is active until it is closed.
class ScriptedCarts : public CartClient {
 public:
  void get_cart(CustomerId customer, Deadline, GotCart done) override {
    const std::lock_guard<std::mutex> guard(mutex);
    if (lies_to_come > 0 && closed.count(customer) == 0 && --lies_to_come == 0) {
      return done(std::optional<Cart>());
    }
    if (closed.count(customer) != 0) return done(std::optional<Cart>());
    done(std::optional<Cart>(Cart{CartId{customer.value}, std::vector<CartLine>{{product, 1}}}));
  }
  void get_items(const std::vector<CartId>&, Deadline, GotItems done) override {
    done(std::vector<CartItemRow>{});
  }
  void close_cart(CustomerId customer, Deadline, ClosedCart done) override {
    const std::lock_guard<std::mutex> guard(mutex);
    ++puts;
    if (puts_fail) return done(Error{ErrorCode::cart_unavailable, "scripted"});
    closed.insert(customer);
    done(Done{});
  }

  std::mutex mutex;
  bool puts_fail = false;
  int lies_to_come = 0;  ///< counts looks at active carts down; the last is told that there is none
  int puts = 0;
  std::set<CustomerId> closed;
};

struct Closing : ScriptedService<ScriptedCarts> {
  Closing() {
    settings.cart.retry_min = std::chrono::milliseconds(5);
    settings.cart.retry_max = std::chrono::milliseconds(20);
    catalog.shown = 100;
  }

  std::future<Result<PlacedOrder>> order_cart(int customer) {
    auto told = std::make_shared<std::promise<Result<PlacedOrder>>>();
    service->place(
        CustomerId{customer}, std::nullopt, std::nullopt,
        Reply<PlacedOrder>([told](Result<PlacedOrder> answer) { told->set_value(std::move(answer)); }));
    return told->get_future();
  }

  static Result<PlacedOrder> answer_of(std::future<Result<PlacedOrder>>& order) {
    BOOST_REQUIRE((order.wait_for(std::chrono::seconds(20)) == std::future_status::ready));
    return order.get();
  }

  /// Orders the carts of customers 1 to `count`, all at once; how many orders were placed.
  int order_carts(int count) {
    std::vector<std::future<Result<PlacedOrder>>> orders;
    for (int customer = 1; customer <= count; ++customer) orders.push_back(order_cart(customer));
    int placed = 0;
    for (auto& order : orders) placed += answer_of(order).ok() ? 1 : 0;
    return placed;
  }

  [[nodiscard]] std::size_t recorded() {
    const std::lock_guard<std::mutex> guard(database.mutex);
    return database.carts_recorded.size();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cart_closings, Closing)

BOOST_AUTO_TEST_CASE(a_cart_is_closed_before_its_order_is_answered) {
  start();
  BOOST_TEST(order_carts(3) == 3);
  BOOST_TEST(carts.closed.size() == 3U);
  BOOST_TEST(eventually([this] { return recorded() == 3; }));
  BOOST_TEST(eventually([this] { return counters.carts_closing == 0; }));
}

BOOST_AUTO_TEST_CASE(a_cart_that_cannot_be_closed_is_tried_until_it_is) {
  carts.puts_fail = true;
  start();
  BOOST_TEST(order_carts(3) == 3);
  BOOST_TEST(eventually([this] {
    const std::lock_guard<std::mutex> guard(carts.mutex);
    return carts.puts > 6;
  }));
  BOOST_TEST(recorded() == 0U);
  {
    const std::lock_guard<std::mutex> guard(carts.mutex);
    carts.puts_fail = false;
  }
  BOOST_TEST(eventually([this] { return recorded() == 3; }));
  BOOST_TEST(carts.closed.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_lie_that_the_cart_is_gone_is_not_believed_at_once) {
  carts.lies_to_come = 2;  // the first look is the order's, the second the closing's
  start();
  BOOST_TEST(order_carts(1) == 1);
  BOOST_TEST(counters.carts_close_retries >= 1U);
  BOOST_TEST(eventually([this] { return recorded() == 1; }));
  BOOST_TEST(carts.closed.size() == 1U);
}

BOOST_AUTO_TEST_CASE(no_more_are_kept_in_memory_than_allowed_and_the_table_gives_the_others) {
  settings.cart.closings_max = 2;
  carts.puts_fail = true;
  start();
  BOOST_TEST(order_carts(6) == 6);
  BOOST_TEST(counters.carts_closing == 2);
  {
    const std::lock_guard<std::mutex> guard(carts.mutex);
    carts.puts_fail = false;
  }
  BOOST_TEST(eventually([this] { return recorded() == 6; }));
  BOOST_TEST(carts.closed.size() == 6U);
}

BOOST_AUTO_TEST_CASE(the_next_order_of_a_cart_does_not_wait_for_what_the_one_before_has_to_give_back) {
  settings.orders.deadline = std::chrono::milliseconds(100);
  catalog.puts_to_fail = 1'000'000;
  catalog.meanwhile = [this] { catalog.get_fails = true; };
  start();
  for (int n = 0; n < 2; ++n) {
    auto order = order_cart(7);
    BOOST_TEST((answer_of(order).error().code == ErrorCode::catalog_unavailable));
  }
  BOOST_TEST(counters.placements_giving_back == 1);
}

BOOST_AUTO_TEST_CASE(what_a_dead_instance_left_is_taken_over_and_closed) {
  for (int customer = 1; customer <= 5; ++customer) {
    database.open_carts.push_back({CartId{customer}, CustomerId{customer}, OrderId{customer}});
  }
  database.carts_taken_over = 5;
  start();
  BOOST_TEST(eventually([this] { return recorded() == 5; }));
  BOOST_TEST(carts.closed.size() == 5U);
  BOOST_TEST(counters.carts_taken_over >= 5U);
}

BOOST_AUTO_TEST_CASE(what_another_instance_has_taken_over_is_let_go) {
  carts.puts_fail = true;
  start();
  BOOST_TEST(order_carts(2) == 2);
  BOOST_TEST(counters.carts_closing == 2);
  {
    const std::lock_guard<std::mutex> guard(database.mutex);
    database.open_carts.clear();
  }
  BOOST_TEST(eventually([this] { return counters.carts_closing == 0; }));
  BOOST_TEST(recorded() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
