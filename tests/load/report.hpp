// The results of a load run for people and for programs. Used by main; pure functions.
#pragma once

#include <string>

#include "tests/load/options.hpp"
#include "tests/load/run.hpp"

namespace orders::load {

std::string text_report(const Options& options, const Results& results);
/// One JSON object and a line's end.
std::string json_report(const Options& options, const Results& results);
/// Transport errors, 5xx answers, or a cart that could not be filled.
bool has_errors(const Results& results);

}  // namespace orders::load
