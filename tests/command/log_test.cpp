#include "command/log.hpp"

#include <fcntl.h>
#include <string>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <spdlog/spdlog.h>

#include "tests/support/process.hpp"

namespace {

/// Standard error of this process goes to a file for as long as this lives.
class Diverted {
 public:
  explicit Diverted(const std::string& file)
      : before_(::dup(STDERR_FILENO)),
        into_(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
    ::dup2(into_, STDERR_FILENO);
  }
  Diverted(const Diverted&) = delete;
  Diverted& operator=(const Diverted&) = delete;
  Diverted(Diverted&&) = delete;
  Diverted& operator=(Diverted&&) = delete;
  ~Diverted() {
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
    ::close(into_);
  }

 private:
  int before_;
  int into_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(log_lines)

BOOST_AUTO_TEST_CASE(an_entry_is_one_line_whatever_is_in_it) {
  const orders::test::TemporaryFolder folder;
  const auto before = spdlog::default_logger();
  {
    const Diverted diverted(folder.path() + "/log");
    orders::command::start_log("warn");
    spdlog::info("not important enough");
    spdlog::warn("ERROR: no table\nLINE 1: SELECT\r\n\t\x1b[31m^");
    BOOST_TEST(orders::command::end_log());
  }
  spdlog::set_default_logger(before);
  const auto line = orders::test::read_file(folder.path() + "/log");
  BOOST_TEST(line.find("Z warning ERROR: no table LINE 1: SELECT    [31m^\n") != std::string::npos);
  BOOST_TEST(line.find('\n') == line.size() - 1);
}

BOOST_AUTO_TEST_SUITE_END()
