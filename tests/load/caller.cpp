#include "tests/load/caller.hpp"

#include <utility>

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

namespace orders::load {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::asio::ip::tcp;

namespace {
constexpr std::uint64_t answer_bytes_max = 16'777'216;
constexpr std::chrono::seconds idle_max(4);  // the cart closes connections that are idle for five
}  // namespace

Caller::Caller(boost::asio::io_context& context, Url url, Endpoint endpoint,
               std::chrono::milliseconds timeout)
    : url_(std::move(url)), endpoint_(std::move(endpoint)), timeout_(timeout), stream_(context) {
  request_.method(http::verb::post);
  request_.version(11);
  request_.set(http::field::host, url_.authority());
  request_.set(http::field::content_type, "application/json");
}

void Caller::post(const std::string& path, std::string body, const std::string& key, Done done) {
  done_ = std::move(done);
  request_.target(url_.prefix + path);
  request_.body() = std::move(body);
  request_.prepare_payload();
  if (!key.empty()) request_.set("Idempotency-Key", key);
  if (connected_ && std::chrono::steady_clock::now() - idle_since_ > idle_max) {
    connected_ = false;
    stream_.close();
  }
  stream_.expires_after(timeout_);
  if (connected_) {
    send();
  } else {
    connect();
  }
}

void Caller::connect() {
  buffer_.clear();
  stream_.async_connect(endpoint_, [this](beast::error_code error) {
    if (error) {
      end(error, "connect");
      return;
    }
    connected_ = true;
    beast::error_code ignored;
    stream_.socket().set_option(tcp::no_delay(true), ignored);
    send();
  });
}

void Caller::send() {
  http::async_write(stream_, request_, [this](beast::error_code error, std::size_t) {
    if (error) {
      end(error, "send");
    } else {
      receive();
    }
  });
}

void Caller::receive() {
  answer_.emplace();
  answer_->body_limit(answer_bytes_max);
  http::async_read(stream_, buffer_, *answer_,
                   [this](beast::error_code error, std::size_t) { end(error, "receive"); });
}

void Caller::end(beast::error_code error, const char* trouble) {
  Called called;
  if (error) {
    called.trouble = error == beast::error::timeout ? "timeout" : trouble;
  } else {
    called.status = answer_->get().result_int();
    called.body = std::move(answer_->get().body());
  }
  if (error || !answer_->get().keep_alive()) {
    connected_ = false;
    stream_.close();
  }
  idle_since_ = std::chrono::steady_clock::now();
  std::exchange(done_, nullptr)(called);
}

Caller::Endpoint resolve(boost::asio::io_context& context, const Url& url) {
  tcp::resolver resolver(context);
  return resolver.resolve(url.host, url.port)->endpoint();
}

}  // namespace orders::load
