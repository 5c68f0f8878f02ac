// Where a service is: http://host:port[/prefix]. Used by the load tool's calls; plain values.
#pragma once

#include <string>

namespace orders::load {

struct Url {
  std::string host{};
  std::string port{};
  std::string prefix{};  ///< of every path; no slash at its end

  /// For the Host header.
  [[nodiscard]] std::string authority() const { return host + ":" + port; }
};

/// Throws std::runtime_error for anything but http://host[:port][/prefix].
Url parse_url(const std::string& text);

}  // namespace orders::load
