#include "persistence/connection_settings.hpp"

#include <boost/test/unit_test.hpp>

namespace orders::persistence {

namespace {

config::Database with_url(const std::string& url) {
  config::Database settings;
  settings.url = url;
  return settings;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(connection_settings)

BOOST_AUTO_TEST_CASE(merges_password_timeouts_and_keepalives_into_a_url) {
  auto settings = with_url("postgresql://sam@db:5433/shop?connect_timeout=9");
  settings.password.value = R"(it's a \ secret)";
  const auto text = connection_string(settings);
  BOOST_REQUIRE(text.ok());
  for (const auto* part : {"host='db'", "port='5433'", "user='sam'", "dbname='shop'", "connect_timeout='9'",
                           R"(password='it\'s a \\ secret')", "tcp_user_timeout='6000'",
                           "keepalives_idle='5'", "application_name='orderd'", "client_encoding='UTF8'"}) {
    BOOST_TEST(has(text.value(), part), part << " is missing in " << text.value());
  }
}

BOOST_AUTO_TEST_CASE(understands_key_value_pairs_and_prefers_the_secret_to_the_password_in_them) {
  auto settings = with_url("host=/run/postgres dbname=shop password=old");
  settings.password.value = "new";
  settings.connect_timeout = std::chrono::milliseconds(2'001);
  const auto text = connection_string(settings);
  BOOST_REQUIRE(text.ok());
  BOOST_TEST(has(text.value(), "password='new'"));
  BOOST_TEST(!has(text.value(), "old"));
  BOOST_TEST(has(text.value(), "connect_timeout='3'"));
}

BOOST_AUTO_TEST_CASE(refuses_a_url_it_cannot_read_without_quoting_it) {
  const auto text = connection_string(with_url("password=hush hush"));
  BOOST_REQUIRE(!text.ok());
  BOOST_TEST((text.error().code == ErrorCode::internal));
  BOOST_TEST(!has(text.error().detail, "hush"));
  BOOST_TEST(!connection_string(with_url("")).ok());
}

BOOST_AUTO_TEST_CASE(takes_the_password_out_of_a_text_wherever_it_came_from) {
  auto settings = with_url("postgresql://sam:hush@db/shop");
  BOOST_TEST(without_password("hush, it is hush", settings) == "***, it is ***");
  settings.password.value = "quiet";
  BOOST_TEST(without_password("quiet!", settings) == "***!");
  BOOST_TEST(without_password("nothing to hide", with_url("dbname=shop")) == "nothing to hide");
}

BOOST_AUTO_TEST_CASE(lets_the_server_time_out_before_the_watchdog) {
  config::Database settings;
  settings.statement_timeout = std::chrono::milliseconds(300);
  BOOST_TEST((round_trip_limit(settings) > settings.statement_timeout));
  BOOST_TEST(has(session_settings(settings, Access::by_key), "statement_timeout = 300"));
  BOOST_TEST(has(session_settings(settings, Access::by_key), "synchronous_commit = on"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
