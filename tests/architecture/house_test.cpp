// Walks the checkout and applies the rules to every file of ours.
#include <algorithm>
#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "config/print.hpp"
#include "tests/architecture/rules.hpp"
#include "tests/support/process.hpp"

namespace orders::architecture {

namespace {

namespace fs = std::filesystem;

const fs::path root = ORDERD_SOURCE_DIR;

/// Every file of ours with that ending; not what is built or hidden.
std::vector<File> files_ending_in(const std::string& ending) {
  std::vector<File> files;
  for (auto at = fs::recursive_directory_iterator(root); at != fs::recursive_directory_iterator(); ++at) {
    const auto name = at->path().filename().string();
    if (at->is_directory()) {
      const bool built = name == "build" && at->path().parent_path() == root;
      if (built || name.front() == '.') at.disable_recursion_pending();
    } else if (name.size() >= ending.size() && name.substr(name.size() - ending.size()) == ending) {
      files.push_back(
          {at->path().lexically_relative(root).string(), orders::test::read_file(at->path().string())});
    }
  }
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.path < b.path; });
  return files;
}

std::vector<File> code_files() {
  auto files = files_ending_in(".hpp");
  for (auto& source : files_ending_in(".cpp")) files.push_back(std::move(source));
  BOOST_REQUIRE(files.size() > 40U);
  return files;
}

template <class Rule>
void report(const std::vector<File>& files, Rule rule) {
  for (const auto& file : files) {
    for (const auto& fault : rule(file)) BOOST_ERROR(fault);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(house)

BOOST_AUTO_TEST_CASE(includes_follow_the_arrows) { report(code_files(), include_faults); }

BOOST_AUTO_TEST_CASE(files_and_functions_are_short) { report(code_files(), size_faults); }

BOOST_AUTO_TEST_CASE(headers_say_what_they_are) { report(code_files(), header_faults); }

BOOST_AUTO_TEST_CASE(nothing_is_unfinished) {
  report(code_files(), unfinished_faults);
  for (const auto* ending : {"CMakeLists.txt", ".md", ".sql", ".yaml", ".json"}) {
    report(files_ending_in(ending), unfinished_faults);
  }
  report({{"dev", orders::test::read_file((root / "dev").string())}}, unfinished_faults);
}

BOOST_AUTO_TEST_CASE(every_source_is_built) {
  const auto lists = files_ending_in("CMakeLists.txt");
  report(files_ending_in(".cpp"), [&](const File& source) { return unbuilt_faults(source, lists); });
}

BOOST_AUTO_TEST_CASE(the_configuration_document_is_up_to_date) {
  const auto kept = orders::test::read_file((root / "docs/configuration.md").string());
  BOOST_TEST((kept == config::document()),
             "write it again: orderd --print-config-docs > docs/configuration.md");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::architecture
