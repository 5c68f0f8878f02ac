// Which connection a request goes over, and what happens when that one dies: the services close connections
// unannounced, and libcurl repeats requests on its own, PUTs too, unless it is stopped.
#include <vector>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/http/client/client_fixture.hpp"

using namespace orders::test;
using orders::http::FailureKind;
using orders::http::HttpClient;
using orders::http::Service;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// Answers the first request of every connection and ends the connection upon the next.
ScriptedServer::Script one_answer_a_connection(Reply::Then then) {
  return [then](const SeenRequest& request) {
    return request.on_connection == 1 ? reply_with(200, "1") : Reply{"", then};
  };
}

ScriptedServer::Script always(const std::string& bytes, Reply::Then then = Reply::Then::keep_open) {
  return [bytes, then](const SeenRequest&) { return Reply{bytes, then}; };
}

std::size_t count_of(const std::vector<SeenRequest>& requests, const std::string& method) {
  std::size_t count = 0;
  for (const auto& request : requests) count += request.method == method ? 1U : 0U;
  return count;
}

const std::vector<int> endings_of_connections{static_cast<int>(Reply::Then::hang_up),
                                              static_cast<int>(Reply::Then::reset)};
Reply::Then then_of(int number) { return static_cast<Reply::Then>(number); }

}  // namespace

BOOST_AUTO_TEST_SUITE(connections)

BOOST_DATA_TEST_CASE(drops_a_connection_that_answered_5xx, boost::unit_test::data::make({500, 502, 503, 599}),
                     status) {
  ScriptedServer server([&](const SeenRequest& request) {
    return reply_with(request.number == 2 ? status : 200, "Internal Server Error");
  });
  HttpClient client(neighbour_at(server.url(), 1), neighbour_at(server.url()));
  for (const int expected : {200, status, 200, 200}) {
    BOOST_TEST(answer_of(submit(client, put_of("/products/1", "{}"))).status == expected);
  }
  const auto requests = server.requests();
  BOOST_REQUIRE(requests.size() == 4U);
  BOOST_TEST(requests[1].connection == 1);
  BOOST_TEST(requests[2].connection == 2);
  BOOST_TEST(requests[3].connection == 2);
  BOOST_TEST(client.counters(Service::catalog).errors == 1U);
}

BOOST_DATA_TEST_CASE(sends_a_get_again_on_a_fresh_connection_when_a_reused_one_dies_unanswered,
                     boost::unit_test::data::make(endings_of_connections), then) {
  ScriptedServer server(one_answer_a_connection(then_of(then)));
  HttpClient client(neighbour_at(server.url(), 1), neighbour_at(server.url()));
  BOOST_TEST(answer_of(submit(client, get_of("/1"))).status == 200);
  BOOST_TEST(answer_of(submit(client, get_of("/2"))).status == 200);
  BOOST_TEST(server.requests().size() == 3U);
  BOOST_TEST(client.counters(Service::catalog).retries == 1U);
  BOOST_TEST(client.counters(Service::catalog).errors == 0U);
}

BOOST_AUTO_TEST_CASE(goes_straight_to_a_fresh_connection_though_the_pool_has_more_old_ones) {
  ScriptedServer server([](const SeenRequest& request) {
    if (request.on_connection > 1) return Reply{"", Reply::Then::hang_up};
    auto reply = reply_with(200, "1");
    reply.hold = true;  // until all four are there: as many connections
    return reply;
  });
  HttpClient client(neighbour_at(server.url(), 4), neighbour_at(server.url()));
  std::vector<Ending> first(4);
  for (auto& ending : first) ending = submit(client, get_of("/first"));
  BOOST_TEST(server.wait_for_requests(4));
  server.let_go();
  for (const auto& ending : first) BOOST_TEST(answer_of(ending).status == 200);
  BOOST_TEST(server.connections() == 4);
  BOOST_TEST(answer_of(submit(client, get_of("/second"))).status == 200);
  BOOST_TEST(server.requests().size() == 6U);
}

BOOST_AUTO_TEST_CASE(sends_a_get_again_only_once) {
  ScriptedServer server([](const SeenRequest& request) {
    return request.number == 1 ? reply_with(200, "1") : Reply{"", Reply::Then::hang_up};
  });
  HttpClient client(neighbour_at(server.url(), 1), neighbour_at(server.url()));
  BOOST_TEST(answer_of(submit(client, get_of("/1"))).status == 200);
  BOOST_TEST(failure_of(submit(client, get_of("/2"))).kind == FailureKind::unreachable);
  BOOST_TEST(server.requests().size() == 3U);
}

BOOST_DATA_TEST_CASE(does_not_send_a_get_again_when_a_fresh_connection_dies,
                     boost::unit_test::data::make(endings_of_connections), then) {
  ScriptedServer server(always("", then_of(then)));
  HttpClient client(neighbour_at(server.url(), 1), neighbour_at(server.url()));
  BOOST_TEST(failure_of(submit(client, get_of("/1"))).kind == FailureKind::unreachable);
  BOOST_TEST(server.requests().size() == 1U);
}

BOOST_AUTO_TEST_CASE(does_not_send_a_get_again_once_an_answer_has_begun) {
  ScriptedServer server([](const SeenRequest& request) {
    if (request.on_connection == 1) return reply_with(200, "1");
    return Reply{"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345", Reply::Then::hang_up};
  });
  HttpClient client(neighbour_at(server.url(), 1), neighbour_at(server.url()));
  BOOST_TEST(answer_of(submit(client, get_of("/1"))).status == 200);
  BOOST_TEST(failure_of(submit(client, get_of("/2"))).kind == FailureKind::unreachable);
  BOOST_TEST(server.requests().size() == 2U);
}

BOOST_DATA_TEST_CASE(never_sends_a_put_twice_though_a_reused_connection_dies,
                     boost::unit_test::data::make(endings_of_connections), then) {
  ScriptedServer server(one_answer_a_connection(then_of(then)));
  HttpClient client(neighbour_at(server.url(), 1), neighbour_at(server.url()));
  for (int round = 0; round < 20; ++round) {
    BOOST_TEST(answer_of(submit(client, get_of("/1"))).status == 200);
    const auto failure = failure_of(submit(client, put_of("/products/1", R"({"quantity":1})")));
    BOOST_TEST(failure.kind == FailureKind::unreachable);
    BOOST_TEST(failure.sent);
  }
  BOOST_TEST(count_of(server.requests(), "PUT") == 20U);
  BOOST_TEST(client.counters(Service::catalog).retries == 0U);
  // Nothing more comes after the failure was told either.
  BOOST_TEST(answer_of(submit(client, get_of("/last"))).status == 200);
  BOOST_TEST(count_of(server.requests(), "PUT") == 20U);
}

BOOST_AUTO_TEST_CASE(never_sends_a_large_put_twice_though_the_connection_dies_within_it) {
  ScriptedServer server(one_answer_a_connection(Reply::Then::reset));
  HttpClient client(neighbour_at(server.url(), 1), neighbour_at(server.url()));
  const std::string large(3'000'000, 'x');
  BOOST_TEST(answer_of(submit(client, get_of("/1"))).status == 200);
  BOOST_TEST(failure_of(submit(client, put_of("/products/1", large))).sent);
  BOOST_TEST(answer_of(submit(client, get_of("/2"))).status == 200);
  BOOST_TEST(count_of(server.requests(), "PUT") == 1U);
}

BOOST_AUTO_TEST_CASE(notices_connections_that_were_closed_while_idle_before_it_puts) {
  ScriptedServer server(always(http_answer(200, "{}")));
  HttpClient client(neighbour_at(server.url(), 1), neighbour_at(server.url()));
  for (int round = 1; round <= 5; ++round) {
    BOOST_TEST(answer_of(submit(client, put_of("/products/1", "{}"))).status == 200);
    server.close_connections();
    BOOST_TEST(server.connections() == round);
  }
  BOOST_TEST(server.requests().size() == 5U);
}

BOOST_AUTO_TEST_CASE(keeps_idle_connections_for_less_than_the_five_seconds_of_the_services) {
  ScriptedServer server(always(http_answer(200, "{}")));
  HttpClient client(neighbour_at(server.url(), 1), neighbour_at(server.url()));
  const auto get_after = [&](milliseconds idle) {
    auto call = get_of("/");
    call.not_before = steady_clock::now() + idle;
    const auto ending = submit(client, std::move(call));
    BOOST_TEST(answer_of(ending).status == 200);
    return server.requests().back().connection;
  };
  BOOST_TEST(get_after(milliseconds(1)) == 1);
  BOOST_TEST(get_after(milliseconds(2'500)) == 1);
  BOOST_TEST(get_after(milliseconds(4'100)) == 2);
}

BOOST_AUTO_TEST_SUITE_END()
