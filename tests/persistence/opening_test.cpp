// Opening the database while its server is not there yet, goes away half way, or never comes.
#include "persistence/opening.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "tests/persistence/cutting_proxy.hpp"
#include "tests/persistence/prepared_database.hpp"

namespace orders::persistence {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::code_of;
using test::CuttingProxy;
using test::PostgresCluster;
using test::value_of;

bool never() { return false; }
steady_clock::time_point in_half_a_minute() { return steady_clock::now() + std::chrono::seconds(30); }

struct EmptyDatabase {
  const std::string name = PostgresCluster::shared().create_database();
  [[nodiscard]] std::string ask(const std::string& sql) const {
    return PostgresCluster::shared().execute(sql, name);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(opening, EmptyDatabase)

BOOST_AUTO_TEST_CASE(waits_for_a_server_that_is_not_there_yet) {
  auto& cluster = PostgresCluster::shared();
  cluster.stop_immediate();
  std::atomic<bool> asked{false};
  std::thread starter([&] {
    while (!asked) std::this_thread::yield();
    cluster.start();
  });
  const auto stop = [&] {
    asked = true;
    return false;
  };
  const auto opened = open_database(test::settings_for(name), false, stop, in_half_a_minute());
  starter.join();
  BOOST_REQUIRE(opened.ok());
  BOOST_TEST(ask("SELECT count(*) FROM orders") == "0");
}

BOOST_AUTO_TEST_CASE(begins_again_when_the_connection_is_lost_half_way) {
  CuttingProxy proxy(PostgresCluster::shared().port());
  int cuts = 0;
  for (const auto* word : {"pg_advisory_xact_lock", "CREATE TABLE IF NOT EXISTS orders ", "COMMIT",
                           "instance_epochs'", "pg_try_advisory_lock"}) {
    for (const auto moment : {CuttingProxy::Moment::before_sending, CuttingProxy::Moment::before_answering}) {
      BOOST_TEST_CONTEXT(word << (moment == CuttingProxy::Moment::before_sending ? ", before" : ", after")) {
        const auto fresh = PostgresCluster::shared().create_database();
        proxy.cut(word, moment);
        const auto opened = value_of(
            open_database(test::settings_for(fresh, proxy.port()), false, never, in_half_a_minute()));
        BOOST_TEST(proxy.cuts() == ++cuts);
        BOOST_TEST(opened->locked());
        BOOST_TEST(PostgresCluster::shared().execute("SELECT count(*) FROM orders", fresh) == "0");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_another_instance_to_leave_the_database) {
  const auto owner = value_of(open_database(test::settings_for(name), false, never, in_half_a_minute()));
  BOOST_TEST(code_of(open_database(test::settings_for(name), false, never,
                                   steady_clock::now() + std::chrono::hours(1))) == ErrorCode::internal);
}

BOOST_AUTO_TEST_CASE(stops_waiting_at_its_deadline_or_when_told) {
  auto nowhere = test::settings_for("none", test::free_port());
  const auto much_later = steady_clock::now() + std::chrono::hours(1);
  BOOST_TEST(code_of(open_database(nowhere, false, never, steady_clock::now() + milliseconds(100))) ==
             ErrorCode::storage_unavailable);
  int questions = 0;
  const auto soon = [&] { return ++questions > 3; };
  BOOST_TEST(code_of(open_database(nowhere, false, soon, much_later)) == ErrorCode::shutting_down);
  nowhere.url = "host=127.0.0.1 port=99999";
  BOOST_TEST(code_of(open_database(nowhere, false, never, much_later)) == ErrorCode::internal);
  nowhere.url = "what is this";
  BOOST_TEST(code_of(open_database(nowhere, false, never, much_later)) == ErrorCode::internal);
}

BOOST_AUTO_TEST_CASE(does_not_wait_where_it_is_refused_but_for_a_database_that_may_be_created) {
  const auto much_later = steady_clock::now() + std::chrono::hours(1);
  auto stranger = test::settings_for(name);
  stranger.url = "host=127.0.0.1 user=nobody_knows_me dbname=" + name +
                 " port=" + std::to_string(PostgresCluster::shared().port());
  const auto refused = open_database(stranger, false, never, much_later);
  BOOST_TEST(code_of(refused) != ErrorCode::shutting_down);
  BOOST_TEST(refused.error().detail.find("nobody_knows_me") != std::string::npos);

  const auto missing = open_database(test::settings_for("not_created_yet"), false, never,
                                     steady_clock::now() + milliseconds(200));
  BOOST_TEST(code_of(missing) == ErrorCode::storage_unavailable);
  BOOST_TEST(missing.error().detail.find("\"not_created_yet\" does not exist") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
