// Reads the bodies of requests: JSON into what they ask for, or every fault with a JSON pointer to it. Strict
// where a value could be misread (types, ranges, duplicate members), tolerant of members it does not know. A
// body is read on the reactor thread that has others to serve: its cost is that of looking at each byte once,
// and reading ends at the first line too many, after many more values than an order has, or when there are
// faults enough to tell. Pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/order.hpp"
#include "domain/result.hpp"

namespace orders::http {

/// How deep a body may nest; an order needs three levels.
inline constexpr int nesting_max = 16;
/// How many faults are told at most.
inline constexpr std::size_t faults_max = 20;
/// Members that the body, or one of its lines, may have, unknown ones included.
inline constexpr std::size_t members_max = 50;

/// The lines of a POST: none when the body is empty or has no member "items", which asks for the customer's
/// cart. Errors: malformed_json, validation_failed.
Result<std::optional<std::vector<OrderLine>>> read_order_lines(std::string_view body, std::size_t lines_max);

/// The status of a PUT. Errors: malformed_json, validation_failed.
Result<std::string> read_status(std::string_view body);

}  // namespace orders::http
