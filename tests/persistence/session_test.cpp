// The traps of SOCI 4.0.3 that the session is there to avoid, against a real server.
#include "persistence/session.hpp"

#include <stdexcept>

#include "persistence/sql_array.hpp"
#include "tests/persistence/prepared_database.hpp"

namespace orders::persistence {

namespace {

using test::code_of;
using test::value_of;

test::PreparedDatabase& database() {
  static test::PreparedDatabase prepared;
  return prepared;
}

std::string array_of(std::initializer_list<std::int64_t> values) {
  SqlArray array;
  for (const auto value : values) array.add(value);
  return array.text();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session)

BOOST_AUTO_TEST_CASE(sends_new_values_each_time_a_statement_is_used_again) {
  Session session(database().settings());
  const auto total = [&](const std::string& array) {
    return value_of(session.read([&] {
      const auto rows =
          session.rows<std::int64_t>("SELECT sum(v)::bigint FROM unnest(:p1::bigint[]) AS u (v)", array);
      return std::get<0>(rows.at(0));
    }));
  };
  BOOST_TEST(total(array_of({1, 1, 1})) == 3);
  BOOST_TEST(total(array_of({2, 2, 2, 2})) == 8);
  BOOST_TEST(total(array_of({7, 8})) == 15);
}

BOOST_AUTO_TEST_CASE(returns_any_number_of_rows_also_after_an_empty_result) {
  Session session(database().settings());
  const auto count = [&](std::int64_t wanted) {
    return value_of(session.read([&] {
      const auto rows = session.rows<std::int64_t, std::string>(
          "SELECT n, 'row ' || n FROM generate_series(1, :p1::bigint) AS s (n) ORDER BY n", wanted);
      std::int64_t expected = 0;
      for (const auto& [n, text] : rows) {
        ++expected;
        if (n != expected || text != "row " + std::to_string(n)) throw std::runtime_error("a wrong row");
      }
      return rows.size();
    }));
  };
  for (const std::int64_t wanted : {0, 1, 0, 255, 256, 257, 512, 0, 1'000, 3}) {
    BOOST_TEST(count(wanted) == static_cast<std::size_t>(wanted));
  }
}

BOOST_AUTO_TEST_CASE(brings_texts_and_large_numbers_through_unchanged) {
  Session session(database().settings());
  const std::string odd = "it's \"odd\" \\ :p2 :x $1 {,} \xE2\x82\xAC \xF0\x9F\x92\xA9 E'\\'";
  const std::int64_t large = 9'007'199'254'740'993;
  SqlArray array;
  array.add(odd);
  const auto rows = value_of(session.read([&] {
    return session.rows<std::string, std::string, std::int64_t>(
        "SELECT :p1::text, (:p2::text[])[1], :p3::bigint", odd, array.text(), large);
  }));
  BOOST_REQUIRE_EQUAL(rows.size(), 1U);
  BOOST_TEST(std::get<0>(rows[0]) == odd);
  BOOST_TEST(std::get<1>(rows[0]) == odd);
  BOOST_TEST(std::get<2>(rows[0]) == large);
}

BOOST_AUTO_TEST_CASE(refuses_a_parameter_the_statement_does_not_name) {
  Session session(database().settings());
  BOOST_TEST(code_of(session.read([&] { return session.rows<int>("SELECT 1", 5); })) == ErrorCode::internal);
  BOOST_TEST(code_of(session.read([&] { return session.rows<int>("SELECT :p2::int", 5); })) ==
             ErrorCode::internal);
}

BOOST_AUTO_TEST_CASE(refuses_a_text_with_a_nul_instead_of_cutting_it_off) {
  Session session(database().settings());
  const std::string text("a\0b", 3);
  BOOST_TEST(code_of(session.read([&] { return session.rows<std::string>("SELECT :p1::text", text); })) ==
             ErrorCode::internal);
}

BOOST_AUTO_TEST_CASE(turns_a_null_into_an_error_and_stays_usable) {
  Session session(database().settings());
  BOOST_TEST(code_of(session.read([&] { return session.rows<int>("SELECT NULL::int"); })) ==
             ErrorCode::internal);
  BOOST_TEST(code_of(session.transact([&] { return session.rows<int>("SELECT NULL::int").size(); })) ==
             ErrorCode::internal);
  BOOST_TEST(session.connected());
  BOOST_TEST(value_of(session.read([&] { return session.rows<int>("SELECT 1").size(); })) == 1U);
}

BOOST_AUTO_TEST_CASE(never_takes_the_commit_of_a_failed_transaction_for_success) {
  Session session(database().settings());
  (void)database().ask("CREATE TABLE IF NOT EXISTS kept (n integer)");
  const auto result = session.transact([&] {
    session.rows<>("INSERT INTO kept (n) VALUES (1)");
    try {
      session.rows<int>("SELECT 1 / 0");
    } catch (const std::exception&) {  // a body must not do this; if one does, nobody may believe its COMMIT
    }
    return 1;
  });
  BOOST_TEST(code_of(result) == ErrorCode::internal);
  BOOST_TEST(database().ask("SELECT count(*) FROM kept") == "0");
  BOOST_TEST(value_of(session.read([&] { return session.rows<int>("SELECT 1").size(); })) == 1U);
}

BOOST_AUTO_TEST_CASE(rolls_back_what_a_body_throws_in_and_lets_nothing_out) {
  Session session(database().settings());
  (void)database().ask("CREATE TABLE thrown (n integer)");
  const auto insert_and = [&](auto fail) {
    return session.transact([&]() -> int {
      session.rows<>("INSERT INTO thrown (n) VALUES (1)");
      fail();
      return 1;
    });
  };
  BOOST_TEST(code_of(insert_and([] { throw std::runtime_error("no"); })) == ErrorCode::internal);
  BOOST_TEST(code_of(insert_and([] { throw 5; })) == ErrorCode::internal);
  BOOST_TEST(code_of(insert_and([&] { session.rows<int>("SELECT nothing FROM nowhere"); })) ==
             ErrorCode::internal);
  BOOST_TEST(database().ask("SELECT count(*) FROM thrown") == "0");
}

BOOST_AUTO_TEST_CASE(rolls_back_when_there_is_nothing_to_commit_and_commits_the_next) {
  Session session(database().settings());
  (void)database().ask("CREATE TABLE optional (n integer)");
  for (const bool keep : {false, true}) {
    value_of(session.transact([&] {
      session.rows<>("INSERT INTO optional (n) VALUES (:p1::int)", keep ? 2 : 1);
      if (!keep) session.nothing_to_commit();
      return Done{};
    }));
  }
  BOOST_TEST(database().ask("SELECT n FROM optional") == "2");
}

BOOST_AUTO_TEST_CASE(sets_what_the_protocol_relies_on_whatever_the_database_says) {
  test::PreparedDatabase lax;
  (void)lax.ask("ALTER DATABASE " + lax.name() + " SET synchronous_commit = off");
  (void)lax.ask("ALTER DATABASE " + lax.name() + " SET default_transaction_isolation = serializable");
  auto settings = lax.settings();
  settings.statement_timeout = std::chrono::milliseconds(10'000);
  Session session(settings);
  const auto setting = [&](const char* sql) {
    return value_of(session.transact([&] { return std::get<0>(session.rows<std::string>(sql).at(0)); }));
  };
  BOOST_TEST(setting("SHOW synchronous_commit") == "on");
  BOOST_TEST(setting("SHOW transaction_isolation") == "read committed");
  BOOST_TEST(setting("SHOW statement_timeout") == "10s");
  BOOST_TEST(setting("SHOW lock_timeout") == "5s");
  BOOST_TEST(setting("SHOW idle_in_transaction_session_timeout") == "10s");
  BOOST_TEST(setting("SHOW application_name") == "orderd");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
