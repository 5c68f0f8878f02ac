// What the session says when the server refuses, dies, hangs or is not there, against a real server.
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <thread>

#include "persistence/session.hpp"
#include "tests/persistence/cutting_proxy.hpp"
#include "tests/persistence/prepared_database.hpp"

namespace orders::persistence {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using test::code_of;
using test::CuttingProxy;
using test::PostgresCluster;
using test::value_of;

test::PreparedDatabase& database() {
  static test::PreparedDatabase prepared;
  return prepared;
}

std::size_t one(Session& session) {
  return value_of(session.read([&] { return session.rows<int>("SELECT 1").size(); }));
}

std::string table(const std::string& name) {
  (void)database().ask("CREATE TABLE " + name + " (n integer PRIMARY KEY)");
  return name;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::string count_of(const std::string& name) { return database().ask("SELECT count(*) FROM " + name); }

}  // namespace

BOOST_AUTO_TEST_SUITE(session_failures)

BOOST_AUTO_TEST_CASE(says_that_a_server_is_not_there_without_its_password) {
  auto settings = database().settings(test::free_port());
  settings.password.value = "127.0.0.1";  // what libpq's message is certain to quote
  Session session(settings);
  const auto result = session.read([] { return 1; });
  BOOST_TEST(code_of(result) == ErrorCode::storage_unavailable);
  BOOST_TEST(result.error().detail.find("127.0.0.1") == std::string::npos);
  BOOST_TEST(result.error().detail.find("***") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(asks_a_server_that_is_down_now_and_then_only_and_says_so_in_one_line) {
  auto settings = database().settings(test::free_port());
  settings.reconnect_min = std::chrono::hours(1);
  settings.reconnect_max = std::chrono::hours(1);
  Session session(settings);
  const auto first = session.connect();
  BOOST_TEST(code_of(first) == ErrorCode::storage_unavailable);
  BOOST_TEST(first.error().detail.find('\n') == std::string::npos);
  const auto begun = std::chrono::steady_clock::now();
  for (int n = 0; n < 100'000; ++n) {
    const auto again = session.read([] { return 1; });
    if (again.ok() || again.error().detail != first.error().detail)
      BOOST_FAIL("asked again, or said otherwise");
  }
  BOOST_CHECK(std::chrono::steady_clock::now() - begun <
              std::chrono::seconds(5));  // refused 100,000 times it is more
}

BOOST_AUTO_TEST_CASE(works_again_after_the_server_was_restarted) {
  Session session(database().settings());
  BOOST_TEST(one(session) == 1U);
  auto& cluster = PostgresCluster::shared();
  cluster.stop_immediate();
  BOOST_TEST(code_of(session.read([&] { return session.rows<int>("SELECT 1"); })) ==
             ErrorCode::storage_unavailable);
  BOOST_TEST(code_of(session.write([&] { return session.rows<int>("SELECT 1"); })) ==
             ErrorCode::storage_unavailable);
  cluster.start();
  BOOST_TEST(one(session) == 1U);  // prepared again, for the old statement is gone with its connection
  BOOST_TEST(session.connection() == 2U);
}

BOOST_AUTO_TEST_CASE(does_not_show_a_connection_that_died_between_two_calls) {
  Session session(database().settings());
  const auto name = table("between_calls");
  const auto insert = [&](int n) {
    return session.transact([&] {
      session.rows<>("INSERT INTO between_calls (n) VALUES (:p1::int)", n);
      return Done{};
    });
  };
  value_of(insert(1));
  BOOST_TEST(PostgresCluster::shared().terminate_backends(database().name()) == 1);
  value_of(insert(2));
  BOOST_TEST(PostgresCluster::shared().terminate_backends(database().name()) == 1);
  BOOST_TEST(one(session) == 1U);
  BOOST_TEST(PostgresCluster::shared().terminate_backends(database().name()) == 1);
  value_of(session.write([&] {
    session.rows<>("UPDATE between_calls SET n = n + 10 WHERE n < 10");
    return Done{};
  }));
  BOOST_TEST(database().ask("SELECT string_agg(n::text, ',' ORDER BY n) FROM between_calls") == "11,12");
}

BOOST_AUTO_TEST_CASE(is_certain_when_the_backend_dies_before_the_commit) {
  Session session(database().settings());
  const auto name = table("killed_before");
  const auto result = session.transact([&] {
    session.rows<>("INSERT INTO killed_before (n) VALUES (1)");
    session.rows<int>("SELECT pg_terminate_backend(pg_backend_pid())::int");
    return Done{};
  });
  BOOST_TEST(code_of(result) == ErrorCode::storage_unavailable);
  BOOST_TEST(count_of(name) == "0");
  BOOST_TEST(one(session) == 1U);
}

BOOST_AUTO_TEST_CASE(says_unknown_when_the_backend_dies_within_the_commit) {
  Session session(database().settings());
  const auto name = table("killed_within");
  (void)database().ask(
      "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';"
      "CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON killed_within DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION die()");
  const auto result = session.transact([&] {
    session.rows<>("INSERT INTO killed_within (n) VALUES (1)");
    return Done{};
  });
  BOOST_TEST(code_of(result) == ErrorCode::outcome_unknown);
  BOOST_TEST(count_of(name) == "0");
  BOOST_TEST(one(session) == 1U);
}

BOOST_AUTO_TEST_CASE(says_unknown_when_the_connection_is_lost_around_the_commit_whichever_way_it_went) {
  CuttingProxy proxy(PostgresCluster::shared().port());
  Session session(database().settings(proxy.port()));
  const auto name = table("cut_around");
  const auto insert = [&](int n) {
    return session.transact([&] {
      session.rows<>("INSERT INTO cut_around (n) VALUES (:p1::int)", n);
      return Done{};
    });
  };
  proxy.cut("COMMIT", CuttingProxy::Moment::before_sending);
  BOOST_TEST(code_of(insert(1)) == ErrorCode::outcome_unknown);
  BOOST_TEST(count_of(name) == "0");
  proxy.cut("COMMIT", CuttingProxy::Moment::before_answering);
  BOOST_TEST(code_of(insert(1)) == ErrorCode::outcome_unknown);
  BOOST_TEST(count_of(name) == "1");
  BOOST_TEST(proxy.cuts() == 2);
  BOOST_TEST(code_of(insert(1)) == ErrorCode::internal);  // refused: it is there
}

BOOST_AUTO_TEST_CASE(says_unknown_when_a_single_write_is_lost_twice) {
  CuttingProxy proxy(PostgresCluster::shared().port());
  Session session(database().settings(proxy.port()));
  BOOST_TEST(one(session) == 1U);  // so the first loss may be an old one
  const auto result = session.write([&] {
    proxy.cut("SELECT 42", CuttingProxy::Moment::before_answering);  // each time it runs
    return session.rows<int>("SELECT 42").size();
  });
  BOOST_TEST(code_of(result) == ErrorCode::outcome_unknown);
  BOOST_TEST(proxy.cuts() == 2);
}

BOOST_AUTO_TEST_CASE(repeats_a_deadlock_until_both_are_through) {
  const auto name = table("deadlocked");
  (void)database().ask("INSERT INTO deadlocked VALUES (1), (2)");
  std::atomic<int> locked{0};
  const auto lock_both = [&](int first, int second) {
    Session session(database().settings());
    bool waited = false;
    return session.transact([&] {
      session.rows<int>("SELECT n FROM deadlocked WHERE n = :p1::int FOR UPDATE", first);
      if (!std::exchange(waited, true)) {
        ++locked;
        while (locked < 2)
          std::this_thread::yield();  // both have their first row: now each wants the other's
      }
      session.rows<int>("SELECT n FROM deadlocked WHERE n = :p1::int FOR UPDATE", second);
      return Done{};
    });
  };
  bool other = false;
  std::thread thread([&] { other = lock_both(2, 1).ok(); });
  const bool mine = lock_both(1, 2).ok();
  thread.join();
  BOOST_TEST(mine);
  BOOST_TEST(other);
}

BOOST_AUTO_TEST_CASE(gives_up_on_a_lock_and_says_that_nothing_was_written) {
  auto settings = database().settings();
  settings.statement_timeout = milliseconds(400);
  const auto name = table("locked_long");
  (void)database().ask("INSERT INTO locked_long VALUES (1)");
  Session holder(database().settings());
  Session waiter(settings);
  value_of(holder.transact([&] {
    holder.rows<int>("SELECT n FROM locked_long FOR UPDATE");
    const auto lock =
        waiter.transact([&] { return waiter.rows<int>("SELECT n FROM locked_long FOR UPDATE").size(); });
    BOOST_TEST(code_of(lock) == ErrorCode::storage_unavailable);
    const auto slow = waiter.transact([&] { return waiter.rows<int>("SELECT 1 FROM pg_sleep(30)").size(); });
    BOOST_TEST(code_of(slow) == ErrorCode::storage_unavailable);
    return Done{};
  }));
  BOOST_TEST(waiter.connection() == 1U);  // neither cost the connection
}

BOOST_AUTO_TEST_CASE(ends_a_call_to_a_frozen_backend_in_time) {
  auto settings = database().settings();
  settings.statement_timeout = milliseconds(300);
  Session session(settings);
  const auto backend = value_of(session.read(
      [&] { return std::get<0>(session.rows<int>("SELECT pg_backend_pid() /* frozen */").at(0)); }));
  BOOST_REQUIRE_EQUAL(::kill(backend, SIGSTOP), 0);
  const auto begin = steady_clock::now();
  const auto result = session.transact([&] { return session.rows<int>("SELECT 1").size(); });
  const auto took = steady_clock::now() - begin;
  BOOST_TEST(code_of(result) == ErrorCode::storage_unavailable);
  BOOST_TEST((took >= milliseconds(1'000)));
  BOOST_TEST((took < seconds(4)));
  BOOST_TEST(one(session) == 1U);  // on a new connection
  BOOST_REQUIRE_EQUAL(::kill(backend, SIGCONT), 0);
}

// As of a proxy whose server is gone.
BOOST_AUTO_TEST_CASE(keeps_no_connection_that_takes_no_statements) {
  CuttingProxy proxy(PostgresCluster::shared().port());
  auto settings = database().settings(proxy.port());
  settings.reconnect_min = settings.reconnect_max = milliseconds(1);
  Session session(settings);
  BOOST_TEST(one(session) == 1U);
  (void)PostgresCluster::shared().terminate_backends(database().name());
  const auto before = open_descriptors();
  for (int tries = 1; tries <= 5; ++tries) {
    proxy.cut("SET ", CuttingProxy::Moment::before_sending);
    BOOST_TEST(code_of(session.read([&] { return session.rows<int>("SELECT 1"); })) ==
               ErrorCode::storage_unavailable);
    BOOST_TEST(proxy.cuts() == tries);
    std::this_thread::sleep_for(milliseconds(5));  // until it may try again
  }
  BOOST_TEST(open_descriptors() <= before);
  BOOST_TEST(one(session) == 1U);
}

BOOST_AUTO_TEST_CASE(connects_in_time_or_not_at_all_to_a_server_that_says_nothing) {
  CuttingProxy proxy(PostgresCluster::shared().port());
  auto settings = database().settings(proxy.port());
  settings.statement_timeout = milliseconds(300);
  settings.reconnect_min = settings.reconnect_max = milliseconds(1);
  Session session(settings);
  proxy.cut("SET ", CuttingProxy::Moment::never_answering);
  const auto begin = steady_clock::now();
  BOOST_TEST(code_of(session.connect()) == ErrorCode::storage_unavailable);
  BOOST_TEST((steady_clock::now() - begin < seconds(10)));
  std::this_thread::sleep_for(milliseconds(5));  // until it may try again
  BOOST_TEST(session.connect().ok());
}

BOOST_AUTO_TEST_CASE(can_be_closed_while_its_backend_is_frozen) {
  auto settings = database().settings();
  settings.statement_timeout = milliseconds(300);
  int backend = 0;
  const auto begin = steady_clock::now();
  {
    Session session(settings);
    backend = value_of(
        session.read([&] { return std::get<0>(session.rows<int>("SELECT pg_backend_pid()").at(0)); }));
    BOOST_REQUIRE_EQUAL(::kill(backend, SIGSTOP), 0);
  }
  BOOST_TEST((steady_clock::now() - begin < seconds(4)));
  BOOST_REQUIRE_EQUAL(::kill(backend, SIGCONT), 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
