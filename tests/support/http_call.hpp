// One HTTP request and its answer, through libcurl, for tests of the service as its clients use it. Any
// thread; every call has a connection and a deadline of its own.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace orders::test {

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers{};  ///< names as they were sent
  std::string body{};                            ///< without the framing of chunks
};

/// Throws std::runtime_error when there is no answer within `limit`, or the answer breaks off.
HttpReply http_call(const std::string& method, const std::string& url, const std::string& body = {},
                    const std::vector<std::string>& headers = {},
                    std::chrono::milliseconds limit = std::chrono::seconds(40));

}  // namespace orders::test
