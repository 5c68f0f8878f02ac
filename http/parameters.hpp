// Path and query parameters: text from a URL into ids and limits, or an Error that says which parameter and
// why. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "domain/ids.hpp"
#include "domain/result.hpp"
#include "http/server/exchange.hpp"

namespace orders::http {

/// Rows a page may ask for.
inline constexpr std::int64_t page_limit_max = 1'000;

/// A whole number from `least` to `most`, digits only. Error: invalid_parameter.
Result<std::int64_t> whole_number(std::string_view name, std::string_view text, std::int64_t least,
                                  std::int64_t most);

Result<CustomerId> customer_id(std::string_view text);
Result<OrderId> order_id(std::string_view text);

/// The query parameter of that name, if it is there.
std::optional<std::string> parameter(const Request& request, std::string_view name);

/// Error invalid_parameter when there is a query parameter not among `known`, or one of them twice: a
/// misspelt filter must not turn into an unfiltered answer.
std::optional<Error> unknown_parameter(const Request& request, std::initializer_list<std::string_view> known);

}  // namespace orders::http
