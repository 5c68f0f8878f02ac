// The rules themselves, each from a file to what is wrong with it. Pure functions, so that the tests can show
// each rule a file that breaks it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace orders::architecture {

/// A file of ours: its path from the root of the checkout, and what is in it.
struct File {
  std::string path;
  std::string text;
};

inline constexpr std::size_t file_lines_max = 350;
inline constexpr std::size_t function_lines_max = 60;

/// Sentences "FILE:LINE: what is wrong".
using Faults = std::vector<std::string>;

/// Which folder may include which, and which library's headers may stand where. Tests and main.cpp may
/// include anything.
Faults include_faults(const File& file);

/// Files and, in product code, functions that are too long.
Faults size_faults(const File& file);

/// Headers without #pragma once or without a comment that says what they are.
Faults header_faults(const File& file);

/// Marks of unfinished work.
Faults unfinished_faults(const File& file);

/// Source files that no CMakeLists.txt in their folder or above mentions.
Faults unbuilt_faults(const File& source, const std::vector<File>& lists);

}  // namespace orders::architecture
