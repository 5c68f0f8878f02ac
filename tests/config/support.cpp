#include "tests/config/support.hpp"

#include "tests/support/process.hpp"

namespace orders::config::test {

namespace {

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

}  // namespace

Loaded load_text(const std::string& text, const Environment& environment) {
  const orders::test::TemporaryFolder folder;
  const auto path = folder.path() + "/orderd.yaml";
  orders::test::write_file(path, text);
  auto loaded = load(path, environment);
  for (auto& error : loaded.errors) error = replaced(error, path, "FILE");
  return loaded;
}

std::string errors_of(const Loaded& loaded) {
  std::string all;
  for (const auto& error : loaded.errors) all += error + "\n";
  return all;
}

std::string errors_in(const std::string& text, const Environment& environment) {
  return errors_of(load_text(text, environment));
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace orders::config::test
