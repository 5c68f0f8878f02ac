// Stands between a client and PostgreSQL and cuts the connection at a chosen word: before the word reaches
// the server, or after the server has answered it. So "the connection was lost around the COMMIT" happens
// when a test wants it, with either truth. Its own thread does the work; the methods may be called from any
// thread.
#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace orders::test {

class CuttingProxy {
 public:
  enum class Moment {
    before_sending,
    before_answering,
    never_answering,  ///< the connection stays, and says nothing any more
  };

  /// Listens on a free port of 127.0.0.1 and connects every client to `server_port`.
  explicit CuttingProxy(int server_port);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  [[nodiscard]] int port() const { return port_; }
  /// The next time a client sends `word`, cuts its connection; once.
  void cut(const std::string& word, Moment moment);
  /// How often it has cut.
  [[nodiscard]] int cuts() const;

 private:
  struct Pair {
    int client = -1;
    int server = -1;
    bool answer_dropped = false;  // cut when the server's next bytes come
    bool mute = false;            // the server's bytes go nowhere
  };
  void serve();
  void accept_one();
  bool forward_request(Pair& pair);
  bool forward_answer(const Pair& pair);

  const int server_port_;
  int listener_ = -1;
  int port_ = 0;
  int stop_[2] = {-1, -1};
  mutable std::mutex mutex_;
  std::string word_;
  Moment moment_ = Moment::before_sending;
  int cuts_ = 0;
  std::vector<Pair> pairs_;
  std::thread thread_;
};

}  // namespace orders::test
