// The actors together, from a client's order to its answer, with scripted ports: what coalesces, what is
// repeated, what is answered when something dies.
#include <condition_variable>
#include <set>

#include <boost/test/unit_test.hpp>

#include "actors/order_service.hpp"
#include "tests/actors/scripted_ports.hpp"
#include "tests/support/eventually.hpp"

using namespace orders;
using namespace orders::test;

namespace {

constexpr ProductId product{1};

struct Actors {
  config::Config settings;
  Counters counters;
  ScriptedCatalog catalog;
  NoCarts carts;
  ScriptedDatabase database;
  std::atomic<bool> gave_up{false};
  std::atomic<bool> may_begin{true};
  std::unique_ptr<OrderService> service;

  Actors() {
    settings.orders.deadline = std::chrono::milliseconds(2'000);
    settings.catalog.retry_min = std::chrono::milliseconds(5);
    settings.catalog.retry_max = std::chrono::milliseconds(20);
    settings.database.reconnect_min = std::chrono::milliseconds(5);
    settings.actors.restarts_per_minute_max = 3;
    catalog.shown = 10;
  }

  void start() {
    service = std::make_unique<OrderService>(
        settings, OrderService::Parts{[this] { return std::make_unique<ScriptedJournal>(database); },
                                      [this] { return std::make_unique<ScriptedStore>(database); },
                                      [] { return std::unique_ptr<AuditBook>(); }, catalog, carts, counters,
                                      [this](const std::string&) { gave_up = true; },
                                      [this] { return may_begin.load(); }});
  }

  /// Places `count` orders of one unit at once and waits for all answers.
  std::vector<Result<PlacedOrder>> place(int count) {
    std::mutex mutex;
    std::condition_variable all;
    std::vector<Result<PlacedOrder>> answers;
    for (int i = 0; i < count; ++i) {
      service->place(CustomerId{i + 1}, std::vector<OrderLine>{{product, 1}}, std::nullopt,
                     Reply<PlacedOrder>([&](Result<PlacedOrder> answer) {
                       const std::lock_guard<std::mutex> guard(mutex);
                       answers.push_back(std::move(answer));
                       all.notify_all();
                     }));
    }
    std::unique_lock<std::mutex> lock(mutex);
    const bool answered = all.wait_for(lock, std::chrono::seconds(20),
                                       [&] { return answers.size() == static_cast<std::size_t>(count); });
    BOOST_REQUIRE(answered);
    return answers;
  }

  [[nodiscard]] static int placed(const std::vector<Result<PlacedOrder>>& answers) {
    return static_cast<int>(
        std::count_if(answers.begin(), answers.end(), [](const auto& answer) { return answer.ok(); }));
  }

  [[nodiscard]] bool drained() const {
    return service->drain(std::chrono::steady_clock::now() + std::chrono::seconds(10));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_together, Actors)

BOOST_AUTO_TEST_CASE(orders_of_one_product_share_cycles) {
  catalog.shown = 1'000;
  start();
  BOOST_TEST(placed(place(200)) == 200);
  BOOST_TEST(drained());
  // Far fewer than one GET and one PUT an order: whatever queued up went together.
  BOOST_TEST(catalog.gets < 150);
  BOOST_TEST(catalog.shown == 800);
  BOOST_TEST(database.committed.size() == 200U);
}

BOOST_AUTO_TEST_CASE(ids_go_on_when_a_block_is_used_up) {
  catalog.shown = 1'000;
  start();
  for (int round = 0; round < 6; ++round) BOOST_TEST(placed(place(60)) == 60);  // the store's blocks have 100
  std::set<std::int64_t> ids;
  for (const auto id : database.committed) ids.insert(id.value);
  BOOST_TEST(ids.size() == 360U);
}

BOOST_AUTO_TEST_CASE(an_unanswered_put_is_settled_by_the_next_cycle_before_anybody_is_answered) {
  catalog.puts_to_fail = 3;
  start();
  BOOST_TEST(placed(place(1)) == 1);
  BOOST_TEST(catalog.puts.size() == 4U);
  BOOST_TEST(catalog.shown == 9);
  BOOST_TEST(database.ledger->seq == 4);  // R4: every PUT has a movement of its own
  BOOST_TEST(counters.puts_unanswered == 3U);
}

BOOST_AUTO_TEST_CASE(a_catalog_that_cannot_be_read_fails_the_order_at_once) {
  catalog.get_fails = true;
  start();
  const auto answers = place(2);
  for (const auto& answer : answers) BOOST_TEST((answer.error().code == ErrorCode::catalog_unavailable));
  BOOST_TEST(database.held.empty());
  catalog.get_fails = false;
  BOOST_TEST(placed(place(1)) == 1);
}

BOOST_AUTO_TEST_CASE(orders_that_fail_while_the_catalog_is_down_leave_nothing_behind) {
  settings.catalog.retry_min = std::chrono::milliseconds(50);
  settings.catalog.retry_max = std::chrono::seconds(10);
  catalog.get_fails = true;
  start();
  const auto begun = std::chrono::steady_clock::now();
  for (int round = 0; round < 10; ++round) BOOST_TEST(placed(place(20)) == 0);
  BOOST_TEST(test::eventually([this] { return counters.placements == 0; }));
  // However many orders come, the catalog is asked no more often than its back-off says.
  const auto took = std::chrono::steady_clock::now() - begun;
  const std::lock_guard<std::mutex> guard(catalog.mutex);
  BOOST_TEST(catalog.gets <= 3 + took / std::chrono::milliseconds(50));
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
  BOOST_TEST(test::eventually([this] { return counters.placements == 0; }));
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
  BOOST_TEST(test::eventually([this] {
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

BOOST_AUTO_TEST_CASE(r7_a_cycle_and_an_order_of_unknown_outcome_are_repeated) {
  database.next_record_errors = {{ErrorCode::outcome_unknown, "scripted", {}, {}},
                                 {ErrorCode::storage_unavailable, "still down", {}, {}}};
  database.next_commit_errors = {{ErrorCode::outcome_unknown, "scripted", {}, {}},
                                 {ErrorCode::storage_unavailable, "still down", {}, {}}};
  start();
  BOOST_TEST(placed(place(1)) == 1);
  BOOST_TEST(database.records == 3);
  BOOST_TEST(database.commits == 3);
  BOOST_TEST(counters.commits_unknown == 2U);
}

BOOST_AUTO_TEST_CASE(an_order_that_was_certainly_not_written_gives_its_stock_back) {
  database.next_commit_errors = {{ErrorCode::storage_unavailable, "scripted", {}, {}}};
  start();
  const auto answers = place(1);
  BOOST_TEST((answers.front().error().code == ErrorCode::storage_unavailable));
  BOOST_TEST(drained());
  BOOST_TEST(database.held.empty());
  BOOST_TEST(catalog.shown == 10);
}

BOOST_AUTO_TEST_CASE(one_order_that_cannot_be_written_does_not_take_others_with_it) {
  database.next_commit_errors = {{ErrorCode::internal, "scripted", {}, {}}};
  catalog.shown = 1'000;
  start();
  const auto answers = place(20);
  // Alone in its batch it fails; in company the batch is written one by one, which works.
  BOOST_TEST(placed(answers) >= 19);
  BOOST_TEST(drained());
  BOOST_TEST(catalog.shown == 1'000 - placed(answers));
}

BOOST_AUTO_TEST_CASE(beyond_admission_orders_are_refused_at_once) {
  settings.orders.in_flight_max = 0;
  start();
  const auto answers = place(3);
  for (const auto& answer : answers) BOOST_TEST((answer.error().code == ErrorCode::overloaded));
  BOOST_TEST(database.records == 0);
}

BOOST_AUTO_TEST_CASE(an_actor_that_dies_is_restarted_and_what_it_held_is_answered) {
  start();
  ScriptedStore::reads_throw = true;
  ErrorCode code = ErrorCode::internal;
  std::mutex mutex;
  std::condition_variable all;
  bool answered = false;
  service->find(OrderId{5}, Reply<std::optional<Order>>([&](const Result<std::optional<Order>>& result) {
                  const std::lock_guard<std::mutex> guard(mutex);
                  code = result.ok() ? ErrorCode::internal : result.error().code;
                  answered = true;
                  all.notify_all();
                }));
  {
    std::unique_lock<std::mutex> lock(mutex);
    BOOST_TEST(all.wait_for(lock, std::chrono::seconds(10), [&] { return answered; }));
  }
  BOOST_TEST((code == ErrorCode::lost));
  ScriptedStore::reads_throw = false;
  BOOST_TEST(placed(place(1)) == 1);
  BOOST_TEST(!gave_up);
}

BOOST_AUTO_TEST_CASE(actors_that_die_too_often_end_the_service) {
  start();
  ScriptedStore::reads_throw = true;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!gave_up && std::chrono::steady_clock::now() < end) {
    service->find(OrderId{5}, Reply<std::optional<Order>>([](const Result<std::optional<Order>>&) {}));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ScriptedStore::reads_throw = false;
  BOOST_TEST(gave_up.load());
}

BOOST_AUTO_TEST_CASE(a_deadline_that_passes_leaves_nothing_held) {
  settings.orders.deadline = std::chrono::milliseconds(150);
  catalog.puts_to_fail = 1'000'000;
  start();
  const auto answers = place(1);
  BOOST_TEST((answers.front().error().code == ErrorCode::catalog_unavailable));
  {
    const std::lock_guard<std::mutex> guard(catalog.mutex);
    catalog.puts_to_fail = 0;
  }
  BOOST_TEST(drained());
  BOOST_TEST(database.held.empty());
}

BOOST_AUTO_TEST_CASE(r17_what_is_held_of_a_product_that_has_gone_is_given_up_without_a_put) {
  settings.catalog.gone_after = std::chrono::milliseconds(30);
  catalog.puts_to_fail = 1;
  catalog.meanwhile = [this] { catalog.unknown = true; };
  start();
  BOOST_TEST(!place(1).front().ok());
  BOOST_TEST(drained());
  const std::lock_guard<std::mutex> guard(database.mutex);
  BOOST_TEST(database.held.empty());
  BOOST_TEST(database.ledger->quantity == 0);
  BOOST_TEST(!database.ledger->intended);
  BOOST_TEST(catalog.puts.size() == 1U);
  BOOST_TEST(counters.products_gone == 1U);
}

BOOST_AUTO_TEST_CASE(r17_a_product_that_was_only_denied_now_and_then_is_not_given_up) {
  settings.catalog.gone_after = std::chrono::hours(1);
  catalog.puts_to_fail = 1;
  catalog.meanwhile = [this] { catalog.unknown = true; };
  start();
  BOOST_TEST(!place(1).front().ok());
  {
    const std::lock_guard<std::mutex> guard(catalog.mutex);
    catalog.unknown = false;
  }
  BOOST_TEST(drained());
  BOOST_TEST(database.held.empty());
  BOOST_TEST(catalog.shown == 10);
  BOOST_TEST(counters.products_gone == 0U);
}

BOOST_AUTO_TEST_CASE(r17_a_put_whose_movement_has_become_too_old_is_not_sent) {
  settings.catalog.put_within = std::chrono::milliseconds(40);
  database.record_delays = 1;
  start();
  BOOST_TEST(placed(place(1)) == 1);
  BOOST_TEST(counters.puts_too_late == 1U);
  BOOST_TEST(catalog.puts.size() == 1U);
  BOOST_TEST(database.ledger->seq == 2);  // the one that was not sent, and the one that settles it
}

BOOST_AUTO_TEST_CASE(r15_several_instances_take_turns_at_a_product) {
  settings.cluster.enabled = true;
  database.turns_of_others = 5;
  start();
  BOOST_TEST(placed(place(20)) == 20 - 10);  // there are ten
  BOOST_TEST(drained());
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  const auto turns = [this] {
    const std::lock_guard<std::mutex> guard(database.mutex);
    return database.turns;
  };
  while (turns() > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  BOOST_TEST(turns() == 0);  // each one that was taken has been ended
  BOOST_TEST(database.turns_of_others == 0);
}

BOOST_AUTO_TEST_CASE(r15_no_cycle_begins_while_the_locks_are_lost) {
  start();
  may_begin = false;
  BOOST_TEST((place(1).front().error().code == ErrorCode::storage_unavailable));
  BOOST_TEST(catalog.gets == 0);
  bool writable = true;
  service->check_writable(Reply<Done>([&](const Result<Done>& done) { writable = done.ok(); }));
  BOOST_TEST(!writable);
  ErrorCode changed = ErrorCode::internal;
  service->change_status({}, Reply<Order>([&](const Result<Order>& order) { changed = order.error().code; }));
  BOOST_TEST((changed == ErrorCode::storage_unavailable));
  may_begin = true;
  BOOST_TEST(placed(place(1)) == 1);
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
  database.first_commit_delay = std::chrono::milliseconds(300);
  settings.database.order_writers = 1;
  start();
  std::thread first([this] { BOOST_TEST(placed(place(1)) == 1); });
  const auto committing = [this] {
    const std::lock_guard<std::mutex> guard(database.mutex);
    return database.commits == 1;
  };
  BOOST_TEST(test::eventually(committing));
  {
    const std::lock_guard<std::mutex> guard(database.mutex);
    database.next_commit_errors = {{ErrorCode::outcome_unknown, "scripted", {}, {}},
                                   {ErrorCode::internal, "scripted", {}, {}},
                                   {ErrorCode::storage_unavailable, "scripted", {}, {}},
                                   {ErrorCode::storage_unavailable, "scripted", {}, {}}};
  }
  BOOST_TEST(placed(place(2)) == 2);  // both wait for the first one's commit, and so go together
  first.join();
}

BOOST_AUTO_TEST_SUITE_END()
