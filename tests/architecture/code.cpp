#include "tests/architecture/code.hpp"

#include <algorithm>
#include <cctype>
#include <regex>
#include <sstream>
#include <string_view>

namespace orders::architecture {

namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Where the comment or literal ends that begins at `at`; `at` itself if none begins there.
std::size_t end_of_opaque(const std::string& text, std::size_t at) {
  const auto after = [&](const std::string& closing, std::size_t from) {
    const auto found = text.find(closing, from);
    return found == std::string::npos ? text.size() : found + closing.size();
  };
  if (text.compare(at, 2, "//") == 0) return std::min(text.find('\n', at), text.size());
  if (text.compare(at, 2, "/*") == 0) return after("*/", at + 2);
  if (text.compare(at, 2, "R\"") == 0 && (at == 0 || !is_word(text[at - 1]))) {
    const auto open = text.find('(', at);
    if (open != std::string::npos) return after(")" + text.substr(at + 2, open - at - 2) + "\"", open);
  }
  const char quote = text[at];
  const bool separates_digits = quote == '\'' && at > 0 && is_word(text[at - 1]);
  if ((quote != '"' && quote != '\'') || separates_digits) return at;
  for (auto end = at + 1; end < text.size(); ++end) {
    if (text[end] == '\\') {
      ++end;
    } else if (text[end] == quote) {
      return end + 1;
    }
  }
  return text.size();
}

/// The end of a preprocessor line with its continuations, if `at` is the '#' of one; else `at`.
std::size_t end_of_directive(const std::string& text, std::size_t at) {
  if (text[at] != '#') return at;
  auto end = text.find('\n', at);
  while (end != std::string::npos && text[end - 1] == '\\') end = text.find('\n', end + 1);
  return std::min(end, text.size());
}

/// What stands before a brace, without template<...> and access labels.
std::string head_of(std::string head) {
  static const std::regex label(R"(^\s*(public|private|protected)\s*:)");
  head = std::regex_replace(head, label, "");
  const auto begin = head.find_first_not_of(" \n");
  if (begin == std::string::npos || head.compare(begin, 9, "template ") != 0) return head;
  int depth = 0;
  for (auto at = begin; at < head.size(); ++at) {
    if (head[at] == '<') ++depth;
    if (head[at] == '>' && --depth == 0) return head.substr(at + 1);
  }
  return head;
}

bool opens_function(const std::string& before) {
  static const std::regex scope(R"(^\s*((inline )?namespace|struct|class|enum|union|extern)\b)");
  const auto head = head_of(before);
  const auto last = head.find_last_not_of(" \n");
  return last != std::string::npos && head[last] != '=' && head.find(')') != std::string::npos &&
         !std::regex_search(head, scope);
}

std::size_t line_at(const std::string& text, std::size_t at) {
  return 1 + static_cast<std::size_t>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

/// The place behind the brace that closes the one at `open`.
std::size_t after_block(const std::string& code, std::size_t open) {
  int depth = 0;
  for (auto at = open; at < code.size(); ++at) {
    if (code[at] == '{') ++depth;
    if (code[at] == '}' && --depth == 0) return at + 1;
  }
  return code.size();
}

}  // namespace

std::string bare_code(const std::string& text) {
  std::string code = text;
  bool line_begins = true;
  for (std::size_t at = 0; at < text.size();) {
    auto end = end_of_opaque(text, at);
    if (end == at && line_begins) end = end_of_directive(text, at);
    for (auto i = at; i < end; ++i) {
      if (code[i] != '\n') code[i] = ' ';
    }
    if (end == at) ++end;
    line_begins = text[end - 1] == '\n' || (line_begins && text[end - 1] == ' ');
    at = end;
  }
  return code;
}

std::vector<Include> includes_of(const std::string& text) {
  static const std::regex form(R"re(^\s*#\s*include\s*(<([^>]+)>|"([^"]+)"))re");
  std::vector<Include> found;
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::smatch match;
    if (!std::regex_search(line, match, form)) continue;
    const bool angle = match[2].matched;
    found.push_back({angle ? match[2].str() : match[3].str(), angle, number});
  }
  return found;
}

std::vector<Function> functions_of(const std::string& text) {
  const auto code = bare_code(text);
  std::vector<Function> found;
  std::size_t begin = 0;  // of the declaration we are in
  for (std::size_t at = 0; at < code.size(); ++at) {
    const char c = code[at];
    if (c == ';' || c == '}') begin = at + 1;
    if (c != '{') continue;
    if (at > 0 && !std::isspace(static_cast<unsigned char>(code[at - 1]))) {
      at = after_block(code, at) - 1;  // an initialiser: the declaration goes on
    } else if (opens_function(code.substr(begin, at - begin))) {
      const auto end = after_block(code, at);
      const auto first = line_at(code, code.find_first_not_of(" \n", begin));
      found.push_back({first, line_at(code, end - 1) - first + 1});
      at = end - 1;
      begin = end;
    } else {
      begin = at + 1;
    }
  }
  return found;
}

std::size_t count_lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) +
         (text.empty() || text.back() == '\n' ? 0U : 1U);
}

}  // namespace orders::architecture
