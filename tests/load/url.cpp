#include "tests/load/url.hpp"

#include <stdexcept>

namespace orders::load {

Url parse_url(const std::string& text) {
  const std::string scheme = "http://";
  const auto fail = [&text] { throw std::runtime_error("not an http://host:port URL: " + text); };
  if (text.compare(0, scheme.size(), scheme) != 0) fail();
  const auto rest = text.substr(scheme.size());
  const auto slash = rest.find('/');
  const auto authority = rest.substr(0, slash);
  Url url;
  if (slash != std::string::npos) url.prefix = rest.substr(slash);
  while (!url.prefix.empty() && url.prefix.back() == '/') url.prefix.pop_back();
  const auto colon = authority.rfind(':');
  url.host = authority.substr(0, colon);
  url.port = colon == std::string::npos ? "80" : authority.substr(colon + 1);
  if (url.host.empty() || url.port.empty() || url.port.find_first_not_of("0123456789") != std::string::npos)
    fail();
  return url;
}

}  // namespace orders::load
