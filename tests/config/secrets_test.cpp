// Passwords: where they come from, and that they are never shown.
#include <boost/test/unit_test.hpp>

#include "config/check.hpp"
#include "config/print.hpp"
#include "tests/config/support.hpp"
#include "tests/support/process.hpp"

namespace orders::config::test {

using orders::test::TemporaryFolder;
using orders::test::write_file;

namespace {

struct PasswordFile {
  explicit PasswordFile(const std::string& text) { write_file(path, text); }
  TemporaryFolder folder;
  std::string path = folder.path() + "/password";
};

}  // namespace

BOOST_AUTO_TEST_SUITE(secrets)

BOOST_AUTO_TEST_CASE(a_password_file_is_read_without_the_newline_at_its_end) {
  for (const auto* text : {"hunter2", "hunter2\n", "hunter2\r\n"}) {
    const PasswordFile file(text);
    const auto loaded = load_text("database: {password_file: " + file.path + "}");
    BOOST_TEST(errors_of(loaded) == "");
    BOOST_TEST(loaded.config.database.password.value == "hunter2");
  }
  const PasswordFile spaces(" hunter 2 \n");
  const auto loaded = load(std::nullopt, {{"ORDERD_DATABASE__PASSWORD_FILE", spaces.path}});
  BOOST_TEST(loaded.config.database.password.value == " hunter 2 ");
}

BOOST_AUTO_TEST_CASE(a_password_file_that_cannot_be_used_is_an_error) {
  BOOST_TEST(contains(errors_in("database:\n  password_file: /nowhere/password\n"),
                      "FILE:2: database.password_file: names a file that cannot be read: No such file"));
  BOOST_TEST(
      contains(errors_of(load(std::nullopt, {{"ORDERD_DATABASE__PASSWORD_FILE", "/nowhere/password"}})),
               "environment: ORDERD_DATABASE__PASSWORD_FILE: database.password_file: names a file"));
  const PasswordFile empty("\n");
  BOOST_TEST(contains(errors_in("database: {password_file: " + empty.path + "}"), "names an empty file"));
  const PasswordFile lines("hunter2\nhunter3\n");
  const auto errors = errors_in("database: {password_file: " + lines.path + "}");
  BOOST_TEST(contains(errors, "more than one line"));
  BOOST_TEST(!contains(errors, "hunter"));
  BOOST_TEST(contains(errors_in("database: {password_file: /dev/zero}"), "is larger than"));
}

BOOST_AUTO_TEST_CASE(two_passwords_are_an_error) {
  const PasswordFile file("hunter2\n");
  BOOST_TEST(contains(errors_in("database:\n  password_file: " + file.path + "\n  password: hunter3\n"),
                      "FILE:3: database.password: must not be set together with database.password_file"));
  BOOST_TEST(contains(errors_in("database:\n  url: postgresql://u:hunter2@h/d\n  password: hunter3\n"),
                      "FILE:2: database.url: must not contain a password when there is another one"));
}

BOOST_AUTO_TEST_CASE(the_environment_overrides_either_form) {
  const PasswordFile file("from-file\n");
  const auto value =
      load_text("database: {password_file: /nowhere}", {{"ORDERD_DATABASE__PASSWORD", "from-env"}});
  BOOST_TEST(errors_of(value) == "");
  BOOST_TEST(value.config.database.password.value == "from-env");
  const auto path =
      load_text("database: {password: from-yaml}", {{"ORDERD_DATABASE__PASSWORD_FILE", file.path}});
  BOOST_TEST(errors_of(path) == "");
  BOOST_TEST(path.config.database.password.value == "from-file");
}

BOOST_AUTO_TEST_CASE(printed_settings_never_have_a_password) {
  const PasswordFile file("hunter2\n");
  for (const auto& database :
       {std::string("password: hunter2"), "password_file: " + file.path,
        std::string("url: postgresql://u:hunter2@h/d"),
        std::string("url: postgresql://h/d?user=u&password=hunter2"),
        std::string("url: postgresql://h/d?user=u&pass%77ord=hunter2&sslpassword=hunter2"),
        std::string("url: \"host=h password='hunter2 \\\\' hunter2' dbname=d\"")}) {
    const auto loaded = load_text("database:\n  " + database + "\n");
    BOOST_TEST(errors_of(loaded) == "");
    BOOST_TEST(!contains(print(loaded.config), "hunter2"), database);
  }
}

BOOST_AUTO_TEST_CASE(errors_never_have_a_password) {
  for (const auto* text : {
           "database: {password: !hunter2 x}",
           "database: {password: *hunter2}",
           "database: {password: [hunter2]}",
           "database: {password: {hunter2: 1}}",
           "database: {password: &hunter2}",
           "database: {password: \"hunter2",
           "database: {password: \"\\hunter2\"}",
           "database: {password: \"hunter2\\0\"}",
           "database:\n  password: %hunter2\n",
           "database:\n  password: @hunter2\n",
           "database:\n  password: `hunter2\n",
           "database:\n  password: hunter2: x\n",
           "database:\n  password: \"x\" hunter2\n",
           "database: {url: 'postgresql://u:hunter2@@h/d'}",
           "database: {url: 'postgresql://u:hun/hunter2@h/d'}",
           "database: {url: 'postgresql://u:hun?hunter2@h/d'}",
           "database: {url: 'postgresql://u:%zzhunter2@h/d'}",
           "database: {url: 'mysql://u:hunter2@h/d'}",
           "database: {url: \"host=h password='hunter2\"}",
           "database: {url: 'u:hunter2@h'}",
           "catalog: {url: 'http://u:hunter2@h'}",
           "cart: {url: 'ftp://u:hunter2@h'}",
       }) {
    const auto errors = errors_in(text);
    BOOST_TEST(!errors.empty(), text);
    BOOST_TEST(!contains(errors, "hunter2"), errors);
  }
}

BOOST_AUTO_TEST_CASE(printed_settings_do_not_run_with_the_placeholder_for_a_password) {
  auto loaded = load_text(
      "database: {url: 'postgresql://u@h/d', password: hunter2}\ncatalog: {url: http://c}\ncart: {url: "
      "http://c}\n");
  BOOST_TEST(check_runnable(loaded.config).empty());
  const auto again = load_text(print(loaded.config));
  BOOST_TEST(errors_of(again) == "");
  BOOST_REQUIRE(check_runnable(again.config).size() == 1U);
  BOOST_TEST(contains(check_runnable(again.config).front(), "database.password: has [secret]"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::config::test
