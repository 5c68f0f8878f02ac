#include "command/log.hpp"

#include <memory>
#include <sstream>

#include <boost/test/unit_test.hpp>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

BOOST_AUTO_TEST_SUITE(log_lines)

BOOST_AUTO_TEST_CASE(an_entry_is_one_line_whatever_is_in_it) {
  std::ostringstream written;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(written)));
  orders::command::start_log("warn");
  spdlog::info("not important enough");
  spdlog::warn("ERROR: no table\nLINE 1: SELECT\r\n\t\x1b[31m^");
  spdlog::set_default_logger(before);
  const auto line = written.str();
  BOOST_TEST(line.find("Z warning ERROR: no table LINE 1: SELECT    [31m^\n") != std::string::npos);
  BOOST_TEST(line.find('\n') == line.size() - 1);
}

BOOST_AUTO_TEST_SUITE_END()
