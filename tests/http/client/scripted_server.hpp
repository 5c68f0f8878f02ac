// A raw TCP server for tests that answers exactly the bytes a script says, hangs up when told to, and
// remembers what it was sent. One thread a connection, blocking. The script runs on those threads, several at
// once; everything else is for the test's thread. Every wait ends when the server is destroyed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace orders::test {

/// A request as it arrived.
struct SeenRequest {
  std::string method{};
  std::string target{};
  std::string head{};  ///< request line and header lines, as sent
  std::string body{};
  int connection = 0;     ///< 1 for the first one accepted
  int on_connection = 0;  ///< 1 for the first one on its connection
  int number = 0;         ///< 1 for the first one of all
  std::chrono::steady_clock::time_point at{};
};

/// What to do with a request.
struct Reply {
  std::string bytes{};
  enum class Then : std::uint8_t { keep_open, hang_up, reset } then = Then::keep_open;
  bool hold = false;  ///< first wait for ScriptedServer::let_go()
};

class ScriptedServer {
 public:
  using Script = std::function<Reply(const SeenRequest&)>;

  explicit ScriptedServer(Script script);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ScriptedServer(ScriptedServer&&) = delete;
  ScriptedServer& operator=(ScriptedServer&&) = delete;

  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::vector<SeenRequest> requests() const;
  /// Waits until so many requests have arrived in all; false after 10 s.
  bool wait_for_requests(std::size_t count) const;
  /// How many requests were waiting for their answers at once, at most.
  [[nodiscard]] int most_at_once() const;
  [[nodiscard]] int connections() const;
  /// Answers the requests that were held and holds none any more.
  void let_go();
  /// Closes every connection that is open now, as an idle timeout does, and returns when that is done.
  void close_connections();

 private:
  void accept_all();
  void serve(int fd, int number);
  bool read_request(int fd, std::string& buffer, SeenRequest& request) const;
  void answer(int fd, const Reply& reply);

  Script script_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<SeenRequest> requests_;
  std::set<int> open_;
  int connections_ = 0;
  int at_once_ = 0;
  int most_at_once_ = 0;
  bool let_go_ = false;
  bool stopping_ = false;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

/// An HTTP/1.1 answer with content-length, as the real services send it.
std::string http_answer(int status, const std::string& body, const std::string& more_headers = {});
Reply reply_with(int status, const std::string& body);

}  // namespace orders::test
