#include <chrono>
#include <random>
#include <sys/resource.h>
#include <system_error>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/http/server/raw_client.hpp"
#include "tests/http/server/service.hpp"

namespace orders::test {

namespace {

std::chrono::steady_clock::time_point in_seconds(int count) {
  return std::chrono::steady_clock::now() + std::chrono::seconds(count);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(connections)

BOOST_AUTO_TEST_CASE(beyond_the_limit_a_client_is_told_so) {
  Service service([](config::Http& http) { http.connections_max = 5; });
  std::vector<RawClient> clients;
  for (int i = 0; i < 5; ++i) {
    clients.emplace_back(service.port());
    clients.back().send(get("/hold"));
  }
  BOOST_REQUIRE(service.wait_held(5));
  for (int i = 0; i < 10; ++i) {
    RawClient refused(service.port());
    refused.send(get("/hello"));
    const auto answer = refused.read_answer();
    BOOST_REQUIRE(answer);
    BOOST_TEST(answer->status == 503);
    BOOST_TEST(answer->headers.at("retry-after") == "1");
    BOOST_TEST(answer->headers.at("connection") == "close");
  }
  BOOST_TEST(service.counters().rejected == 10U);
  clients.pop_back();
  BOOST_REQUIRE(Service::wait_until([&] { return service.counters().open_connections <= 4U; }));
  service.release();
  RawClient next(service.port());
  next.send(get("/hello"));
  BOOST_TEST(next.read_answer()->status == 200);
}

BOOST_AUTO_TEST_CASE(for_a_new_client_the_one_that_has_been_idle_longest_goes) {
  Service service([](config::Http& http) { http.connections_max = 3; });
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) clients.emplace_back(service.port());
  clients[2].send(get("/hold"));
  BOOST_REQUIRE(service.wait_held(1));
  for (const std::size_t i : {1U, 0U}) {
    clients[i].send(get("/hello"));
    BOOST_REQUIRE(clients[i].read_answer());
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(1'100));
  RawClient next(service.port());
  next.send(get("/hello"));
  const auto answer = next.read_answer();
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->status == 200);
  BOOST_TEST(clients[1].read_to_end().value_or("open") == "");
  BOOST_TEST(service.counters().idle_closed == 1U);
  BOOST_TEST(service.counters().rejected == 0U);
  service.release();
  for (const std::size_t i : {0U, 2U}) {
    if (i == 0) clients[i].send(get("/hello"));
    BOOST_TEST(clients[i].read_answer().has_value());
  }
  // Now nobody has been idle for long.
  RawClient refused(service.port());
  refused.send(get("/hello"));
  const auto refusal = refused.read_answer();
  BOOST_REQUIRE(refusal);
  BOOST_TEST(refusal->status == 503);
  BOOST_TEST(service.counters().rejected == 1U);
}

BOOST_AUTO_TEST_CASE(abandoned_requests_count_against_a_limit) {
  Service service([](config::Http& http) { http.connections_max = 5; });
  for (std::size_t i = 1; i <= 5; ++i) {
    RawClient client(service.port());
    client.send(get("/hold"));
    BOOST_REQUIRE(service.wait_held(i));
    client.reset();
    BOOST_REQUIRE(Service::wait_until([&] { return service.counters().open_connections == 0U; }));
  }
  BOOST_TEST(service.held_alive() == std::vector<bool>(5, false));
  RawClient client(service.port());
  client.send(get("/hello"));
  const auto refused = client.read_answer();
  BOOST_REQUIRE(refused);
  BOOST_TEST(refused->status == 503);
  BOOST_TEST(service.counters().requests_refused == 1U);
  service.release();
  client.send(get("/hello"));
  BOOST_TEST(client.read_answer()->status == 200);
  BOOST_TEST(service.counters().late_answers == 5U);
}

BOOST_AUTO_TEST_CASE(a_half_closed_client_gets_all_its_answers) {
  Service service;
  RawClient client(service.port());
  client.send(get("/hold") + get("/hello") + get("/stream?bytes=500000") + "GET /unfinished");
  client.half_close();
  BOOST_REQUIRE(service.wait_held(1));
  service.release();
  BOOST_TEST(client.read_answer()->body == "released");
  BOOST_TEST(client.read_answer()->body == "hello");
  BOOST_TEST(client.read_answer()->body.size() == 500'000U);
  BOOST_TEST(client.read_to_end().value_or("open") == "");
  BOOST_TEST(Service::wait_until([&] { return service.counters().open_connections == 0U; }));
}

BOOST_AUTO_TEST_CASE(a_client_that_closes_while_its_request_is_worked_on_is_noticed) {
  Service service;
  for (const bool reset : {true, false}) {
    RawClient client(service.port());
    client.send(get("/hold"));
    BOOST_REQUIRE(service.wait_held(1));
    BOOST_TEST(service.held_alive() == std::vector<bool>{true});
    reset ? client.reset() : client.close();
    BOOST_TEST(Service::wait_until([&] { return service.held_alive() == std::vector<bool>{false}; }));
    BOOST_TEST(Service::wait_until([&] { return service.counters().open_connections == 0U; }));
    service.release();
  }
  BOOST_TEST(service.counters().late_answers == 2U);
  BOOST_TEST(Service::wait_until([&] { return service.counters().pending_bytes == 0U; }));
}

BOOST_AUTO_TEST_CASE(a_half_closed_client_is_told_of_a_timeout_too) {
  Service service([](config::Http& http) { http.handler_timeout = std::chrono::milliseconds(200); });
  RawClient client(service.port());
  client.send(get("/hold") + get("/stream?bytes=100"));
  client.half_close();
  BOOST_TEST(client.read_answer()->status == 504);
  BOOST_TEST(client.read_answer()->body == std::string(100, 's'));
  BOOST_TEST(client.read_to_end().value_or("open") == "");
  BOOST_TEST(Service::wait_until([&] { return service.counters().pending_bytes == 0U; }));
}

BOOST_AUTO_TEST_CASE(draining_finishes_what_is_in_flight_and_refuses_the_rest) {
  Service service;
  RawClient idle(service.port());
  RawClient busy(service.port());
  idle.send(get("/hello"));
  BOOST_REQUIRE(idle.read_answer());
  busy.send(get("/hold"));
  BOOST_REQUIRE(service.wait_held(1));
  const std::uint16_t port = service.port();
  service.server().begin_drain();
  BOOST_CHECK_THROW(RawClient{port}, std::system_error);
  BOOST_TEST(idle.read_to_end().value_or("open") == "");
  BOOST_TEST(!service.server().wait_drained(std::chrono::steady_clock::now()));
  service.release();
  const auto answer = busy.read_answer();
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->body == "released");
  BOOST_TEST(answer->headers.at("connection") == "close");
  busy.close();
  BOOST_TEST(service.server().wait_drained(in_seconds(5)));
  service.server().stop();
  service.server().stop();
}

BOOST_AUTO_TEST_CASE(who_had_connected_before_the_drain_is_answered) {
  Service service;
  for (int round = 0; round < 20; ++round) {
    Service one;
    std::vector<RawClient> clients;
    for (int i = 0; i < 8; ++i) {
      clients.emplace_back(one.port());
      clients.back().send(get("/hello"));
    }
    one.server().begin_drain();
    for (RawClient& client : clients) BOOST_TEST(client.read_answer().has_value());
  }
}

BOOST_AUTO_TEST_CASE(stopping_tells_those_who_hold_answers_and_late_ones_do_no_harm) {
  auto service = std::make_unique<Service>();
  RawClient client(service->port());
  RawClient reader(service->port(), 4'096);
  client.send(get("/hold"));
  reader.send(get("/stream?bytes=50000000"));
  BOOST_REQUIRE(service->wait_held(1));
  BOOST_REQUIRE(reader.discard(10'000) > 0U);
  service->server().stop();
  BOOST_TEST(service->held_alive() == std::vector<bool>{false});
  BOOST_TEST(service->writers_stopped() == 1);
  service->release();
  BOOST_TEST(client.read_to_end().value_or("open") == "");
  BOOST_TEST(service->counters().open_connections == 0U);
  BOOST_TEST(service->counters().pending_bytes == 0U);
}

BOOST_AUTO_TEST_CASE(without_free_descriptors_the_server_waits_and_recovers) {
  Service service;
  RawClient first(service.port());
  first.send(get("/hello"));
  BOOST_REQUIRE(first.read_answer());
  rlimit limit{};
  BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  // The client's socket takes the last descriptor that is allowed; the server finds none for its end.
  const RawClient probe(service.port());
  BOOST_REQUIRE(Service::wait_until([&] { return service.counters().open_connections == 2U; }));
  std::vector<RawClient> clients;
  rlimit tight = limit;
  for (tight.rlim_cur = 8; clients.empty(); ++tight.rlim_cur) {
    BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
    try {
      clients.emplace_back(service.port());
    } catch (const std::system_error&) {
      continue;
    }
  }
  clients.back().send(get("/hello"));
  first.send(get("/hello"));
  BOOST_TEST(first.read_answer().has_value());
  BOOST_TEST(service.counters().open_connections == 2U);
  BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  BOOST_TEST(clients.back().read_answer().has_value());
}

BOOST_AUTO_TEST_CASE(storms_of_resets_and_garbage_leave_nothing_behind) {
  Service service([](config::Http& http) { http.threads = 2; });
  std::mt19937 random(7);
  const std::vector<std::string> answered{
      get("/hello"),      get("/hello") + get("/echo"), post("/echo", "abc"),
      "\x01\x02\r\n\r\n", get("/stream?bytes=300000"),  get("/big?bytes=200000")};
  const std::vector<std::string> cut{
      "", "GET /he", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe"};
  RawClient honest(service.port());
  for (int i = 0; i < 1'500; ++i) {
    RawClient client(service.port());
    const bool whole = random() % 3 != 0;
    client.send(whole ? answered[random() % answered.size()] : cut[random() % cut.size()]);
    if (whole && random() % 2 == 0) client.discard(1);
    if (random() % 3 != 0) client.reset();
    if (i % 50 != 0) continue;
    const std::string body = "honest " + std::to_string(i);
    honest.send(post("/echo", body));
    const auto answer = honest.read_answer();
    BOOST_REQUIRE(answer);
    BOOST_TEST(answer->body == body);
    BOOST_TEST(honest.unread().empty());
  }
  BOOST_TEST(Service::wait_until([&] { return service.counters().open_connections == 1U; }));
  BOOST_TEST(Service::wait_until([&] { return service.counters().in_flight == 0U; }));
  BOOST_TEST(Service::wait_until([&] { return service.counters().pending_bytes == 0U; }));
  BOOST_TEST(Service::wait_until([&] { return service.counters().receiving_bytes == 0U; }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
