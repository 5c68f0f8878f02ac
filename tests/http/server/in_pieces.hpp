// The parser fed in pieces, as a connection feeds it, and what came out in words. For the tests of the parser
// and its fuzzer; knows no test library. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "http/server/parser.hpp"

namespace orders::test {

/// Feeds pieces ending at `cuts` and says what came out, in the words of ParserCase::wanted. What is unread
/// lies in a block of exactly its size, so that a sanitizer sees every byte read too many.
std::string parse_in_pieces(const std::string& input, std::vector<std::size_t> cuts,
                            const http::ParserLimits& limits);

std::vector<std::size_t> every_byte(const std::string& input);

}  // namespace orders::test
