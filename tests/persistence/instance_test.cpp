// Epochs and locks of instances, on a real server.
#include "persistence/instance.hpp"

#include <atomic>
#include <chrono>
#include <string>

#include "persistence/advisory_locks.hpp"
#include "persistence/session.hpp"
#include "tests/persistence/prepared_database.hpp"
#include "tests/support/eventually.hpp"

namespace orders::persistence {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::code_of;
using test::eventually;
using test::PostgresCluster;
using test::value_of;

test::PreparedDatabase& database() {
  static test::PreparedDatabase prepared;
  return prepared;
}

std::string epoch_locks(std::int64_t epoch) {
  return database().ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = " +
                        std::to_string(epoch));
}

constexpr milliseconds impatient{100};

}  // namespace

BOOST_AUTO_TEST_SUITE(instance)

BOOST_AUTO_TEST_CASE(gets_a_new_epoch_with_every_start) {
  std::int64_t last = 0;
  for (int start = 0; start < 3; ++start) {
    const auto one = value_of(Instance::start(database().settings(), false));
    BOOST_TEST(one->epoch() > last);
    BOOST_TEST(one->locked());
    last = one->epoch();
    BOOST_TEST(epoch_locks(last) == "1");
  }
  BOOST_TEST(epoch_locks(last) == "0");  // free as soon as it is gone
}

BOOST_AUTO_TEST_CASE(refuses_a_second_one_and_says_what_to_do) {
  const auto first = value_of(Instance::start(database().settings(), false));
  const auto second = Instance::start(database().settings(), false, impatient);
  BOOST_TEST(code_of(second) == ErrorCode::internal);
  BOOST_TEST(second.error().detail.find("cluster.enabled") != std::string::npos);
  const auto third = Instance::start(database().settings(), true, impatient);
  BOOST_TEST(code_of(third) == ErrorCode::internal);
  BOOST_TEST(first->locked());
}

BOOST_AUTO_TEST_CASE(lets_several_share_a_database_but_none_alone_among_them) {
  const auto first = value_of(Instance::start(database().settings(), true));
  const auto second = value_of(Instance::start(database().settings(), true));
  BOOST_TEST(first->epoch() != second->epoch());
  BOOST_TEST(code_of(Instance::start(database().settings(), false, impatient)) == ErrorCode::internal);
}

BOOST_AUTO_TEST_CASE(waits_for_a_predecessor_that_is_about_to_go) {
  auto first = value_of(Instance::start(database().settings(), false));
  const auto next = std::to_string(first->epoch() + 1);
  std::thread leaver([&] {
    // The second has its epoch, so it is asking for the lock.
    (void)eventually([&] { return database().ask("SELECT last_value FROM instance_epochs") == next; });
    first.reset();
  });
  const auto second = Instance::start(database().settings(), false, seconds(20));
  leaver.join();
  BOOST_TEST(second.ok());
}

BOOST_AUTO_TEST_CASE(takes_its_locks_again_when_the_connection_was_lost) {
  const auto one = value_of(Instance::start(database().settings(), false));
  BOOST_TEST(PostgresCluster::shared().terminate_backends(database().name()) == 1);
  BOOST_TEST(eventually([&] { return epoch_locks(one->epoch()) == "1"; }));
  BOOST_TEST(code_of(Instance::start(database().settings(), false, impatient)) == ErrorCode::internal);
}

BOOST_AUTO_TEST_CASE(knows_that_its_locks_are_lost_until_the_server_is_back) {
  const auto one = value_of(Instance::start(database().settings(), false));
  PostgresCluster::shared().stop_immediate();
  BOOST_TEST(eventually([&] { return !one->locked(); }));
  PostgresCluster::shared().start();
  BOOST_TEST(eventually([&] { return one->locked(); }));
  BOOST_TEST(epoch_locks(one->epoch()) == "1");
}

BOOST_AUTO_TEST_CASE(stays_unlocked_while_another_one_was_quicker) {
  const auto one = value_of(Instance::start(database().settings(), false));
  std::atomic<int> superseded{0};
  one->when_superseded(milliseconds(50), [&](const std::string&) { ++superseded; });
  // As if its connection had died: one session kills it and has the instance's lock in the same breath.
  Session other(database().settings());
  value_of(other.write([&] {
    return other
        .rows<int>(
            "WITH gone AS (SELECT pg_terminate_backend(pid, 5000) AS ok FROM pg_locks WHERE locktype = "
            "'advisory' "
            "AND objid = :p1::bigint) SELECT 1 FROM gone, pg_advisory_lock(:p2::int, :p3::int) WHERE ok",
            one->epoch(), advisory_class, instance_lock)
        .size();
  }));
  BOOST_TEST(eventually([&] { return !one->locked(); }));
  // What it holds is still its own, and it says that it can't go on.
  BOOST_TEST(eventually([&] { return epoch_locks(one->epoch()) == "1"; }));
  BOOST_TEST(eventually([&] { return superseded > 0; }));
  value_of(other.write([&] {
    other.script("SELECT pg_advisory_unlock_all()");
    return Done{};
  }));
  BOOST_TEST(eventually([&] { return one->locked(); }));
  BOOST_TEST(superseded == 1);
}

BOOST_AUTO_TEST_CASE(says_when_the_database_is_not_there) {
  auto settings = database().settings(test::free_port());
  BOOST_TEST(code_of(Instance::start(settings, false, impatient)) == ErrorCode::storage_unavailable);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
