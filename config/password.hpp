// Reads the file that database.password_file names. Used by load(). Any thread.
#pragma once

#include <string>

#include "config/config.hpp"

namespace orders::config {

/// Puts the file's text, less one newline at its end, into `password`. Returns what is wrong, as the end of a
/// sentence that begins with the setting's name, and empty when nothing is. Never quotes what the file
/// contains.
std::string read_password(const std::string& path, Secret& password);

}  // namespace orders::config
