// How much of a client's haste or silence the server takes.
#include <chrono>
#include <ctime>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "http/server/socket.hpp"
#include "tests/http/server/raw_client.hpp"
#include "tests/http/server/service.hpp"

namespace orders::test {

namespace {

using std::chrono::milliseconds;

/// What is read ahead: the default of header_bytes_max.
constexpr std::uint64_t one_head = 16'384;

}  // namespace

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(no_more_is_read_ahead_than_a_limit_while_a_request_is_handled) {
  Service service;
  RawClient client(service.port());
  client.send(get("/hold"));
  BOOST_REQUIRE(service.wait_held(1));
  // More than the server reads ahead, and less than the systems' buffers take: the client is not held up.
  std::string ahead;
  while (ahead.size() < 400'000) ahead += get("/hello");
  const auto before = service.counters().bytes_in.load();
  BOOST_REQUIRE(client.send(ahead));
  BOOST_REQUIRE(Service::wait_until([&] { return service.counters().bytes_in >= before + one_head; }));
  BOOST_TEST(!client.read_to_end(milliseconds(100)).has_value());
  BOOST_TEST(service.counters().bytes_in == before + one_head);
  BOOST_TEST(service.counters().receiving_bytes == one_head);
  service.release();
  BOOST_TEST(client.read_answer()->body == "released");
  for (std::size_t i = 0; i < ahead.size() / get("/hello").size(); ++i)
    BOOST_REQUIRE(client.read_answer().has_value());
  BOOST_TEST(Service::wait_until([&] { return service.counters().receiving_bytes == 0U; }));
}

BOOST_AUTO_TEST_CASE(together_requests_may_not_take_all_memory_and_the_stalled_go_first) {
  Service service([](config::Http& http) { http.receiving_bytes_total_max = 1'000'000; });
  std::vector<RawClient> stalled;
  for (int i = 0; i < 3; ++i) {
    stalled.emplace_back(service.port());
    stalled.back().send(post("/echo", std::string(500'000, 's')).substr(0, 300'000));
  }
  BOOST_REQUIRE(Service::wait_until([&] { return service.counters().receiving_bytes > 890'000U; }));
  std::this_thread::sleep_for(milliseconds(500));
  RawClient honest(service.port());
  const std::string body(600'000, 'h');
  honest.send(post("/echo", body));
  const auto answer = honest.read_answer();
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->status == 200);
  BOOST_TEST((answer->body == body));
  const std::uint64_t refused = service.counters().receiving_dropped;
  BOOST_TEST(refused >= 2U);  // 600,000 and three times 300,000 are more by so much
  std::uint64_t told = 0;
  for (RawClient& client : stalled) {
    client.be_patient(milliseconds(200));
    const auto refusal = client.read_answer();
    if (refusal && refusal->status == 503) ++told;
  }
  BOOST_TEST(told == refused);
}

BOOST_AUTO_TEST_CASE(what_a_writer_keeps_ready_counts_as_waiting) {
  Service service([](config::Http& http) { http.pending_bytes_total_max = 1'000'000; });
  RawClient client(service.port());
  client.send(get("/stall?bytes=900000"));
  BOOST_TEST(Service::wait_until([&] { return service.counters().pending_bytes == 900'000U; }));
  RawClient more(service.port());
  more.send(get("/stall?bytes=200000"));
  BOOST_TEST(!client.read_answer().has_value());
  BOOST_TEST(client.was_reset());
  BOOST_TEST(service.counters().slow_dropped == 1U);
}

BOOST_AUTO_TEST_CASE(descriptors_are_left_for_other_things_than_clients) {
  BOOST_TEST(http::connections_within(100'000, 10'000) == 10'000U);
  BOOST_TEST(http::connections_within(10'512, 10'000) == 10'000U);
  BOOST_TEST(http::connections_within(1'024, 10'000) == 512U);
  BOOST_TEST(http::connections_within(513, 1) == 1U);
  BOOST_TEST(http::connections_within(512, 1) == 0U);
  BOOST_TEST(http::connections_within(520, 10'000) == 0U);
}

BOOST_AUTO_TEST_CASE(a_head_may_be_larger_than_what_is_read_ahead_if_the_setting_says_so) {
  Service service([](config::Http& http) { http.header_bytes_max = 300'000; });
  RawClient client(service.port());
  client.send(get("/hello", "A: " + std::string(250'000, 'a') + "\r\n"));
  BOOST_TEST(client.read_answer()->status == 200);
  client.send(get("/hello", "A: " + std::string(320'000, 'a') + "\r\n"));
  BOOST_TEST(client.read_answer()->status == 431);
}

BOOST_AUTO_TEST_CASE(line_breaks_between_requests_do_not_start_the_clock_of_the_next) {
  Service service([](config::Http& http) {
    http.header_timeout = milliseconds(200);
    http.idle_timeout = milliseconds(900);
  });
  RawClient client(service.port());
  for (int i = 0; i < 2; ++i) {
    client.send(post("/echo", "a") + "\r\n");
    BOOST_TEST(client.read_answer()->body == "a");
    BOOST_TEST(!client.read_to_end(milliseconds(400)).has_value());
  }
  // But they do not keep the connection either.
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i) {
    client.send("\r\n");
    if (client.read_to_end(milliseconds(200))) break;
  }
  BOOST_TEST(client.read_to_end().has_value());
  BOOST_TEST((std::chrono::steady_clock::now() - begun < std::chrono::seconds(3)));
  BOOST_TEST(service.counters().timeouts_idle == 1U);
  BOOST_TEST(service.counters().timeouts_header == 0U);
}

BOOST_AUTO_TEST_CASE(a_streamed_answer_that_stalls_is_broken_off) {
  Service service([](config::Http& http) { http.handler_timeout = milliseconds(300); });
  RawClient client(service.port());
  client.send(get("/stall"));
  BOOST_TEST(!client.read_answer().has_value());
  BOOST_TEST(client.was_reset());
  BOOST_TEST(service.counters().timeouts_handler == 1U);
  BOOST_TEST(Service::wait_until([&] { return service.counters().open_connections == 0U; }));
}

BOOST_AUTO_TEST_CASE(a_reader_that_pauses_for_less_than_the_limit_keeps_its_stream) {
  Service service([](config::Http& http) {
    http.handler_timeout = milliseconds(200);
    http.write_timeout = milliseconds(3'000);
  });
  RawClient client(service.port(), 65'536);
  client.send(get("/stream?bytes=8000000"));
  BOOST_REQUIRE(Service::wait_until([&] { return service.counters().pending_bytes > 0U; }));
  std::this_thread::sleep_for(
      milliseconds(500));  // longer than a writer may be silent, but this one waits for us
  const auto answer = client.read_answer();
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->body.size() == 8'000'000U);
}

BOOST_AUTO_TEST_CASE(two_thousand_silent_connections_disturb_nobody) {
  BOOST_REQUIRE(http::raise_descriptor_limit(5'000) >= 5'000U);  // both ends of every connection are ours
  Service service([](config::Http& http) { http.connections_max = 2'100; });
  std::vector<RawClient> silent;
  for (int i = 0; i < 2'000; ++i) silent.emplace_back(service.port());
  BOOST_REQUIRE(Service::wait_until([&] { return service.counters().open_connections == 2'000U; }));
  const std::clock_t before = std::clock();
  BOOST_TEST(!silent.front().read_to_end(milliseconds(500)).has_value());
  const double used = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  BOOST_TEST(used < 0.25);
  RawClient client(service.port());
  client.send(get("/hello"));
  BOOST_TEST(client.read_answer()->body == "hello");
  for (std::size_t i = 0; i < 2'000; i += 100) {
    silent[i].send(get("/hello"));
    BOOST_TEST(silent[i].read_answer().has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
