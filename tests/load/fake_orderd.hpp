// Answers POST /orders/{customer_id} in turn from a list of statuses, for testing the load tool. It has a
// thread of its own; requests() may be read once the load tool has ended.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace orders::test {

struct SeenRequest {
  std::string target{};
  std::string body{};
  std::string key{};  ///< its Idempotency-Key
};

class FakeOrderd {
 public:
  /// `statuses` are given in turn, for ever; 0 closes the connection without an answer.
  explicit FakeOrderd(std::vector<unsigned> statuses);
  ~FakeOrderd();
  FakeOrderd(const FakeOrderd&) = delete;
  FakeOrderd& operator=(const FakeOrderd&) = delete;
  FakeOrderd(FakeOrderd&&) = delete;
  FakeOrderd& operator=(FakeOrderd&&) = delete;

  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::vector<SeenRequest> requests() const;
  /// Notes a request and gives the status to answer it with.
  unsigned take(SeenRequest request);

 private:
  void accept();

  std::vector<unsigned> statuses_;
  mutable std::mutex mutex_;
  std::vector<SeenRequest> requests_;
  boost::asio::io_context context_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
};

}  // namespace orders::test
