#include "config/yaml_text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "config/utf8.hpp"

namespace orders::config {

namespace {

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::size_t line_of(const std::string& text, std::size_t at) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(at);
  return 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
}

FileText fault_at(const std::string& text, std::size_t at, std::string fault) {
  return {{}, std::move(fault), line_of(text, at)};
}

}  // namespace

FileText read_text(const std::string& path, std::size_t bytes_max) {
  const auto failed = [](int error) {
    return FileText{{}, "cannot be read: " + std::generic_category().message(error), 0};
  };
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rbe"));
  if (!file) return failed(errno);
  std::string text(bytes_max + 1, '\0');
  const auto count = std::fread(text.data(), 1, text.size(), file.get());
  if (std::ferror(file.get()) != 0) return failed(errno);
  if (count > bytes_max) return {{}, "is larger than " + std::to_string(bytes_max) + " bytes", 0};
  text.resize(count);
  return {std::move(text), {}, 0};
}

FileText checked_yaml(std::string text) {
  if (const auto nul = text.find('\0'); nul != std::string::npos) {
    return fault_at(text, nul, "contains a NUL byte: is this a text file?");
  }
  if (const auto malformed = first_malformed_byte(text)) {
    return fault_at(text, *malformed, "is not UTF-8 text");
  }
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto first = text.find_first_not_of(" \t\r", begin);
    const bool has_text = first != std::string::npos && first < end && text[first] != '#';
    if (has_text && text.substr(begin, first - begin).find('\t') != std::string::npos) {
      return fault_at(text, begin, "begins with a tab; YAML is indented with spaces");
    }
    begin = end + 1;
  }
  return {std::move(text), {}, 0};
}

}  // namespace orders::config
