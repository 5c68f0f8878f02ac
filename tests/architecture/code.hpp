// Just enough understanding of C++ to measure it: comments and literals blanked out, the includes, and where
// functions begin and end. It relies on clang-format having been at work (a function's brace has a space
// before it). Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace orders::architecture {

/// The text with the insides of comments, literals and preprocessor lines replaced by spaces; lines stay
/// where they are.
std::string bare_code(const std::string& text);

struct Include {
  std::string name;
  bool angle = false;  ///< <name>, not "name"
  std::size_t line = 0;
};

std::vector<Include> includes_of(const std::string& text);

struct Function {
  std::size_t line = 0;   ///< where its head begins
  std::size_t lines = 0;  ///< from there to its closing brace
};

std::vector<Function> functions_of(const std::string& text);

std::size_t count_lines(const std::string& text);

}  // namespace orders::architecture
