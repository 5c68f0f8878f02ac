#include "config/options.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/config/support.hpp"

namespace orders::config::test {

namespace {

Options options_of(const std::vector<std::string>& arguments) {
  const auto parsed = parse_options(arguments);
  BOOST_REQUIRE(std::holds_alternative<Options>(parsed));
  return std::get<Options>(parsed);
}

std::string fault_of(const std::vector<std::string>& arguments) {
  const auto parsed = parse_options(arguments);
  return std::holds_alternative<Options>(parsed) ? "" : std::get<std::string>(parsed);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(options)

BOOST_AUTO_TEST_CASE(without_arguments_the_service_runs_on_defaults) {
  BOOST_TEST((options_of({}).action == Action::run));
  BOOST_TEST(!options_of({}).config_file);
}

BOOST_AUTO_TEST_CASE(takes_a_file_in_both_forms) {
  BOOST_TEST(options_of({"--config", "a b.yaml"}).config_file.value() == "a b.yaml");
  BOOST_TEST(options_of({"--config=a.yaml"}).config_file.value() == "a.yaml");
}

BOOST_AUTO_TEST_CASE(knows_every_action) {
  BOOST_TEST((options_of({"--config", "x", "--check-config"}).action == Action::check_config));
  BOOST_TEST((options_of({"--print-config"}).action == Action::print_config));
  BOOST_TEST((options_of({"--print-config-docs"}).action == Action::print_config_docs));
  BOOST_TEST((options_of({"--version"}).action == Action::print_version));
  BOOST_TEST((options_of({"--help"}).action == Action::print_help));
  for (const auto* option :
       {"--config FILE", "--check-config", "--print-config ", "--print-config-docs", "--version", "--help"}) {
    BOOST_TEST(contains(usage(), option), option);
  }
}

BOOST_AUTO_TEST_CASE(knows_the_audit) {
  const auto audit = options_of({"audit", "--config", "a.yaml", "--json"});
  BOOST_TEST((audit.action == Action::audit));
  BOOST_TEST(audit.json);
  BOOST_TEST(audit.config_file.value() == "a.yaml");
  BOOST_TEST(!options_of({"audit"}).json);
  BOOST_TEST(!options_of({"audit"}).repair);
  BOOST_TEST(options_of({"audit", "--repair"}).repair);
  BOOST_TEST(contains(fault_of({"--repair"}), "--repair"));
  BOOST_TEST(fault_of({"audit", "b"}) == "unknown argument b");
  BOOST_TEST(contains(fault_of({"--json"}), "--json"));
  BOOST_TEST(contains(fault_of({"audit", "--version"}), "--version"));
  BOOST_TEST(contains(usage(), "orderd audit"));
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
  BOOST_TEST(contains(fault_of({"--conf", "x"}), "--conf"));
  BOOST_TEST(contains(fault_of({"--config"}), "--config"));
  BOOST_TEST(contains(fault_of({"--config="}), "--config"));
  BOOST_TEST(contains(fault_of({"--config", ""}), "--config"));
  BOOST_TEST(contains(fault_of({"--config", "a", "--config", "b"}), "--config"));
  BOOST_TEST(contains(fault_of({"--check-config=yes"}), "--check-config"));
  BOOST_TEST(fault_of({"a.yaml"}) == "unknown argument a.yaml");
  BOOST_TEST(
      fault_of({"--help", "--version"}) ==
      "only one of --check-config, --print-config, --print-config-docs, --version, --help can be given");
  BOOST_TEST(fault_of({"--words", "x"}) != "");
  BOOST_TEST(fault_of({""}) != "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::config::test
