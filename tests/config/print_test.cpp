#include "config/print.hpp"

#include <boost/test/unit_test.hpp>

#include "config/settings.hpp"
#include "config/value.hpp"
#include "tests/config/support.hpp"
#include "tests/support/process.hpp"

namespace orders::config::test {

namespace {

/// Gives every setting another value than its default.
void change_all(Config& config) {
  for (const auto& setting : settings_of(config)) {
    const auto before = to_yaml(setting);
    for (const std::string text :
         {"2", "3", "11s", "12s", "11h", "70KiB", "71KiB", "true", "stealing", "warn", "other"}) {
      if (to_yaml(setting) == before) static_cast<void>(set_from_text(setting, text));
    }
  }
  config.http.port = 65'535;
  config.database.url = "host=db dbname='a b' user=o\\'hara";
  config.database.password_file.clear();
  config.catalog.url = "http://[::1]:8000/a%20b";
  config.cart.url = "http://cart";
  config.http.pending_bytes_total_max = 123'457;
  config.orders.restock_on = {"Zu\xC3\xBC", "a \"b\" \\ c", "x\ny\tz\x7F", " : #",
                              "- x",        "null",         "\xE2\x80\xA8"};
  config.orders.transitions = {{"Ordered", {"a", "b: {c}"}}, {"~", {}}, {"\xC2\x85", {"[x]"}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(print_suite)

BOOST_AUTO_TEST_CASE(what_is_printed_is_read_back_the_same) {
  Config config;
  change_all(config);
  config.database.password.value.clear();
  Config defaults;
  const auto before = settings_of(defaults);
  const auto after = settings_of(config);
  for (std::size_t i = 0; i < after.size(); ++i) {
    const bool changed = to_yaml(before[i]) != to_yaml(after[i]);
    const bool stays = after[i].kind == Kind::secret || after[i].key == "password_file";
    BOOST_TEST(changed != stays, after[i].path());
  }

  const auto loaded = load_text(print(config));
  for (const auto& error : loaded.errors) BOOST_TEST(!contains(error, "is not YAML"), error);
  BOOST_TEST(print(loaded.config) == print(config));
  BOOST_TEST((loaded.config.orders.restock_on == config.orders.restock_on));
  BOOST_TEST((loaded.config.orders.transitions == config.orders.transitions));
  BOOST_TEST(loaded.config.database.url == config.database.url);
}

BOOST_AUTO_TEST_CASE(the_defaults_are_read_back_without_an_error) {
  const auto loaded = load_text(print(Config{}));
  BOOST_TEST(errors_of(loaded) == "");
  BOOST_TEST(print(loaded.config) == print(Config{}));
}

BOOST_AUTO_TEST_CASE(a_password_from_a_file_is_read_back_from_it) {
  const orders::test::TemporaryFolder folder;
  const auto path = folder.path() + "/password";
  orders::test::write_file(path, "hunter2\n");
  const auto loaded = load_text("database: {password_file: " + path + "}");
  const auto again = load_text(print(loaded.config));
  BOOST_TEST(errors_of(again) == "");
  BOOST_TEST(again.config.database.password.value == "hunter2");
}

BOOST_AUTO_TEST_CASE(the_document_has_every_setting_with_its_default_and_variable) {
  const auto text = document();
  Config defaults;
  for (const auto& setting : settings_of(defaults)) {
    BOOST_TEST(contains(text, "| `" + std::string(setting.key) + "` | "), setting.path());
    BOOST_TEST(contains(text, "`" + setting.variable() + "`"), setting.path());
    BOOST_TEST(setting.doc.size() > 10U, setting.path());
    BOOST_TEST(setting.doc.back() == '.', setting.path());
  }
  BOOST_TEST(contains(text, "from 0 to 65535 | `8080` |"));
  BOOST_TEST(contains(text, "| `16KiB` |"));
  BOOST_TEST(contains(text, "| not set |"));
}

BOOST_AUTO_TEST_CASE(every_member_of_the_tree_is_in_the_schema) {
  // Members are found by reading the header, so that a new one without a key is noticed.
  const auto header = orders::test::read_file(std::string(ORDERD_SOURCE_DIR) + "/config/config.hpp");
  std::size_t members = 0;
  std::size_t shared = 0;  // Neighbour's, which both Catalog and Cart have
  std::string structure;
  for (std::size_t begin = 0; begin < header.size();) {
    const auto end = std::min(header.find('\n', begin), header.size());
    const auto line = header.substr(begin, end - begin);
    begin = end + 1;
    if (line.rfind("struct ", 0) == 0) structure = line.substr(7, line.find_first_of(" ;{", 7) - 7);
    const bool member = line.rfind("  ", 0) == 0 && line[2] != '/' && line.find(';') != std::string::npos;
    if (!member || structure == "Config" || structure == "Secret") continue;
    ++members;
    if (structure == "Neighbour") ++shared;
  }
  Config config;
  BOOST_TEST(members + shared == settings_of(config).size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::config::test
