// What must hold for every input of the parser, whatever it is: used by the fuzzer, which makes inputs up,
// and by the test that replays those worth keeping. Knows no test library and no fuzzer. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace orders::test {

/// The first byte says how: its low four bits are the number of cuts, the next bit adds a byte by byte run,
/// the next takes small limits instead of ordinary ones. One byte for each cut follows (how far it is from
/// the one before), and the rest is what a client sends. Returns what is wrong, or nothing: a difference
/// between the whole and the pieces, a request accepted that breaks a limit, or one framed unlike a plain
/// reading of its head.
std::string parser_fault(const std::uint8_t* data, std::size_t size);

/// An input that parser_fault() reads back as these bytes, cut in the middle and byte by byte.
std::string parser_seed(const std::string& bytes);

}  // namespace orders::test
