#include "tests/load/fake_orderd.hpp"

#include <optional>
#include <utility>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

namespace orders::test {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::asio::ip::tcp;

namespace {

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(FakeOrderd& owner, tcp::socket socket) : owner_(owner), stream_(std::move(socket)) {}

  void read() {
    request_ = {};
    http::async_read(stream_, buffer_, request_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       if (!error) self->answer();
                     });
  }

 private:
  void answer() {
    const auto target = request_.target();
    const auto key = request_["Idempotency-Key"];
    const auto status =
        owner_.take({{target.data(), target.size()}, request_.body(), {key.data(), key.size()}});
    if (status == 0) {
      stream_.close();
      return;
    }
    answer_ = http::response<http::string_body>(static_cast<http::status>(status), 11);
    answer_.set(http::field::content_type, "application/json");
    answer_.body() = R"({"id":10000000001})";
    answer_.prepare_payload();
    http::async_write(stream_, answer_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error) self->read();
    });
  }

  FakeOrderd& owner_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> answer_;
};

}  // namespace

FakeOrderd::FakeOrderd(std::vector<unsigned> statuses)
    : statuses_(std::move(statuses)), acceptor_(context_, {boost::asio::ip::address_v4::loopback(), 0}) {
  accept();
  thread_ = std::thread([this] { context_.run(); });
}

FakeOrderd::~FakeOrderd() {
  context_.stop();
  thread_.join();
}

std::string FakeOrderd::url() const {
  return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/api";
}

std::vector<SeenRequest> FakeOrderd::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

unsigned FakeOrderd::take(SeenRequest request) {
  const std::lock_guard lock(mutex_);
  const auto status = statuses_.at(requests_.size() % statuses_.size());
  requests_.push_back(std::move(request));
  return status;
}

void FakeOrderd::accept() {
  acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
    if (error) return;
    std::make_shared<Session>(*this, std::move(socket))->read();
    accept();
  });
}

}  // namespace orders::test
