#include "config/value.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/config/support.hpp"

namespace orders::config::test {

namespace {

/// The setting whose value stands at `place`.
const Setting& at(const std::vector<Setting>& settings, const void* place) {
  const auto* found = find_setting(settings, place);
  BOOST_REQUIRE(found != nullptr);
  return *found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(value)

BOOST_AUTO_TEST_CASE(whole_numbers_are_written_one_way_only) {
  Config config;
  const auto settings = settings_of(config);
  const auto& port = at(settings, &config.http.port);
  for (const auto* text :
       {"", " 1", "1 ", "+1", "01", "0x10", "1e3", "1.0", "1_000", "1,000", "one", "-", "-1", "65536",
        "4294967297", "18446744073709551617", "-9223372036854775809", "99999999999999999999999"}) {
    BOOST_TEST(contains(set_from_text(port, text), "must be a whole number from 0 to 65535, not "), text);
    BOOST_TEST(config.http.port == 8080, text);
  }
  BOOST_TEST(set_from_text(port, "0") == "");
  BOOST_TEST(config.http.port == 0);
  BOOST_TEST(set_from_text(port, "65535") == "");
  BOOST_TEST(config.http.port == 65'535);
}

BOOST_AUTO_TEST_CASE(durations_have_a_unit) {
  Config config;
  const auto settings = settings_of(config);
  const auto& doubt = at(settings, &config.catalog.doubt);
  for (const auto& [text, count] :
       {std::pair("250ms", 250), {"5s", 5'000}, {"2m", 120'000}, {"24h", 86'400'000}}) {
    BOOST_TEST(set_from_text(doubt, text) == "");
    BOOST_TEST(config.catalog.doubt.count() == count);
    BOOST_TEST(to_yaml(doubt) == (count == 86'400'000 ? "24h" : text));
  }
  for (const auto* text : {"5 s", "5S", "1.5s", "1h30m", "s", "", "-5s", "5sec", "5d", "0s",
                           "9223372036854775807h", "99999999999999999999999s"}) {
    BOOST_TEST(contains(set_from_text(doubt, text), "must be a duration from 1ms to 8760h"), text);
  }
  BOOST_TEST(contains(set_from_text(doubt, "5"), "\"5\", which has no unit"));
  BOOST_TEST(contains(set_from_text(doubt, "0"), "\"0\", which has no unit"));
  BOOST_TEST(contains(set_from_text(doubt, "99999999999999999999"), "must be a duration"));
  BOOST_TEST(config.catalog.doubt.count() == 86'400'000);
}

BOOST_AUTO_TEST_CASE(sizes_are_bytes_or_have_a_unit) {
  Config config;
  const auto settings = settings_of(config);
  const auto& size = at(settings, &config.http.body_bytes_max);
  for (const auto& [text, count] :
       {std::pair("2000", 2'000U), {"64KiB", 65'536U}, {"1MiB", 1'048'576U}, {"1GiB", 1U << 30U}}) {
    BOOST_TEST(set_from_text(size, text) == "");
    BOOST_TEST(config.http.body_bytes_max == count);
    BOOST_TEST(to_yaml(size) == text);
  }
  for (const auto* text : {"64KB", "64kib", "64 KiB", "1.5MiB", "KiB", "", "1023", "2GiB", "-1KiB",
                           "9007199254740993KiB", "99999999999999999999GiB"}) {
    BOOST_TEST(contains(set_from_text(size, text), "must be a size from 1KiB to 1GiB"), text);
  }
  BOOST_TEST(config.http.body_bytes_max == 1U << 30U);
}

BOOST_AUTO_TEST_CASE(choices_and_flags_are_exact) {
  Config config;
  const auto settings = settings_of(config);
  BOOST_TEST(set_from_text(at(settings, &config.actors.scheduler), "Sharing") ==
             "must be sharing or stealing, not \"Sharing\"");
  BOOST_TEST(set_from_text(at(settings, &config.cluster.enabled), "on") ==
             "must be true or false, not \"on\"");
  BOOST_TEST(set_from_text(at(settings, &config.cluster.enabled), "true") == "");
  BOOST_TEST(config.cluster.enabled);
}

BOOST_AUTO_TEST_CASE(statuses_have_1_to_64_characters) {
  Config config;
  const auto settings = settings_of(config);
  const auto& names = at(settings, &config.orders.restock_on);
  std::string longest;
  for (int i = 0; i < 64; ++i) longest += "\xE2\x82\xAC";
  BOOST_TEST(set_names(names, {longest}) == "");
  BOOST_TEST(contains(set_names(names, {longest + "x"}), "1 to 64 characters"));
  BOOST_TEST(contains(set_names(names, {""}), "empty status"));
  BOOST_TEST(contains(set_names(names, {std::string("a\0b", 3)}), "NUL"));
  BOOST_TEST(contains(set_names(names, {"\xC3"}), "UTF-8"));
  BOOST_TEST((config.orders.restock_on == std::set<std::string>{longest}));
}

BOOST_AUTO_TEST_CASE(the_ranges_fit_the_types_and_contain_the_defaults) {
  Config config;
  for (const auto& setting : settings_of(config)) {
    const auto before = to_yaml(setting);
    const bool has_range =
        setting.kind == Kind::number || setting.kind == Kind::bytes || setting.kind == Kind::duration;
    if (has_range) {
      BOOST_TEST(set_from_text(setting, before) == "", setting.path());
      const std::string unit = setting.kind == Kind::duration ? "ms" : "";
      for (const auto limit : {setting.range.min, setting.range.max}) {
        BOOST_TEST(set_from_text(setting, std::to_string(limit) + unit) == "", setting.path());
        const auto shown = setting.kind == Kind::duration ? duration_text(milliseconds(limit))
                           : setting.kind == Kind::bytes  ? bytes_text(limit)
                                                          : std::to_string(limit);
        BOOST_TEST(to_yaml(setting) == shown, setting.path());
      }
      BOOST_TEST(set_from_text(setting, std::to_string(setting.range.max + 1) + unit) != "", setting.path());
      BOOST_TEST(set_from_text(setting, std::to_string(setting.range.min - 1) + unit) != "", setting.path());
    }
  }
}

BOOST_AUTO_TEST_CASE(excerpts_are_short_and_on_one_line) {
  BOOST_TEST(excerpt("a\nb") == "\"a\\x0Ab\"");
  BOOST_TEST(excerpt(std::string(100, 'x')) == "\"" + std::string(60, 'x') + "\"...");
  BOOST_TEST(excerpt(std::string(59, 'x') + "\xC3\xBC") == "\"" + std::string(59, 'x') + "\"...");
  BOOST_TEST(excerpt("a\xFFz") == "\"a\"");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::config::test
