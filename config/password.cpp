#include "config/password.hpp"

#include "config/value.hpp"
#include "config/yaml_text.hpp"

namespace orders::config {

std::string read_password(const std::string& path, Secret& password) {
  constexpr std::size_t bytes_max = 4'096;
  auto [text, fault, line] = read_text(path, bytes_max);
  if (!fault.empty()) return "names a file that " + fault + " (" + excerpt(path) + ")";
  if (!text.empty() && text.back() == '\n') text.pop_back();
  if (!text.empty() && text.back() == '\r') text.pop_back();
  if (text.empty()) return "names an empty file (" + excerpt(path) + ")";
  if (text.find_first_of(std::string("\0\n", 2)) != std::string::npos) {
    return "names a file of more than one line (" + excerpt(path) + ")";
  }
  password.value = std::move(text);
  return {};
}

}  // namespace orders::config
