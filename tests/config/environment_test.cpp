#include "config/environment.hpp"

#include <cstdlib>

#include <boost/test/unit_test.hpp>

#include "config/settings.hpp"
#include "tests/config/support.hpp"

namespace orders::config::test {

BOOST_AUTO_TEST_SUITE(environment)

BOOST_AUTO_TEST_CASE(overrides_the_file) {
  const auto loaded = load_text("http:\n  port: 1\n  threads: 3\n", {{"ORDERD_HTTP__PORT", "8081"}});
  BOOST_TEST(errors_of(loaded) == "");
  BOOST_TEST(loaded.config.http.port == 8081);
  BOOST_TEST(loaded.config.http.threads == 3U);
}

BOOST_AUTO_TEST_CASE(sets_lists_and_steps) {
  const auto loaded = load(std::nullopt, {{"ORDERD_ORDERS__RESTOCK_ON", "Void, On hold"},
                                          {"ORDERD_ORDERS__TRANSITIONS", "Ordered=Shipped, Void; Shipped="}});
  BOOST_TEST(errors_of(loaded) == "");
  const auto& orders = loaded.config.orders;
  BOOST_TEST((orders.restock_on == std::set<std::string>{"Void", "On hold"}));
  BOOST_TEST(orders.transitions.size() == 2U);
  BOOST_TEST((orders.transitions.at("Ordered") == std::set<std::string>{"Shipped", "Void"}));
  BOOST_TEST(orders.transitions.at("Shipped").empty());
  BOOST_TEST(load(std::nullopt, {{"ORDERD_ORDERS__RESTOCK_ON", ""}}).config.orders.restock_on.empty());
}

BOOST_AUTO_TEST_CASE(names_the_variable_that_is_wrong) {
  BOOST_TEST(
      errors_of(load(std::nullopt, {{"ORDERD_HTTP__PORT", "-1"}})) ==
      "environment: ORDERD_HTTP__PORT: http.port: must be a whole number from 0 to 65535, not \"-1\"\n");
  BOOST_TEST(
      contains(errors_of(load(std::nullopt, {{"ORDERD_ORDERS__TRANSITIONS", "Ordered"}})),
               "environment: ORDERD_ORDERS__TRANSITIONS: orders.transitions: must be lists of statuses"));
  BOOST_TEST(
      contains(errors_of(load(std::nullopt, {{"ORDERD_ORDERS__RESTOCK_ON", "A,,B"}})), "an empty status"));
  BOOST_TEST(contains(errors_of(load(std::nullopt, {{"ORDERD_HTTP__HOST", "\xFF"}})), "must be UTF-8"));
}

BOOST_AUTO_TEST_CASE(a_rule_between_settings_is_reported_where_the_value_was_set) {
  const auto errors = errors_in("database: {reconnect_max: 1s}", {{"ORDERD_DATABASE__RECONNECT_MIN", "2s"}});
  BOOST_TEST(contains(
      errors, "environment: ORDERD_DATABASE__RECONNECT_MIN: database.reconnect_min: must not be more"));
  BOOST_TEST(
      contains(errors_in("http:\n  handler_timeout: 1s\n"), "FILE:2: orders.deadline: must be less than"));
}

BOOST_AUTO_TEST_CASE(a_good_variable_mends_a_bad_value_in_the_rules_but_not_in_the_file) {
  const auto errors =
      errors_in("database:\n  reconnect_max: 8\n",
                {{"ORDERD_DATABASE__RECONNECT_MAX", "1s"}, {"ORDERD_DATABASE__RECONNECT_MIN", "2s"}});
  BOOST_TEST(contains(errors, "FILE:2: database.reconnect_max"));
  BOOST_TEST(contains(errors, "database.reconnect_min: must not be more than database.reconnect_max (1s)"));
}

BOOST_AUTO_TEST_CASE(refuses_variables_that_set_nothing) {
  BOOST_TEST(errors_of(load(std::nullopt, {{"ORDERD_HTTP__PROT", "1"}})) ==
             "environment: ORDERD_HTTP__PROT: sets nothing; did you mean ORDERD_HTTP__PORT?\n");
  BOOST_TEST(errors_of(load(std::nullopt, {{"ORDERD_HTTP_PORT", "1"}})) ==
             "environment: ORDERD_HTTP_PORT: sets nothing; did you mean ORDERD_HTTP__PORT?\n");
  BOOST_TEST(errors_of(load(std::nullopt, {{"ORDERD_X__Y", "1"}})) ==
             "environment: ORDERD_X__Y: sets nothing\n");
}

BOOST_AUTO_TEST_CASE(leaves_other_variables_alone) {
  BOOST_TEST(load(std::nullopt, {{"ORDERD_HOME", "1"}, {"PATH", "x"}, {"MY_ORDERD_HTTP__PROT", "x"}}).ok());
}

BOOST_AUTO_TEST_CASE(every_setting_has_a_variable_of_its_own) {
  Config config;
  std::set<std::string> names;
  for (const auto& setting : settings_of(config)) {
    BOOST_TEST(names.insert(setting.variable()).second, setting.path());
    BOOST_TEST(contains(setting.variable(), "__"));
  }
  BOOST_TEST(names.size() > 60U);
}

BOOST_AUTO_TEST_CASE(reads_the_variables_of_the_process) {
  ::setenv("ORDERD_TEST__SEEN", "a=b", 1);
  const auto found = process_environment();
  ::unsetenv("ORDERD_TEST__SEEN");
  BOOST_TEST(found.at("ORDERD_TEST__SEEN") == "a=b");
  BOOST_TEST(found.count("PATH") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::config::test
