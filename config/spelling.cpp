#include "config/spelling.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace orders::config {

namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

/// How many letters must be added, dropped or replaced to make `a` of `b`.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t i = 0; i <= b.size(); ++i) row[i] = i;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string closest(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t longest_guessed = 64;  // nobody misspells longer ones; hostile files have them
  std::string best;
  if (word.size() > longest_guessed) return best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 4) + 1;
  for (const auto& candidate : known) {
    const auto steps = distance(word, candidate);
    // A name of three letters is two steps from every other one: that is no similarity.
    if (steps < least && steps * 2 <= std::max<std::size_t>(candidate.size(), 2)) {
      least = steps;
      best = candidate;
    }
  }
  return best;
}

}  // namespace orders::config
