// Guesses what somebody meant who misspelled a name. Used inside config/. Pure functions, safe in any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orders::config {

/// The most similar of `known`, if one is similar enough that it may be what was meant; else empty. Letter
/// case does not count.
std::string closest(std::string_view word, const std::vector<std::string>& known);

}  // namespace orders::config
