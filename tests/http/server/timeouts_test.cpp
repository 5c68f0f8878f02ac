#include <chrono>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/http/server/raw_client.hpp"
#include "tests/http/server/service.hpp"

namespace orders::test {

namespace {

using std::chrono::milliseconds;

/// Sends a byte at a time, slowly, until the server has answered; never ending by itself.
std::optional<Answer> trickle(RawClient& client, const std::string& start,
                              const http::EdgeCounters::Number& timeouts) {
  client.send(start);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (timeouts == 0U && std::chrono::steady_clock::now() < deadline) {
    if (!client.send("a")) break;
    std::this_thread::sleep_for(milliseconds(10));  // the pace of the attack
  }
  return client.read_answer();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timeouts)

BOOST_AUTO_TEST_CASE(a_head_that_trickles_in_is_a_408) {
  Service service([](config::Http& http) { http.header_timeout = milliseconds(300); });
  RawClient client(service.port());
  const auto answer = trickle(client, "GET /", service.counters().timeouts_header);
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->status == 408);
  BOOST_TEST(answer->headers.at("connection") == "close");
  BOOST_TEST(client.read_to_end().has_value());
  BOOST_TEST(service.counters().timeouts_header == 1U);
}

BOOST_AUTO_TEST_CASE(a_body_that_trickles_in_is_a_408) {
  Service service([](config::Http& http) { http.body_timeout = milliseconds(300); });
  RawClient client(service.port());
  const auto answer = trickle(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n",
                              service.counters().timeouts_body);
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->status == 408);
  BOOST_TEST(client.read_to_end().has_value());
  BOOST_TEST(service.counters().timeouts_body == 1U);
  BOOST_TEST(Service::wait_until([&] { return service.counters().receiving_bytes == 0U; }));
}

BOOST_AUTO_TEST_CASE(silent_connections_are_closed) {
  Service service([](config::Http& http) {
    http.header_timeout = milliseconds(300);
    http.idle_timeout = milliseconds(300);
  });
  RawClient fresh(service.port());
  RawClient used(service.port());
  used.send(get("/hello"));
  BOOST_REQUIRE(used.read_answer());
  BOOST_TEST(fresh.read_to_end().value_or("open") == "");
  BOOST_TEST(used.read_to_end().value_or("open") == "");
  BOOST_TEST(service.counters().timeouts_idle == 2U);
}

BOOST_AUTO_TEST_CASE(a_handler_that_takes_too_long_is_a_504_and_its_late_answer_reaches_nobody) {
  Service service([](config::Http& http) { http.handler_timeout = milliseconds(200); });
  RawClient client(service.port());
  client.send(get("/hold") + get("/hello"));
  const auto answer = client.read_answer();
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->status == 504);
  BOOST_TEST(answer->body.find("the service did not answer in time") != std::string::npos);
  BOOST_TEST(client.read_answer()->body == "hello");
  BOOST_TEST(service.held_alive() == std::vector<bool>{false});
  service.release();
  BOOST_TEST(service.counters().late_answers == 1U);
  client.send(get("/hello"));
  BOOST_TEST(client.read_answer()->body == "hello");
  BOOST_TEST(client.unread().empty());
  BOOST_TEST(service.counters().timeouts_handler == 1U);
}

BOOST_AUTO_TEST_CASE(other_clocks_do_not_run_while_the_handler_works) {
  Service service([](config::Http& http) {
    http.header_timeout = milliseconds(100);
    http.body_timeout = milliseconds(100);
    http.idle_timeout = milliseconds(100);
    http.write_timeout = milliseconds(100);
  });
  RawClient client(service.port());
  client.send(get("/hold"));
  BOOST_REQUIRE(service.wait_held(1));
  BOOST_TEST(!client.read_to_end(milliseconds(400)).has_value());
  service.release();
  const auto answer = client.read_answer();
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->body == "released");
}

BOOST_AUTO_TEST_CASE(the_next_request_has_a_clock_of_its_own) {
  Service service([](config::Http& http) {
    http.header_timeout = milliseconds(300);
    http.idle_timeout = milliseconds(10'000);
  });
  RawClient client(service.port());
  client.send(get("/hello"));
  BOOST_REQUIRE(client.read_answer());
  // Longer than header_timeout, but idle.
  BOOST_TEST(!client.read_to_end(milliseconds(500)).has_value());
  client.send("GET ");
  const auto answer = client.read_answer();
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->status == 408);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
