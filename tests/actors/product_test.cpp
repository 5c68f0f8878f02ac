// The actors together, from a client's order to its answer, with scripted ports: what coalesces, what is
// repeated, what is answered when something dies.
#include <set>
#include <thread>

#include "tests/actors/actors_together.hpp"

using namespace orders;
using namespace orders::test;

namespace {

struct Products : Actors {
  /// The catalog has version ETags, and they are used.
  void use_versions() {
    settings.catalog.version_etags = true;
    catalog.versioned = true;
  }
  /// With several instances: whether the turn that was taken is ended, too.
  bool turn_ends() {
    return eventually([this] {
      const std::lock_guard<std::mutex> guard(database.mutex);
      return !database.our_turn;
    });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_together, Products)

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

BOOST_AUTO_TEST_CASE(with_version_etags_a_refused_put_goes_on_top_of_what_others_wrote) {
  use_versions();
  catalog.others_write_before = 3;
  catalog.others_take = 2;
  start();
  BOOST_TEST(placed(place(1)) == 1);
  BOOST_TEST(catalog.shown == 3);  // 10, less three times 2, less 1
  BOOST_TEST((catalog.puts == std::vector<std::int32_t>{9, 7, 5, 3}));
  BOOST_TEST(database.ledger->quantity == 3);
  BOOST_TEST(counters.puts_refused == 3U);
  BOOST_TEST(counters.foreign_edits == 3U);
  BOOST_TEST(counters.puts_unanswered == 0U);
}

BOOST_AUTO_TEST_CASE(with_version_etags_what_others_were_faster_to_take_is_refused) {
  use_versions();
  catalog.shown = 3;
  catalog.others_write_before = 1;
  catalog.others_take = 2;
  start();
  BOOST_TEST(placed(place(3)) == 1);
  BOOST_TEST(drained());
  BOOST_TEST(catalog.shown == 0);
  BOOST_TEST(database.ledger->quantity == 0);
}

BOOST_AUTO_TEST_CASE(with_version_etags_no_other_put_is_certain_to_be_void) {
  use_versions();
  catalog.puts_to_fail = 1;
  catalog.meanwhile = [this] {  // the PUT that was not answered is applied, and then others write
    catalog.shown = 9 - 4;
    ++catalog.version;
  };
  start();
  BOOST_TEST(placed(place(1)) == 1);
  // Nobody can tell whether 5 has the order's unit in it: it is taken off once more, never too little.
  BOOST_TEST((catalog.puts == std::vector<std::int32_t>{9, 4}));
  BOOST_TEST(counters.foreign_edits == 1U);
}

BOOST_AUTO_TEST_CASE(with_version_etags_a_turn_ends_only_when_others_can_tell_how_things_stand) {
  use_versions();
  settings.cluster.enabled = true;
  catalog.others_write_before = 2;
  catalog.others_take = 1;
  start();
  BOOST_TEST(placed(place(1)) == 1);
  BOOST_TEST(placed(place(1)) == 1);
  BOOST_TEST(drained());
  BOOST_TEST(catalog.shown == 6);
  BOOST_TEST(counters.puts_refused == 2U);
  BOOST_TEST(turn_ends());
  BOOST_TEST(database.turns_ended_unmarked == 0);
}

BOOST_AUTO_TEST_CASE(with_version_etags_a_turn_is_not_kept_while_the_catalog_is_gone) {
  use_versions();
  settings.cluster.enabled = true;
  catalog.others_write_before = 1;
  catalog.others_take = 3;
  catalog.meanwhile = [this] { catalog.get_fails = true; };
  start();
  BOOST_TEST(placed(place(1)) == 0);
  BOOST_TEST(turn_ends());
  {
    const std::lock_guard<std::mutex> guard(catalog.mutex);
    catalog.get_fails = false;
    catalog.meanwhile = nullptr;
  }
  BOOST_TEST(drained());
  BOOST_TEST(placed(place(1)) == 1);
  BOOST_TEST(eventually([this] {
    const std::lock_guard<std::mutex> guard(catalog.mutex);
    return catalog.shown == 6;  // the unit of the first order came back
  }));
}

BOOST_AUTO_TEST_CASE(with_version_etags_an_answered_put_is_recorded_at_once) {
  use_versions();
  start();
  BOOST_TEST(placed(place(1)) == 1);
  const auto begun = std::chrono::steady_clock::now();
  BOOST_TEST(eventually([this] {
    const std::lock_guard<std::mutex> guard(database.mutex);
    return !database.ledger->intended;
  }));
  BOOST_TEST((std::chrono::steady_clock::now() - begun < std::chrono::milliseconds(900)));
}

BOOST_AUTO_TEST_CASE(without_the_setting_etags_mean_nothing) {
  catalog.versioned = true;
  catalog.others_write_before = 1;
  catalog.others_take = 2;
  start();
  BOOST_TEST(placed(place(1)) == 1);
  BOOST_TEST((catalog.puts == std::vector<std::int32_t>{9}));
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
  BOOST_TEST(turn_ends());
  BOOST_TEST(database.turns_of_others == 0);
}

BOOST_AUTO_TEST_CASE(r15_a_cycle_that_must_begin_again_ends_when_the_locks_are_lost_meanwhile) {
  start();
  BOOST_TEST(placed(place(1)) == 1);
  BOOST_TEST(drained());
  {
    const std::lock_guard<std::mutex> guard(database.mutex);
    ++database.ledger->seq;  // somebody else had a cycle: ours is stale
  }
  begins_left = 2;  // for taking the order, and for its first cycle
  const auto answers = place(1);
  BOOST_REQUIRE(!answers.front().ok());
  BOOST_TEST((answers.front().error().code == ErrorCode::storage_unavailable));
  begins_left = 1'000'000;
  BOOST_TEST(placed(place(1)) == 1);
  BOOST_TEST(drained());
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

BOOST_AUTO_TEST_SUITE_END()
