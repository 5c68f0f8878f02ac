// Files with settings, before YAML is made of them: read with a size limit, and checked for what YAML parsers
// are vague about (bytes that are no text, tabs as indentation). Used inside config/. Any thread.
#pragma once

#include <cstddef>
#include <string>

namespace orders::config {

/// A file's text, or why there is none. `line` is where the trouble is, 0 if it is nowhere in particular.
struct FileText {
  std::string text{};
  std::string fault{};
  std::size_t line = 0;
};

/// Reads at most `bytes_max` bytes; larger files, folders and unreadable files are faults.
FileText read_text(const std::string& path, std::size_t bytes_max);

/// What is wrong with the text before looking at its YAML: a fault and its line in `text`.
FileText checked_yaml(std::string text);

}  // namespace orders::config
