// The recovery with scripted ports: what it has done at the start, what it repeats, and how it tells.
#include <condition_variable>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/actors/scripted_service.hpp"

using namespace orders;
using namespace orders::test;

namespace {

constexpr ProductId product{1};
constexpr HoldKey lost_order{OrderId{10'000'000'001}, 0};

struct Recovering : ScriptedService<NoCarts> {
  Recovering() {
    settings.catalog.retry_min = std::chrono::milliseconds(5);
    settings.catalog.retry_max = std::chrono::milliseconds(20);
    settings.recovery.interval = std::chrono::milliseconds(20);
    catalog.shown = 10;
  }

  /// A unit held by a process that is gone; its PUT never reached the catalog.
  void leave_an_orphan() {
    database.ledger = Ledger{product, 1, 9, true, "Moby Dick", 12};
    database.held = {lost_order};
    Unfinished undone;
    undone.product = product;
    undone.unsettled = true;
    undone.orphans = {{lost_order, 1}};
    database.undone = {undone};
  }

  [[nodiscard]] bool finished() const {
    return eventually([this] { return service->recovery().finished_at.has_value(); });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(recovery, Recovering)

BOOST_AUTO_TEST_CASE(finishes_at_once_when_nothing_was_left_undone) {
  start();
  BOOST_REQUIRE(finished());
  BOOST_TEST(service->recovery().at_start.nothing());
  BOOST_TEST(catalog.gets == 0);
}

BOOST_AUTO_TEST_CASE(r9_r10_an_orphan_is_given_back_by_an_ordinary_cycle) {
  leave_an_orphan();
  start();
  BOOST_REQUIRE(finished());
  {
    const std::lock_guard<std::mutex> guard(database.mutex);
    BOOST_TEST(database.held.empty());
    BOOST_TEST(database.ledger->quantity == 10);
  }
  const auto report = service->recovery();
  BOOST_TEST(report.at_start.unsettled == 1);
  BOOST_TEST(report.at_start.orphaned_holds == 1);
  BOOST_TEST(report.at_start.orphaned_units == 1);
  BOOST_REQUIRE_EQUAL(report.products.size(), 1U);
  BOOST_TEST(report.products.front().resolution.find("1 units given back") == 0U);
  BOOST_TEST(counters.recovered_orphans >= 1U);
}

BOOST_AUTO_TEST_CASE(is_repeated_until_the_catalog_answers) {
  leave_an_orphan();
  catalog.get_fails = true;
  start();
  BOOST_TEST(eventually([this] { return service->recovery().walks >= 2; }));
  const auto report = service->recovery();
  BOOST_TEST(!report.finished_at.has_value());
  BOOST_TEST(report.unresolved == 1);
  BOOST_REQUIRE_EQUAL(report.products.size(), 1U);
  BOOST_TEST(report.products.front().resolution.find("not yet") == 0U);
  {
    const std::lock_guard<std::mutex> guard(catalog.mutex);
    catalog.get_fails = false;
  }
  BOOST_TEST(finished());
  BOOST_TEST(service->recovery().at_start.orphaned_holds == 1);
  BOOST_TEST(catalog.shown == 10);
}

BOOST_AUTO_TEST_CASE(is_repeated_when_a_put_is_not_answered) {
  leave_an_orphan();
  database.ledger->quantity = 8;  // another unit was sold
  database.base = 10;
  database.afters = {8};
  catalog.puts_to_fail = 2;
  start();
  BOOST_REQUIRE(finished());
  BOOST_TEST(catalog.shown == 9);
  BOOST_TEST(database.ledger->seq >= 4);  // R4: every PUT has a movement of its own
}

BOOST_AUTO_TEST_CASE(walks_over_every_page_and_again) {
  for (int id = 1; id <= 250; ++id) {
    Unfinished undone;
    undone.product = ProductId{id};
    undone.doubts = 1;
    database.undone.push_back(undone);
  }
  settings.recovery.in_flight_max = 8;
  start();
  BOOST_REQUIRE(finished());
  BOOST_TEST(service->recovery().at_start.doubts == 250);
  BOOST_TEST(service->recovery().products.size() == RecoveryReports::products_max);
  BOOST_TEST(service->recovery().products_left_out == 50);
  BOOST_TEST(eventually([this] { return service->recovery().later.doubts >= 250; }));
}

BOOST_AUTO_TEST_CASE(r16_prunes_between_walks_until_nothing_is_left) {
  database.prunable = 35;
  start();
  BOOST_TEST(eventually([this] { return counters.movements_pruned + counters.reservations_pruned == 35U; }));
  BOOST_TEST(database.walks >= 1);
}

// A hold was granted, its PUT not answered, and another instance settles the movement before we do.
BOOST_AUTO_TEST_CASE(r11_a_hold_whose_movement_another_instance_settled_is_answered) {
  catalog.puts_to_fail = 1;
  catalog.meanwhile = [this] {
    const std::lock_guard<std::mutex> guard(database.mutex);
    ++database.ledger->seq;
    database.ledger->intended = false;
    catalog.shown = database.ledger->quantity;
  };
  start();
  std::mutex mutex;
  std::condition_variable answered;
  std::optional<Result<PlacedOrder>> answer;
  service->place(CustomerId{1}, std::vector<OrderLine>{{product, 1}}, std::nullopt,
                 Reply<PlacedOrder>([&](Result<PlacedOrder> order) {
                   const std::lock_guard<std::mutex> guard(mutex);
                   answer.emplace(std::move(order));
                   answered.notify_all();
                 }));
  std::unique_lock<std::mutex> lock(mutex);
  BOOST_REQUIRE(answered.wait_for(lock, std::chrono::seconds(20), [&] { return answer.has_value(); }));
  BOOST_TEST(answer->ok());
  BOOST_TEST(counters.cycles_stale >= 1U);
  BOOST_TEST(catalog.puts.size() == 1U);  // nothing was left to be sent
}

BOOST_AUTO_TEST_SUITE_END()
