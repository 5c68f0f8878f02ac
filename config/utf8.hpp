// The little that settings need to know about UTF-8: whether a text is, and how many characters it has. Used
// inside config/. Pure functions, safe in any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace orders::config {

/// Where the first byte stands that is not part of a well-formed character (RFC 3629); none if all are.
std::optional<std::size_t> first_malformed_byte(std::string_view text);

/// Characters (code points) of a well-formed text.
std::size_t count_characters(std::string_view text);

/// The longest beginning of a well-formed text that has at most `bytes` bytes and cuts no character.
std::string_view cut_to_bytes(std::string_view text, std::size_t bytes);

}  // namespace orders::config
