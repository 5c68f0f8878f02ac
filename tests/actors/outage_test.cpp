// The actors together while the catalog or the database is away or hangs, or more is asked than there is room
// for: what is left behind, what is waited for, and what is told to whom.
#include <optional>
#include <thread>

#include "tests/actors/actors_together.hpp"
#include "tests/support/eventually.hpp"

using namespace orders;
using namespace orders::test;

BOOST_FIXTURE_TEST_SUITE(outages, Actors)

BOOST_AUTO_TEST_CASE(orders_that_fail_while_the_catalog_is_down_leave_nothing_behind) {
  catalog.get_fails = true;
  start();
  for (int round = 0; round < 10; ++round) BOOST_TEST(placed(place(20)) == 0);
  BOOST_TEST(eventually([this] { return counters.placements == 0; }));
  BOOST_TEST(database.records == 0);
}

BOOST_AUTO_TEST_CASE(a_product_that_never_was_in_the_catalog_keeps_no_release) {
  settings.orders.deadline = std::chrono::milliseconds(100);
  catalog.get_hangs = true;
  start();
  BOOST_TEST(placed(place(5)) == 0);
  {
    const std::lock_guard<std::mutex> guard(catalog.mutex);
    catalog.get_hangs = false;
    catalog.unknown = true;
  }
  catalog.let_go();
  BOOST_TEST(eventually([this] { return counters.placements == 0; }));
}

BOOST_AUTO_TEST_CASE(a_drain_does_not_wait_for_units_of_answered_orders_while_the_catalog_is_down) {
  settings.orders.deadline = std::chrono::milliseconds(100);
  catalog.puts_to_fail = 1'000'000;
  catalog.meanwhile = [this] { catalog.get_fails = true; };
  start();
  BOOST_TEST((place(1).front().error().code == ErrorCode::catalog_unavailable));
  const auto begun = std::chrono::steady_clock::now();
  BOOST_TEST(drained());
  BOOST_CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));
  BOOST_TEST(counters.placements_giving_back == 1);  // the recovery of the next start does it
}

BOOST_AUTO_TEST_CASE(beyond_as_many_customers_or_products_as_may_be_orders_are_refused) {
  settings.actors.customers_max = 2;
  settings.actors.customer_idle = std::chrono::hours(1);
  settings.orders.deadline = std::chrono::milliseconds(300);
  catalog.get_hangs = true;
  start();
  int refused = 0;
  for (const auto& answer : place(5)) refused += answer.error().code == ErrorCode::overloaded ? 1 : 0;
  BOOST_TEST(refused == 3);
  BOOST_TEST(counters.customers_resident == 2);
  {
    const std::lock_guard<std::mutex> guard(catalog.mutex);
    catalog.get_hangs = false;
  }
  catalog.let_go();
  // Those with nothing to do leave, for all their hour, as soon as others come.
  BOOST_TEST(eventually([this] {
    bool placed_for_another = false;
    std::atomic<bool> answered{false};
    service->place(CustomerId{77}, std::vector<OrderLine>{{product, 1}}, std::nullopt,
                   Reply<PlacedOrder>([&](const Result<PlacedOrder>& answer) {
                     placed_for_another = answer.ok();
                     answered = true;
                   }));
    while (!answered) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return placed_for_another;
  }));
  BOOST_TEST(counters.customers_resident <= 2);
}

BOOST_AUTO_TEST_CASE(a_change_whose_writing_hangs_is_in_doubt_at_the_deadline) {
  settings.orders.deadline = std::chrono::milliseconds(200);
  database.change_delay = std::chrono::milliseconds(2'500);
  start();
  std::mutex mutex;
  std::condition_variable told;
  std::optional<ErrorCode> code;
  const auto begun = std::chrono::steady_clock::now();
  service->change_status({}, Reply<Order>([&](const Result<Order>& order) {
                           const std::lock_guard<std::mutex> guard(mutex);
                           code = order.ok() ? ErrorCode::internal : order.error().code;
                           told.notify_all();
                         }));
  std::unique_lock<std::mutex> lock(mutex);
  BOOST_TEST(told.wait_for(lock, std::chrono::seconds(20), [&] { return code.has_value(); }));
  BOOST_TEST((code == ErrorCode::outcome_unknown));
  BOOST_CHECK(std::chrono::steady_clock::now() - begun < std::chrono::milliseconds(2'000));
}

BOOST_AUTO_TEST_CASE(r7_a_batch_of_unknown_outcome_that_is_taken_apart_stays_unknown) {
  // Sent with unknown outcome, then refused as a whole, then one by one while the server is away: what the
  // first try may have written is not given up.
  database.first_commit_delay = std::chrono::milliseconds(1'000);
  settings.orders.deadline = std::chrono::seconds(8);
  settings.database.order_writers = 1;
  start();
  std::atomic<bool> first_placed{false};
  service->place(CustomerId{99}, std::vector<OrderLine>{{product, 1}}, std::nullopt,
                 Reply<PlacedOrder>([&](const Result<PlacedOrder>& answer) { first_placed = answer.ok(); }));
  const auto committing = [this] {
    const std::lock_guard<std::mutex> guard(database.mutex);
    return database.commits == 1;
  };
  BOOST_TEST(eventually(committing));
  {
    const std::lock_guard<std::mutex> guard(database.mutex);
    database.next_commit_errors = {{ErrorCode::outcome_unknown, "scripted", {}, {}},
                                   {ErrorCode::internal, "scripted", {}, {}},
                                   {ErrorCode::storage_unavailable, "scripted", {}, {}},
                                   {ErrorCode::storage_unavailable, "scripted", {}, {}}};
  }
  BOOST_TEST(placed(place(2)) == 2);  // both wait for the first one's commit, and so go together
  BOOST_TEST(eventually([&] { return first_placed.load(); }));
}

BOOST_AUTO_TEST_SUITE_END()
