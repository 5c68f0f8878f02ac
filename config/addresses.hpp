// Addresses as settings have them: the database's connection text and the neighbours' URLs; what is wrong
// with them, and how to show the former without its password. Used inside config/. Pure functions, safe in
// any thread.
//
// A fault is the end of a sentence that begins with the setting's name ("must ..."). It never quotes the
// text.
#pragma once

#include <string>
#include <string_view>

namespace orders::config {

/// Empty when `text` is empty (not set), a postgresql:// URL or a list of key=value pairs.
std::string connection_fault(std::string_view text);

/// Empty when `text` is empty (not set) or an http:// URL of host, port and path.
std::string link_fault(std::string_view text);

/// Whether a connection text without fault contains a password.
bool has_password(std::string_view connection);

/// The connection text with "[secret]" in the place of each password; of a faulty text, nothing but
/// "[secret]".
std::string masked_connection(std::string_view connection);

}  // namespace orders::config
