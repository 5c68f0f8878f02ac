// A client that sees every byte: sends requests as text and reads answers with their header names as they are
// written, and tells whether the server has closed. For tests of HTTP servers; every wait has a deadline. Not
// thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace orders::test {

struct WireReply {
  int status = 0;
  std::map<std::string, std::string> headers{};  ///< names as they were sent
  std::string body{};
  bool complete = false;  ///< all bytes that content-length promised have come
};

/// A request as text; `body` adds content-length, and "content-type: application/json" unless `headers` has
/// one.
std::string request_text(const std::string& method, const std::string& target, const std::string& body = {},
                         const std::map<std::string, std::string>& headers = {});

class WireClient {
 public:
  /// Connects to 127.0.0.1:port; throws std::runtime_error if nothing listens there.
  explicit WireClient(int port);
  ~WireClient();
  WireClient(const WireClient&) = delete;
  WireClient& operator=(const WireClient&) = delete;
  WireClient(WireClient&&) = delete;
  WireClient& operator=(WireClient&&) = delete;

  void send(const std::string& bytes) const;
  /// The next answer, whole or as far as it came before the server closed; none if no head came within
  /// `limit`. `no_body`: the request was a HEAD.
  std::optional<WireReply> read(bool no_body = false,
                                std::chrono::milliseconds limit = std::chrono::seconds(10));
  /// Whether the server closes within `limit`; what it sends before is kept in raw().
  bool closes_within(std::chrono::milliseconds limit);
  /// What has been received and not been read.
  [[nodiscard]] const std::string& raw() const { return received_; }

 private:
  /// False at the end of the stream or when the time is up.
  bool receive(std::chrono::steady_clock::time_point deadline);

  int socket_ = -1;
  std::string received_;
  bool ended_ = false;
};

}  // namespace orders::test
