// Files that nobody wrote by hand: each must be refused, or read, within moments and without harm.
#include <chrono>

#include <boost/test/unit_test.hpp>

#include "tests/config/support.hpp"

namespace orders::config::test {

namespace {

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

/// The errors, after checking that finding them took no more than some seconds (sanitizers included).
std::string quick_errors(const std::string& text) {
  const auto begin = std::chrono::steady_clock::now();
  auto errors = errors_in(text);
  BOOST_TEST((std::chrono::steady_clock::now() - begin < std::chrono::seconds(30)));
  BOOST_TEST(errors.size() < 100'000U);
  return errors;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile_file)

BOOST_AUTO_TEST_CASE(a_bomb_of_aliases_is_refused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 60; ++i) {
    const auto previous = "*a" + std::to_string(i - 1);
    const auto name = "a" + std::to_string(i);
    text += name + ": &";
    text += name + " [";
    text += repeated(previous + ", ", 8);
    text += previous + "]\n";
  }
  text += "orders: {restock_on: *a59}\n";
  BOOST_TEST(contains(quick_errors(text), "orders.restock_on: must be a list of statuses"));
}

BOOST_AUTO_TEST_CASE(a_long_list_used_many_times_is_refused) {
  std::string text = "orders:\n  restock_on: &list [";
  for (int i = 0; i < 1'000; ++i) text += "S" + std::to_string(i) + ", ";
  text += "Void]\n  transitions:\n";
  for (int i = 0; i < 20'000; ++i) text += "    T" + std::to_string(i) + ": *list\n";
  const auto errors = quick_errors(text);
  BOOST_TEST(contains(errors, "orders.restock_on: must have at most 1000 statuses"));
  BOOST_TEST(contains(errors, "orders.transitions: must have at most 1000 statuses"));
}

BOOST_AUTO_TEST_CASE(a_node_that_contains_itself_is_refused) {
  BOOST_TEST(!quick_errors("orders: &all\n  transitions: *all\n").empty());
  BOOST_TEST(!quick_errors("orders:\n  restock_on: &list [*list]\n").empty());
  BOOST_TEST(!quick_errors("&root http: *root\n").empty());
  BOOST_TEST(!quick_errors("&root {http: *root}\n").empty());
}

BOOST_AUTO_TEST_CASE(deep_nesting_is_refused) {
  BOOST_TEST(!quick_errors(repeated("[", 200'000)).empty());
  BOOST_TEST(!quick_errors(repeated("{", 200'000)).empty());
  BOOST_TEST(!quick_errors(repeated("- ", 200'000)).empty());
  BOOST_TEST(!quick_errors(repeated("? ", 200'000)).empty());
  BOOST_TEST(!quick_errors(repeated("[", 100'000) + repeated("]", 100'000)).empty());
  BOOST_TEST(!quick_errors(repeated("a: {", 100'000)).empty());
  std::string steps;
  for (std::size_t i = 0; i < 1'000; ++i) steps += std::string(i, ' ') + "a:\n";
  BOOST_TEST(!quick_errors(steps).empty());
}

BOOST_AUTO_TEST_CASE(huge_files_are_refused_unread) {
  BOOST_TEST(errors_in(std::string(2'000'000, '#')) == "FILE: is larger than 1048576 bytes\n");
  BOOST_TEST(errors_of(load("/dev/zero", {})) == "/dev/zero: is larger than 1048576 bytes\n");
}

BOOST_AUTO_TEST_CASE(a_file_full_of_wrong_keys_has_a_bounded_report) {
  std::string text = "http:\n";
  for (int i = 0; i < 60'000; ++i) text += "  key" + std::to_string(i) + ": 1\n";
  BOOST_TEST(contains(quick_errors(text), "and more errors from here on"));
  BOOST_TEST(contains(quick_errors(std::string(1'000, 'k') + ": 1\n"), "k\"...: unknown section"));
  BOOST_TEST(contains(quick_errors(std::string(500'000, 'k') + ": 1\n"), "is not YAML"));
  BOOST_TEST(contains(quick_errors("http:\n  port: " + std::string(900'000, '9') + "\n"), "..."));
}

BOOST_AUTO_TEST_CASE(binary_files_are_refused_by_line) {
  BOOST_TEST(errors_in(std::string("http:\n  port: 1\0\n", 17)) ==
             "FILE:2: contains a NUL byte: is this a text file?\n");
  BOOST_TEST(errors_in("http:\n  host: \xC3\x28\n") == "FILE:2: is not UTF-8 text\n");
  BOOST_TEST(errors_in("\x7F"
                       "ELF\x02\x01\x01\xFF\xFE\n") == "FILE:1: is not UTF-8 text\n");
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += static_cast<char>((i * 7919 + i / 3) % 256);
  BOOST_TEST(!quick_errors(bytes).empty());
}

BOOST_AUTO_TEST_CASE(tabs_as_indentation_are_refused_by_line) {
  BOOST_TEST(errors_in("http:\n\tport: 1\n") == "FILE:2: begins with a tab; YAML is indented with spaces\n");
  BOOST_TEST(errors_in("http:\n  \tport: 1\n") ==
             "FILE:2: begins with a tab; YAML is indented with spaces\n");
  BOOST_TEST(load_text("http:\n  port: 1\t# one\n\t\n\t# comment\n").ok());
}

BOOST_AUTO_TEST_CASE(windows_line_ends_are_read) {
  const auto loaded = load_text("http:\r\n  port: 81\r\norders:\r\n  deadline: 3s\r\n");
  BOOST_TEST(errors_of(loaded) == "");
  BOOST_TEST(loaded.config.http.port == 81);
}

BOOST_AUTO_TEST_CASE(merge_keys_and_directives_are_not_taken_for_settings) {
  BOOST_TEST(contains(errors_in("http: &a\n  port: 1\ncart:\n  <<: *a\n"), "unknown key"));
  BOOST_TEST(!errors_in("%YAML 9.9\n---\nhttp: {port: x}\n").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::config::test
