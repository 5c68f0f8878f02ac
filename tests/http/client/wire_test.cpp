// What goes over the wire, to the byte, and what is made of the bytes that come back.
#include <arpa/inet.h>
#include <cstdlib>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/http/client/client_fixture.hpp"
#include "tests/support/process.hpp"

using namespace orders::test;
using orders::http::FailureKind;
using orders::http::HttpClient;
using orders::http::Service;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

ScriptedServer::Script always(const std::string& bytes, Reply::Then then = Reply::Then::keep_open) {
  return [bytes, then](const SeenRequest&) { return Reply{bytes, then}; };
}

/// Listens, but completes no handshake: its backlog is full.
class DeafPort {
 public:
  DeafPort() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    socklen_t size = sizeof address_;
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* address = reinterpret_cast<sockaddr*>(&address_);
    if (::bind(listener_, address, size) != 0 || ::listen(listener_, 0) != 0 ||
        ::getsockname(listener_, address, &size) != 0) {
      throw std::runtime_error("cannot listen");
    }
    for (int i = 0; i < 4; ++i) {
      fillers_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      (void)::connect(fillers_.back(), address, size);
    }
  }
  DeafPort(const DeafPort&) = delete;
  DeafPort& operator=(const DeafPort&) = delete;
  DeafPort(DeafPort&&) = delete;
  DeafPort& operator=(DeafPort&&) = delete;
  ~DeafPort() {
    for (const int fd : fillers_) ::close(fd);
    ::close(listener_);
  }
  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(ntohs(address_.sin_port));
  }

 private:
  int listener_;
  sockaddr_in address_{};
  std::vector<int> fillers_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(wire)

BOOST_AUTO_TEST_CASE(sends_what_the_services_understand_and_nothing_surprising) {
  ScriptedServer server(always(http_answer(200, "{}")));
  HttpClient client(neighbour_at(server.url()), neighbour_at(server.url()));
  BOOST_TEST(answer_of(submit(client, get_of("/products/1"))).body == "{}");
  BOOST_TEST(answer_of(submit(client, put_of("/products/1?a=b", R"({"name":"ä"})"))).status == 200);
  BOOST_TEST(answer_of(submit(client, get_of("/products/2"))).body == "{}");
  const auto requests = server.requests();
  BOOST_REQUIRE(requests.size() == 3U);
  for (const auto& request : requests) {
    BOOST_TEST(!has(request.head, "Expect"));
    BOOST_TEST(has(request.head, " HTTP/1.1\r\n"));
    BOOST_TEST(has(request.head, "\r\nAccept: application/json\r\n"));
    BOOST_TEST(!has(request.head, "Upgrade"));
    BOOST_TEST(!has(request.head, "Transfer-Encoding"));
  }
  BOOST_TEST(requests[0].method == "GET");
  BOOST_TEST(!has(requests[0].head, "Content-"));
  BOOST_TEST(requests[1].method == "PUT");
  BOOST_TEST(requests[1].target == "/products/1?a=b");
  BOOST_TEST(requests[1].body == R"({"name":"ä"})");
  BOOST_TEST(has(requests[1].head, "\r\nContent-Type: application/json\r\n"));
  BOOST_TEST(!has(requests[1].head, "x-www-form"));
  BOOST_TEST(!has(requests[1].head, "If-Match"));
  BOOST_TEST(requests[2].method == "GET");
  BOOST_TEST(requests[2].body == "");
  BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(appends_targets_to_a_url_with_a_prefix_and_a_trailing_slash) {
  ScriptedServer server(always(http_answer(200, "{}")));
  HttpClient client(neighbour_at(server.url() + "/shop/v1/"), neighbour_at(server.url() + "/"));
  BOOST_TEST(answer_of(submit(client, get_of("/products/1"))).status == 200);
  auto call = get_of("/carts/1");
  call.service = Service::cart;
  const auto ending = submit(client, std::move(call));
  BOOST_TEST(answer_of(ending).status == 200);
  BOOST_TEST(server.requests().at(0).target == "/shop/v1/products/1");
  BOOST_TEST(server.requests().at(1).target == "/carts/1");
}

BOOST_AUTO_TEST_CASE(uses_no_proxy_of_the_environment) {
  ScriptedServer server(always(http_answer(200, "{}")));
  const std::string nowhere = "http://127.0.0.1:" + std::to_string(free_port());
  ::setenv("http_proxy", nowhere.c_str(), 1);
  ::setenv("ALL_PROXY", nowhere.c_str(), 1);
  HttpClient client(neighbour_at(server.url()), neighbour_at(server.url()));
  const auto ending = submit(client, get_of("/"));
  BOOST_TEST(answer_of(ending).status == 200);
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
}

BOOST_AUTO_TEST_CASE(a_redirect_is_an_answer_and_is_not_followed) {
  ScriptedServer server(always(http_answer(307, "", "location: /elsewhere\r\n")));
  HttpClient client(neighbour_at(server.url()), neighbour_at(server.url()));
  BOOST_TEST(answer_of(submit(client, get_of("/products/1/"))).status == 307);
  BOOST_TEST(answer_of(submit(client, put_of("/products/1/", "{}"))).status == 307);
  BOOST_TEST(server.requests().size() == 2U);
}

BOOST_AUTO_TEST_CASE(keeps_the_etag_of_the_final_answer_whatever_its_case) {
  ScriptedServer server([](const SeenRequest& request) {
    if (request.number == 1) return Reply{http_answer(200, "{}", "ETag:  \"v1\" \r\n")};
    if (request.number == 2) return Reply{http_answer(200, "{}", "etag: W/\"v2\"\r\n")};
    if (request.number == 3) return reply_with(200, "{}");
    return Reply{"HTTP/1.1 103 Early Hints\r\netag: \"early\"\r\n\r\n" +
                 http_answer(200, "{}", "x-etag: \"no\"\r\n")};
  });
  HttpClient client(neighbour_at(server.url()), neighbour_at(server.url()));
  BOOST_TEST(answer_of(submit(client, get_of("/1"))).etag == "\"v1\"");
  BOOST_TEST(answer_of(submit(client, get_of("/2"))).etag == "W/\"v2\"");
  BOOST_TEST(answer_of(submit(client, get_of("/3"))).etag == "");
  BOOST_TEST(answer_of(submit(client, get_of("/4"))).etag == "");
}

BOOST_AUTO_TEST_CASE(understands_chunked_answers_and_ones_without_a_body) {
  ScriptedServer server([](const SeenRequest& request) {
    if (request.number == 1) {
      return Reply{
          "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n3\r\n\n\n\n\r\n0\r\n\r\n"};
    }
    return Reply{"HTTP/1.1 204 No Content\r\n\r\n"};
  });
  HttpClient client(neighbour_at(server.url()), neighbour_at(server.url()));
  BOOST_TEST(answer_of(submit(client, get_of("/1"))).body == "{}\n\n\n");
  BOOST_TEST(answer_of(submit(client, put_of("/2", "{}"))).status == 204);
  BOOST_TEST(answer_of(submit(client, get_of("/3"))).status == 204);
  BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(refuses_answers_larger_than_allowed_announced_or_not) {
  const std::string body(100'001, ' ');
  ScriptedServer server([&](const SeenRequest& request) {
    if (request.target == "/announced") return reply_with(200, body);
    if (request.target == "/endless") return Reply{"HTTP/1.1 200 OK\r\n\r\n" + body, Reply::Then::hang_up};
    return reply_with(200, body.substr(1));
  });
  auto settings = neighbour_at(server.url());
  settings.response_bytes_max = 100'000;
  HttpClient client(settings, neighbour_at(server.url()));
  BOOST_TEST(failure_of(submit(client, get_of("/announced"))).kind == FailureKind::oversized);
  BOOST_TEST(failure_of(submit(client, get_of("/endless"))).kind == FailureKind::oversized);
  BOOST_TEST(answer_of(submit(client, get_of("/fits"))).body.size() == 100'000U);
}

BOOST_DATA_TEST_CASE(what_is_not_http_is_no_answer,
                     boost::unit_test::data::make(std::vector<std::string>{
                         "SSH-2.0-OpenSSH_9.2\r\n", "{\"product_detail\":{}}", "HTTP/1.1\r\n\r\n",
                         "HTTP/1.1 200 OK\r\ncontent-length: abc\r\n\r\nx", std::string(64, '\0'),
                         "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"}),
                     bytes) {
  ScriptedServer server(always(bytes, Reply::Then::hang_up));
  HttpClient client(neighbour_at(server.url()), neighbour_at(server.url()));
  BOOST_TEST(failure_of(submit(client, get_of("/"))).kind == FailureKind::unreachable);
}

BOOST_AUTO_TEST_CASE(an_answer_that_never_ends_is_cut_off_by_the_time_limit) {
  ScriptedServer server(always("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345"));
  auto settings = neighbour_at(server.url());
  settings.call_timeout = milliseconds(100);
  HttpClient client(settings, neighbour_at(server.url()));
  BOOST_TEST(failure_of(submit(client, get_of("/"))).kind == FailureKind::timed_out);
}

BOOST_AUTO_TEST_CASE(a_refused_connection_fails_at_once_and_certainly_unsent) {
  const std::string nobody = "http://127.0.0.1:" + std::to_string(free_port());
  HttpClient client(neighbour_at(nobody), neighbour_at(nobody));
  const auto failure = failure_of(submit(client, put_of("/products/1", "{}")));
  BOOST_TEST(failure.kind == FailureKind::unreachable);
  BOOST_TEST(!failure.sent);
}

BOOST_AUTO_TEST_CASE(a_connection_that_does_not_come_about_ends_by_the_connect_timeout) {
  const DeafPort port;
  auto settings = neighbour_at(port.url());
  settings.connect_timeout = milliseconds(100);
  HttpClient client(settings, settings);
  const auto begun = steady_clock::now();
  const auto failure = failure_of(submit(client, put_of("/products/1", "{}")));
  BOOST_TEST(failure.kind == FailureKind::timed_out);
  BOOST_TEST(!failure.sent);
  BOOST_CHECK(steady_clock::now() - begun < std::chrono::seconds(5));
}

BOOST_AUTO_TEST_SUITE_END()
