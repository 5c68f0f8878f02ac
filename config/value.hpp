// A setting's value as text and back: how numbers, sizes ("64KiB"), durations ("250ms"), lists of statuses
// and the rest are written, the same in YAML and in environment variables. Used inside config/. Pure
// functions, safe in any thread.
//
// Functions called `set_...` return what is wrong with the text, as the end of a sentence that begins with
// the setting's name ("must be ..."), and change nothing then; an empty answer means that the value is set.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace orders::config {

/// Sets any setting from one text, as an environment variable has it: lists are "A,B", steps "A=B,C;D=E".
std::string set_from_text(const Setting& setting, std::string_view text);

/// Sets a list of statuses.
std::string set_names(const Setting& setting, const std::vector<std::string>& names);

/// What is wrong with a status in a list; empty when nothing is.
std::string name_fault(std::string_view name);

/// The value as YAML on one line (lists and maps in their flow form). Secrets become "[secret]".
std::string to_yaml(const Setting& setting);

/// What is allowed: "a whole number from 1 to 64".
std::string allowed(const Setting& setting);

/// A YAML double-quoted scalar.
std::string quoted(std::string_view text);

/// A text of somebody else's for an error message: quoted, one line, not too long.
std::string excerpt(std::string_view text);

/// "250ms", "5s", "2m", "24h": the largest unit that leaves no rest.
std::string duration_text(milliseconds duration);

/// "64KiB", "1MiB", "1GiB", or plain bytes where no unit fits.
std::string bytes_text(std::int64_t bytes);

/// What is shown instead of a secret.
inline constexpr std::string_view secret_shown = "[secret]";

}  // namespace orders::config
