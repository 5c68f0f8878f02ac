#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "http/server/socket.hpp"
#include "tests/http/server/raw_client.hpp"
#include "tests/http/server/service.hpp"

namespace orders::test {

namespace {

/// Small enough that a server's answers wait for the client, large enough to be read quickly.
constexpr int little = 65'536;

}  // namespace

BOOST_AUTO_TEST_SUITE(streams)

BOOST_AUTO_TEST_CASE(a_long_stream_arrives_whole_in_bounded_memory) {
  Service service;
  RawClient client(service.port(), little);
  constexpr std::size_t total = 24'000'000;
  client.send(get("/stream?bytes=" + std::to_string(total)));
  std::uint64_t most = 0;
  std::size_t got = 0;
  while (got < total) {
    const std::size_t more = client.discard(1);
    if (more == 0) break;
    got += more;
    most = std::max<std::uint64_t>(most, service.counters().pending_bytes);
  }
  BOOST_TEST(got >= total);
  BOOST_TEST(most > 0U);
  BOOST_TEST(most <= 200'000U);
  BOOST_TEST(Service::wait_until([&] { return service.counters().pending_bytes == 0U; }));
  BOOST_TEST(service.counters().slow_dropped == 0U);
}

BOOST_AUTO_TEST_CASE(a_stream_is_chunked_and_the_connection_goes_on) {
  Service service;
  RawClient client(service.port());
  client.send(get("/stream?bytes=1000000") + get("/hello"));
  const auto answer = client.read_answer();
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->headers.at("transfer-encoding") == "chunked");
  BOOST_TEST(answer->headers.count("content-length") == 0U);
  BOOST_TEST(answer->body == std::string(1'000'000, 's'));
  BOOST_TEST(client.read_answer()->body == "hello");
}

BOOST_AUTO_TEST_CASE(an_old_client_reads_a_stream_until_the_end) {
  Service service;
  RawClient client(service.port());
  client.send("GET /stream?bytes=100000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto answer = client.read_answer();
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->headers.count("transfer-encoding") == 0U);
  BOOST_TEST(answer->headers.at("connection") == "close");
  BOOST_TEST(answer->body == std::string(100'000, 's'));
}

BOOST_AUTO_TEST_CASE(head_of_a_stream_has_no_body_and_stops_the_writer) {
  Service service;
  RawClient client(service.port());
  client.send("HEAD /stream?bytes=1000000 HTTP/1.1\r\nHost: x\r\n\r\n" + get("/hello"));
  BOOST_TEST(client.read_answer(true)->status == 200);
  BOOST_TEST(client.read_answer()->body == "hello");
  BOOST_TEST(service.writers_stopped() == 1);
}

BOOST_AUTO_TEST_CASE(a_stream_given_up_is_seen_by_the_client) {
  Service service;
  for (const char* const version : {"1.1", "1.0"}) {
    RawClient client(service.port());
    client.send(std::string("GET /cut HTTP/") + version + "\r\nHost: x\r\n\r\n");
    BOOST_TEST(!client.read_answer());
  }
  BOOST_TEST(Service::wait_until([&] { return service.counters().open_connections == 0U; }));
  BOOST_TEST(Service::wait_until([&] { return service.counters().in_flight == 0U; }));
}

BOOST_AUTO_TEST_CASE(a_writer_that_does_not_wait_loses_its_slow_client) {
  Service service([](config::Http& http) { http.pending_bytes_max = 300'000; });
  RawClient client(service.port(), little);
  client.send(get("/flood?bytes=100000000"));
  BOOST_TEST(Service::wait_until([&] { return service.writers_stopped() == 1; }));
  BOOST_TEST(Service::wait_until([&] { return service.counters().slow_dropped == 1U; }));
  BOOST_TEST(Service::wait_until([&] { return service.counters().open_connections == 0U; }));
  BOOST_TEST(Service::wait_until([&] { return service.counters().pending_bytes == 0U; }));
}

BOOST_AUTO_TEST_CASE(a_writer_learns_that_its_client_has_gone) {
  Service service;
  RawClient client(service.port(), little);
  client.send(get("/stream?bytes=50000000"));
  BOOST_REQUIRE(client.discard(100'000) > 0U);
  client.reset();
  BOOST_TEST(Service::wait_until([&] { return service.writers_stopped() == 1; }));
  BOOST_TEST(Service::wait_until([&] { return service.counters().in_flight == 0U; }));
  BOOST_TEST(Service::wait_until([&] { return service.counters().pending_bytes == 0U; }));
}

BOOST_AUTO_TEST_CASE(who_does_not_read_is_dropped_and_nobody_else_notices) {
  Service service([](config::Http& http) { http.write_timeout = std::chrono::milliseconds(500); });
  std::vector<RawClient> sleepers;
  for (int i = 0; i < 4; ++i) {
    sleepers.emplace_back(service.port(), little);
    sleepers.back().send(get(i % 2 == 0 ? "/big?bytes=8000000" : "/stream?bytes=8000000"));
  }
  BOOST_REQUIRE(Service::wait_until([&] { return service.counters().pending_bytes > 8'000'000U; }));
  RawClient honest(service.port());
  while (service.counters().slow_dropped < 4U) {
    const auto begun = std::chrono::steady_clock::now();
    honest.send(get("/hello"));
    BOOST_REQUIRE(honest.read_answer());
    BOOST_REQUIRE((std::chrono::steady_clock::now() - begun < std::chrono::seconds(2)));
  }
  BOOST_TEST(service.counters().timeouts_write == 4U);
  // Most of it never left for the system's buffers.
  BOOST_TEST(service.counters().bytes_out < 4 * 1'000'000U);
  // A reset, after which the system keeps nothing for them either.
  for (RawClient& sleeper : sleepers) {
    BOOST_TEST(sleeper.read_to_end().has_value());
    BOOST_TEST(sleeper.was_reset());
  }
  BOOST_TEST(Service::wait_until([&] { return service.counters().open_connections == 1U; }));
  BOOST_TEST(Service::wait_until([&] { return service.counters().pending_bytes == 0U; }));
}

/// With several threads too: none of them lets go of a client that is within its share.
void the_largest_goes(std::uint32_t threads) {
  Service service([threads](config::Http& http) {
    http.threads = threads;
    http.pending_bytes_total_max = 15'500'000;
  });
  RawClient largest(service.port(), little);
  largest.send(get("/big?bytes=14000000"));
  BOOST_REQUIRE(Service::wait_until([&] { return service.counters().pending_bytes > 4'000'000U; }));
  RawClient second(service.port(), little);
  second.send(get("/big?bytes=7000000"));
  BOOST_TEST(Service::wait_until([&] { return service.counters().slow_dropped == 1U; }));
  const auto answer = second.read_answer();
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->body.size() == 7'000'000U);
  BOOST_TEST(!largest.read_answer());
}

BOOST_AUTO_TEST_CASE(together_the_answers_may_not_take_all_memory) {
  the_largest_goes(1);
  the_largest_goes(2);
}

BOOST_AUTO_TEST_CASE(who_reads_until_the_end_can_tell_that_the_server_was_stopped_before_it) {
  Service service;
  RawClient old(service.port(), little);
  old.send("GET /stream?bytes=50000000 HTTP/1.0\r\nHost: x\r\n\r\n");
  RawClient waiting(service.port());
  waiting.send("GET /hold HTTP/1.0\r\nHost: x\r\n\r\n");
  RawClient idle(service.port());
  idle.send(get("/hello"));
  BOOST_REQUIRE(idle.read_answer());
  BOOST_REQUIRE(service.wait_held(1));
  BOOST_REQUIRE(old.discard(10'000) > 0U);
  service.server().stop();
  BOOST_TEST(old.read_to_end().has_value());
  BOOST_TEST(old.was_reset());
  BOOST_TEST(waiting.read_to_end().has_value());
  BOOST_TEST(waiting.was_reset());
  BOOST_TEST(idle.read_to_end().has_value());
  BOOST_TEST(!idle.was_reset());
}

BOOST_AUTO_TEST_CASE(connections_to_a_port_can_be_made_to_end_with_a_reset) {
  Service service;
  RawClient client(service.port());
  client.send(get("/hello"));
  BOOST_REQUIRE(client.read_answer());
  http::reset_when_closed(service.port());
  service.server().stop();
  BOOST_TEST(client.read_to_end().has_value());
  BOOST_TEST(client.was_reset());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
