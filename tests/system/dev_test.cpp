// `./dev up`, as a stranger meets it: started from another folder, asked what it says can be asked, twice at
// once, stopped by Ctrl-C, started again. Of the checkout this was built in, with its release build.
#include <csignal>
#include <filesystem>
#include <sstream>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/eventually.hpp"
#include "tests/support/http_call.hpp"
#include "tests/support/process.hpp"

using namespace orders::test;

namespace {

constexpr std::chrono::minutes patience{2};

/// A `./dev up` from its start to its Ctrl-C.
class Up {
 public:
  Up(const TemporaryFolder& data, std::string output)
      : output_(std::move(output)),
        process_({"env", "-C", "/", std::string(SOURCE_FOLDER) + "/dev", "up"},
                 {{{"ORDERD_DEV_DATA", data.path() + "/up"}}, output_, {}}) {
    const bool told = eventually(
        [this] { return !process_.running() || said().find("Ctrl-C stops") != std::string::npos; }, patience);
    BOOST_REQUIRE_MESSAGE(told && process_.running(), said());
  }

  [[nodiscard]] std::string said() const { return read_file(output_); }
  [[nodiscard]] std::string url() const { return word_after("orderd is ready: "); }
  [[nodiscard]] std::string catalog() const { return word_after("  catalog   "); }

  /// What the shell commands print that it tells one to try; each ends in the status of its answer.
  [[nodiscard]] std::vector<std::string> try_all() const {
    std::vector<std::string> answers;
    std::istringstream lines(said());
    for (std::string line; std::getline(lines, line);) {
      if (line.rfind("  curl ", 0) != 0) continue;
      const TemporaryFolder folder;
      const int status =
          run({"sh", "-c", line + " --noproxy '*' -w ' %{http_code}'"}, {{}, folder.path() + "/answer", {}});
      answers.push_back(read_file(folder.path() + "/answer") + (status == 0 ? "" : " failed"));
    }
    return answers;
  }

  void ctrl_c() {
    process_.signal(SIGINT);
    BOOST_TEST(process_.wait(patience).value_or(-1) == 0, said());
    for (const auto& gone : {url(), catalog()})
      BOOST_CHECK_THROW((void)http_call("GET", gone), std::runtime_error);
  }

 private:
  [[nodiscard]] std::string word_after(const std::string& text) const {
    const auto all = said();
    const auto at = all.find(text);
    if (at == std::string::npos) return {};
    const auto begin = at + text.size();
    return all.substr(begin, all.find('\n', begin) - begin);
  }

  std::string output_;
  Process process_;
};

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dev_up)

BOOST_AUTO_TEST_CASE(what_it_tells_to_try_works_beside_another_one_and_data_survives_ctrl_c) {
  const TemporaryFolder data;
  std::filesystem::permissions(data.path(), std::filesystem::perms(0755));  // PostgreSQL is not root's
  {
    Up first(data, data.path() + "/first");
    const auto answers = first.try_all();
    BOOST_REQUIRE(answers.size() == 3U);
    for (const auto& answer : answers) BOOST_TEST(ends_with(answer, " 201"), answer);
    Up second(data, data.path() + "/second");
    BOOST_TEST(second.said().find("Another one is running here") != std::string::npos);
    BOOST_TEST(second.url() != first.url());
    BOOST_TEST(ends_with(second.try_all().front(), " 201"));
    second.ctrl_c();
    first.ctrl_c();
  }
  Up again(data, data.path() + "/again");
  const auto kept = nlohmann::json::parse(http_call("GET", again.url() + "/orders").body);
  BOOST_TEST(kept.at("orders").size() == 2U);
  again.ctrl_c();
}

BOOST_AUTO_TEST_SUITE_END()
