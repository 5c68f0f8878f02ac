#include "config/load.hpp"

#include <boost/test/unit_test.hpp>

#include "config/check.hpp"
#include "config/print.hpp"
#include "tests/config/support.hpp"

namespace orders::config::test {

BOOST_AUTO_TEST_SUITE(load_suite)

BOOST_AUTO_TEST_CASE(without_a_file_everything_has_its_default) {
  const auto loaded = load(std::nullopt, {});
  BOOST_TEST(errors_of(loaded) == "");
  BOOST_TEST(print(loaded.config) == print(Config{}));
}

BOOST_AUTO_TEST_CASE(empty_files_and_empty_sections_change_nothing) {
  for (const auto* text : {"", "\n\n", "# nothing\n", "---\n", "---\n...\n", "{}",
                           "http:\n  # port: 1\nlog:\n", "\xEF\xBB\xBFhttp:\n"}) {
    const auto loaded = load_text(text);
    BOOST_TEST(errors_of(loaded) == "", text);
    BOOST_TEST(print(loaded.config) == print(Config{}), text);
  }
}

BOOST_AUTO_TEST_CASE(reads_values_of_every_kind) {
  const auto loaded = load_text(
      "http:\n  host: 0.0.0.0\n  port: \"8081\"\n  body_bytes_max: 64KiB\n  pending_bytes_total_max: "
      "5368709120\n"
      "  header_timeout: 250ms\n  idle_timeout: 2m\n"
      "database:\n  url: postgresql://u@db:5433/shop\n  password: 'it''s # me'\n"
      "catalog:\n  url: http://catalog:8000/v1\n  doubt: 48h\n"
      "actors:\n  scheduler: stealing\n"
      "orders:\n  restock_on:\n    - Void\n    - No\n  transitions:\n    Ordered: [Shipped, Void]\n    "
      "Shipped: []\n"
      "cluster:\n  enabled: true\n");
  BOOST_TEST(errors_of(loaded) == "");
  const auto& config = loaded.config;
  BOOST_TEST(config.http.host == "0.0.0.0");
  BOOST_TEST(config.http.port == 8081);
  BOOST_TEST(config.http.body_bytes_max == 65'536U);
  BOOST_TEST(config.http.pending_bytes_total_max == 5'368'709'120U);
  BOOST_TEST(config.http.header_timeout.count() == 250);
  BOOST_TEST(config.http.idle_timeout.count() == 120'000);
  BOOST_TEST(config.database.url == "postgresql://u@db:5433/shop");
  BOOST_TEST(config.database.password.value == "it's # me");
  BOOST_TEST(config.catalog.url == "http://catalog:8000/v1");
  BOOST_TEST(config.catalog.doubt.count() == 48 * 3'600'000);
  BOOST_TEST(config.actors.scheduler == "stealing");
  BOOST_TEST((config.orders.restock_on == std::set<std::string>{"Void", "No"}));
  BOOST_TEST(config.orders.transitions.size() == 2U);
  BOOST_TEST((config.orders.transitions.at("Ordered") == std::set<std::string>{"Shipped", "Void"}));
  BOOST_TEST(config.orders.transitions.at("Shipped").empty());
  BOOST_TEST(config.cluster.enabled);
}

BOOST_AUTO_TEST_CASE(a_list_in_the_file_replaces_the_default_one) {
  BOOST_TEST(load_text("orders: {restock_on: []}").config.orders.restock_on.empty());
}

BOOST_AUTO_TEST_CASE(reports_all_errors_at_once_each_with_its_line) {
  const auto errors = errors_in(
      "http:\n"
      "  port: 99999\n"
      "  treads: 2\n"
      "  header_timeout: 30\n"
      "logs:\n"
      "  level: info\n"
      "database:\n"
      "  readers: many\n"
      "  reconnect_min: 5s\n"
      "  reconnect_max: 1s\n",
      {{"ORDERD_LOG__LEVEL", "loud"}});
  BOOST_TEST(
      errors ==
      "FILE:2: http.port: must be a whole number from 0 to 65535, not \"99999\"\n"
      "FILE:3: http.treads: unknown key; did you mean threads?\n"
      "FILE:4: http.header_timeout: must be a duration from 10ms to 1h (a whole number and ms, s, m or h), "
      "not "
      "\"30\", which has no unit\n"
      "FILE:5: logs: unknown section; did you mean log?\n"
      "FILE:8: database.readers: must be a whole number from 1 to 64, not \"many\"\n"
      "environment: ORDERD_LOG__LEVEL: log.level: must be trace, debug, info, warn or error, not \"loud\"\n"
      "FILE:9: database.reconnect_min: must not be more than database.reconnect_max (1s), but is 5s\n");
}

BOOST_AUTO_TEST_CASE(a_rule_about_a_value_that_could_not_be_read_is_not_reported) {
  const auto errors = errors_in("database:\n  reconnect_min: 5s\n  reconnect_max: 8\n");
  BOOST_TEST(contains(errors, "FILE:3: database.reconnect_max"));
  BOOST_TEST(!contains(errors, "reconnect_min"));
}

BOOST_AUTO_TEST_CASE(names_the_place_of_keys_in_the_wrong_section) {
  BOOST_TEST(contains(errors_in("port: 1"), "FILE:1: port: unknown section; did you mean http.port "));
  BOOST_TEST(contains(errors_in("http.port: 1"), "did you mean http.port "));
  BOOST_TEST(contains(errors_in("http:\n  level: info"),
                      "FILE:2: http.level: unknown key; did you mean log.level "));
  BOOST_TEST(
      contains(errors_in("zebra: 1"),
               "there are http, database, catalog, cart, actors, orders, recovery, journal, cluster, log"));
  BOOST_TEST(contains(errors_in("log: {zebra: 1}"), "there are level"));
}

BOOST_AUTO_TEST_CASE(refuses_duplicate_keys_and_sections) {
  BOOST_TEST(errors_in("http:\n  port: 1\n  port: 2\n") ==
             "FILE:3: http.port: is given twice, first in line 2\n");
  BOOST_TEST(errors_in("http:\n  port: 1\nhttp:\n  threads: 2\n") ==
             "FILE:3: http: is given twice, first in line 1\n");
  BOOST_TEST(contains(errors_in("orders:\n  transitions:\n    A: [B]\n    A: [C]\n"),
                      "FILE:2: orders.transitions: must have \"A\" only once"));
}

BOOST_AUTO_TEST_CASE(refuses_values_of_the_wrong_shape) {
  BOOST_TEST(contains(errors_in("- http\n"), "FILE:1: must be a map of the sections"));
  BOOST_TEST(contains(errors_in("hello"), "FILE:1: must be a map of the sections"));
  BOOST_TEST(contains(errors_in("http: 3"), "FILE:1: http: must be a map of settings"));
  BOOST_TEST(contains(errors_in("http: [port]"), "FILE:1: http: must be a map of settings"));
  BOOST_TEST(contains(errors_in("http: {port: [1]}"),
                      "http.port: must be a whole number from 0 to 65535, not a list"));
  BOOST_TEST(contains(errors_in("http: {port: {a: 1}}"), "not a list or a map"));
  BOOST_TEST(contains(errors_in("http: {port: }"), "http.port: has no value"));
  BOOST_TEST(contains(errors_in("http: {port: ~}"), "http.port: has no value"));
  BOOST_TEST(contains(errors_in("http: {port: !int 3}"), "http.port: must not begin with '!'"));
  BOOST_TEST(contains(errors_in("http: {[a]: 3}"), "FILE:1: http: must have words as keys"));
  BOOST_TEST(
      contains(errors_in("orders: {restock_on: Void}"), "orders.restock_on: must be a list of statuses"));
  BOOST_TEST(
      contains(errors_in("orders: {restock_on: [[Void]]}"), "orders.restock_on: must be a list of statuses"));
  BOOST_TEST(contains(errors_in("orders: {restock_on: [\"\"]}"), "must not have an empty status"));
  BOOST_TEST(
      contains(errors_in("orders: {transitions: [A]}"), "orders.transitions: must be lists of statuses"));
  BOOST_TEST(
      contains(errors_in("orders: {transitions: {A: B}}"), "orders.transitions: must be lists of statuses"));
  BOOST_TEST(contains(errors_in("orders: {transitions: {[A]: [B]}}"), "orders.transitions: must be lists"));
}

BOOST_AUTO_TEST_CASE(says_where_yaml_is_broken) {
  const auto errors = errors_in("http:\n  port: 1\n bad: [\n", {{"ORDERD_HTTP__PORT", "x"}});
  BOOST_TEST(contains(errors, "is not YAML: "));
  BOOST_TEST(contains(errors, "FILE:3: "));
  BOOST_TEST(contains(errors, "environment: ORDERD_HTTP__PORT: http.port: must be"));
}

BOOST_AUTO_TEST_CASE(refuses_a_second_document) {
  BOOST_TEST(contains(errors_in("http: {port: 1}\n---\nhttp: {port: 2}\n"), "begins a second document"));
}

BOOST_AUTO_TEST_CASE(says_why_a_file_cannot_be_read) {
  BOOST_TEST(errors_of(load("/nowhere/orderd.yaml", {})) ==
             "/nowhere/orderd.yaml: cannot be read: No such file or directory\n");
  BOOST_TEST(errors_of(load("/", {})) == "/: cannot be read: Is a directory\n");
}

BOOST_AUTO_TEST_CASE(anchors_work_as_yaml_has_them) {
  const auto loaded = load_text("catalog:\n  call_timeout: &time 3s\ncart:\n  call_timeout: *time\n");
  BOOST_TEST(errors_of(loaded) == "");
  BOOST_TEST(loaded.config.cart.call_timeout.count() == 3'000);
}

BOOST_AUTO_TEST_CASE(the_example_file_states_the_defaults) {
  auto loaded = load(std::string(ORDERD_SOURCE_DIR) + "/config/orderd.yaml", {});
  BOOST_TEST(errors_of(loaded) == "");
  BOOST_TEST(check_runnable(loaded.config).empty());
  loaded.config.database.url.clear();
  loaded.config.catalog.url.clear();
  loaded.config.cart.url.clear();
  BOOST_TEST(print(loaded.config) == print(Config{}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::config::test
