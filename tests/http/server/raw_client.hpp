// A client that sends exactly the bytes it is told to, and reads answers strictly: for what ordinary HTTP
// clients would never do. Blocking, every wait with a deadline; one object belongs to one test.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace orders::test {

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names lower-cased
  std::string body;
};

class RawClient {
 public:
  /// A receive buffer other than the system's, in bytes, makes a client that takes little unless it reads.
  explicit RawClient(std::uint16_t port, int receive_buffer = 0);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&&) = delete;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// Waits so long instead of 5 s.
  void be_patient(std::chrono::milliseconds patience) { patience_ = patience; }
  /// False: the connection broke, or it took longer than 5 s.
  bool send(std::string_view bytes);
  /// The next answer, or none if the connection ended or 5 s passed before it was whole. For HEAD say so.
  std::optional<Answer> read_answer(bool head = false);
  /// Reads what comes until the server closes; none if it does not within `limit`.
  std::optional<std::string> read_to_end(std::chrono::milliseconds limit = std::chrono::seconds(5));
  /// Reads up to `size` bytes more into the unread ones and throws them away; how many came within 5 s.
  std::size_t discard(std::size_t size);
  /// What has been received and not been taken by read_answer.
  [[nodiscard]] const std::string& unread() const { return unread_; }
  /// The last read ended with a reset, not with an orderly end.
  [[nodiscard]] bool was_reset() const { return reset_; }

  [[nodiscard]] int descriptor() const { return fd_; }

  void half_close() const;
  void reset();  ///< closes with a reset
  void close();

 private:
  enum class Got { bytes, end, nothing };
  Got receive(std::chrono::steady_clock::time_point deadline);
  bool take_chunked_body(std::string& body, std::chrono::steady_clock::time_point deadline);

  int fd_ = -1;
  std::chrono::milliseconds patience_{5'000};
  bool reset_ = false;
  std::string unread_;
};

/// A request without a body; `more` are header lines with their CR LF.
std::string get(const std::string& target, const std::string& more = {});
std::string post(const std::string& target, const std::string& body, const std::string& more = {});

}  // namespace orders::test
