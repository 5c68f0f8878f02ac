// Queueing, limits, deadlines and stopping. What goes over the wire is in wire_test.cpp.
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/http/client/client_fixture.hpp"

using namespace orders::test;
using orders::http::FailureKind;
using orders::http::HttpClient;
using orders::http::Outcome;
using orders::http::Service;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

Reply hold_the_slow(const SeenRequest& request) {
  auto reply = reply_with(200, "\"" + request.target + "\"");
  reply.hold = request.target.find("slow") != std::string::npos;
  return reply;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_client)

BOOST_AUTO_TEST_CASE(has_no_more_calls_under_way_than_allowed_and_answers_all) {
  ScriptedServer server(hold_the_slow);
  HttpClient client(neighbour_at(server.url(), 2), neighbour_at(server.url(), 1));
  std::vector<Ending> endings(6);
  int number = 0;
  for (auto& ending : endings) ending = submit(client, get_of("/slow/" + std::to_string(number++)));
  BOOST_TEST(server.wait_for_requests(2));
  BOOST_TEST(client.counters(Service::catalog).in_flight == 2);
  BOOST_TEST(client.counters(Service::catalog).queued == 4);
  server.let_go();
  for (int i = 0; i < 6; ++i) {
    BOOST_TEST(answer_of(endings[static_cast<std::size_t>(i)]).body == "\"/slow/" + std::to_string(i) + "\"");
  }
  BOOST_TEST(server.most_at_once() == 2);
  BOOST_TEST(server.connections() == 2);
  BOOST_TEST(client.counters(Service::catalog).calls == 6U);
}

BOOST_AUTO_TEST_CASE(refuses_at_once_when_the_queue_is_full_and_takes_calls_again_later) {
  ScriptedServer server(hold_the_slow);
  auto settings = neighbour_at(server.url(), 1);
  settings.queue_max = 2;
  HttpClient client(settings, neighbour_at(server.url()));
  const auto under_way = submit(client, get_of("/slow"));
  BOOST_TEST(server.wait_for_requests(1));
  const auto first = submit(client, get_of("/1"));
  const auto second = submit(client, get_of("/2"));
  const auto refused = submit(client, get_of("/3"));
  BOOST_REQUIRE(refused->there());
  BOOST_TEST((refused->thread() == std::this_thread::get_id()));
  BOOST_TEST(failure_of(refused).kind == FailureKind::refused);
  BOOST_TEST(!failure_of(refused).sent);
  server.let_go();
  BOOST_TEST(answer_of(second).status == 200);
  BOOST_TEST(answer_of(submit(client, get_of("/4"))).status == 200);
  BOOST_TEST(server.requests().size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_call_whose_deadline_passes_in_the_queue_ends_there_unsent) {
  ScriptedServer server(hold_the_slow);
  HttpClient client(neighbour_at(server.url(), 1), neighbour_at(server.url()));
  const auto under_way = submit(client, get_of("/slow"));
  BOOST_TEST(server.wait_for_requests(1));
  auto call = put_of("/products/1", "{}");
  call.deadline = soon(milliseconds(50));
  const auto begun = steady_clock::now();
  const auto ending = submit(client, std::move(call));
  BOOST_TEST(failure_of(ending).kind == FailureKind::expired);
  BOOST_TEST(!failure_of(ending).sent);
  BOOST_CHECK(steady_clock::now() - begun < std::chrono::seconds(5));
  BOOST_TEST(!under_way->there());
  server.let_go();
  BOOST_TEST(answer_of(under_way).status == 200);
  BOOST_TEST(server.requests().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_service_that_hangs_costs_no_more_than_the_time_allowed) {
  ScriptedServer server(hold_the_slow);
  auto settings = neighbour_at(server.url(), 1);
  settings.call_timeout = milliseconds(150);
  HttpClient client(settings, neighbour_at(server.url()));
  const auto begun = steady_clock::now();
  const auto by_timeout = submit(client, get_of("/slow/1"));
  BOOST_TEST(failure_of(by_timeout).kind == FailureKind::timed_out);
  BOOST_TEST(failure_of(by_timeout).sent);
  BOOST_CHECK(steady_clock::now() - begun >= milliseconds(150));
  auto call = put_of("/slow/2", "{}");
  call.deadline = soon(milliseconds(40));
  const auto by_deadline = submit(client, std::move(call));
  BOOST_TEST(failure_of(by_deadline).kind == FailureKind::timed_out);
  BOOST_CHECK(steady_clock::now() - begun < std::chrono::seconds(5));
  BOOST_TEST(client.counters(Service::catalog).timeouts == 2U);
  BOOST_TEST(answer_of(submit(client, get_of("/quick"))).status == 200);
}

BOOST_AUTO_TEST_CASE(a_put_that_waited_long_has_the_whole_time_allowed_once_it_is_sent) {
  ScriptedServer server([](const SeenRequest& request) {
    if (request.target.find("slow") != std::string::npos) std::this_thread::sleep_for(milliseconds(300));
    return reply_with(200, "1");
  });
  auto settings = neighbour_at(server.url(), 1);
  settings.call_timeout = milliseconds(2'000);
  HttpClient client(settings, neighbour_at(server.url()));
  const auto before = submit(client, get_of("/slow/1"));
  auto put = put_of("/slow/2", "{}");
  put.deadline = soon(milliseconds(500));  // it begins after 300 ms, and would have 200 ms left
  const auto ending = submit(client, std::move(put));
  BOOST_TEST(answer_of(ending).status == 200);
  BOOST_TEST(answer_of(before).status == 200);
}

BOOST_AUTO_TEST_CASE(a_call_that_others_left_no_time_for_is_told_that_the_service_is_busy) {
  ScriptedServer server([](const SeenRequest&) {
    std::this_thread::sleep_for(milliseconds(40));
    return reply_with(200, "1");
  });
  HttpClient client(neighbour_at(server.url(), 1), neighbour_at(server.url()));
  std::vector<Ending> others;
  for (int n = 0; n < 20; ++n) others.push_back(submit(client, get_of("/" + std::to_string(n))));
  BOOST_TEST(answer_of(others[1]).status == 200);
  BOOST_TEST(client.expected_wait(Service::catalog, 2).count() > 500'000);
  auto late = get_of("/late");
  late.deadline = soon(milliseconds(200));
  const auto ending = submit(client, std::move(late));
  BOOST_TEST(failure_of(ending).kind == FailureKind::expired);
  BOOST_TEST(failure_of(ending).busy);
  BOOST_TEST(answer_of(others.back()).status == 200);
  BOOST_TEST(client.expected_wait(Service::catalog, 2).count() == 0);
}

BOOST_AUTO_TEST_CASE(a_hanging_catalog_does_not_hold_up_the_cart) {
  ScriptedServer server(hold_the_slow);
  HttpClient client(neighbour_at(server.url(), 1), neighbour_at(server.url(), 1));
  const auto hanging = submit(client, get_of("/slow"));
  BOOST_TEST(server.wait_for_requests(1));
  auto call = get_of("/carts/1");
  call.service = Service::cart;
  const auto ending = submit(client, std::move(call));
  BOOST_TEST(answer_of(ending).status == 200);
  BOOST_TEST(!hanging->there());
}

BOOST_AUTO_TEST_CASE(an_exclusive_call_has_the_service_to_itself) {
  ScriptedServer server(hold_the_slow);
  HttpClient client(neighbour_at(server.url(), 4), neighbour_at(server.url()));
  std::vector<Ending> endings{submit(client, get_of("/slow/1")), submit(client, get_of("/slow/2"))};
  BOOST_TEST(server.wait_for_requests(2));
  auto alone = get_of("/slow/alone");
  alone.exclusive = true;
  endings.push_back(submit(client, std::move(alone)));
  endings.push_back(submit(client, get_of("/slow/3")));
  server.let_go();
  for (const auto& ending : endings) BOOST_TEST(answer_of(ending).status == 200);
  const auto requests = server.requests();
  BOOST_REQUIRE(requests.size() == 4U);
  BOOST_TEST(requests[2].target == "/slow/alone");
  BOOST_TEST(requests[3].target == "/slow/3");
  BOOST_TEST(server.most_at_once() == 2);
}

BOOST_AUTO_TEST_CASE(a_delayed_call_is_not_sent_early) {
  ScriptedServer server(hold_the_slow);
  HttpClient client(neighbour_at(server.url()), neighbour_at(server.url()));
  auto call = get_of("/later");
  call.not_before = steady_clock::now() + milliseconds(80);
  const auto earliest = call.not_before;
  const auto ending = submit(client, std::move(call));
  BOOST_TEST(answer_of(ending).status == 200);
  BOOST_CHECK(server.requests().at(0).at >= earliest);
}

BOOST_AUTO_TEST_CASE(stopping_ends_every_outstanding_call_and_refuses_later_ones) {
  ScriptedServer server(hold_the_slow);
  HttpClient client(neighbour_at(server.url(), 1), neighbour_at(server.url()));
  auto delayed = get_of("/delayed");
  delayed.not_before = soon(std::chrono::seconds(5));
  delayed.service = Service::cart;
  const std::vector<Ending> endings{submit(client, put_of("/slow", "{}")), submit(client, get_of("/queued")),
                                    submit(client, std::move(delayed))};
  BOOST_TEST(server.wait_for_requests(1));
  client.stop();
  for (const auto& ending : endings) {
    BOOST_REQUIRE(ending->there());
    BOOST_TEST(failure_of(ending).kind == FailureKind::stopped);
    BOOST_TEST(ending->puts() == 1);
  }
  BOOST_TEST(failure_of(endings[0]).sent);
  BOOST_TEST(!failure_of(endings[1]).sent);
  const auto late = submit(client, get_of("/late"));
  BOOST_REQUIRE(late->there());
  BOOST_TEST(failure_of(late).kind == FailureKind::stopped);
  BOOST_TEST(client.counters(Service::catalog).in_flight == 0);
  BOOST_TEST(client.counters(Service::catalog).queued == 0);
  BOOST_TEST(client.counters(Service::cart).queued == 0);
  client.stop();
}

BOOST_AUTO_TEST_CASE(survives_callbacks_that_throw) {
  ScriptedServer server(hold_the_slow);
  HttpClient client(neighbour_at(server.url(), 1), neighbour_at(server.url()));
  auto call = get_of("/1");
  call.deadline = soon();
  call.done = [](const Outcome&) { throw std::runtime_error("a bug of the caller"); };
  client.submit(std::move(call));
  BOOST_TEST(answer_of(submit(client, get_of("/2"))).status == 200);
  BOOST_TEST(client.counters(Service::catalog).in_flight == 0);
}

BOOST_AUTO_TEST_CASE(callbacks_may_submit_more) {
  ScriptedServer server(hold_the_slow);
  HttpClient client(neighbour_at(server.url(), 1), neighbour_at(server.url()));
  Later<Outcome> last;
  std::function<void(int)> ask = [&](int left) {
    auto call = get_of("/chain/" + std::to_string(left));
    call.deadline = soon();
    call.done = [&, left](Outcome outcome) {
      if (left == 0) return last.put(std::move(outcome));
      ask(left - 1);
    };
    client.submit(std::move(call));
  };
  ask(50);
  BOOST_TEST(std::get<orders::http::Answer>(last.get()).body == "\"/chain/0\"");
  BOOST_TEST(server.requests().size() == 51U);
  BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(many_threads_get_each_its_own_answers) {
  ScriptedServer server(hold_the_slow);
  HttpClient client(neighbour_at(server.url(), 16), neighbour_at(server.url(), 4));
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      std::vector<std::pair<std::string, Ending>> endings;
      for (int i = 0; i < 300; ++i) {
        auto call = get_of("/" + std::to_string(thread) + "/" + std::to_string(i));
        call.service = i % 3 == 0 ? Service::cart : Service::catalog;
        call.exclusive = i % 50 == 7;
        const auto target = call.target;
        endings.emplace_back(target, submit(client, std::move(call)));
      }
      for (const auto& [target, ending] : endings) {
        if (answer_of(ending).body == "\"" + target + "\"" && ending->puts() == 1) ++right;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(right == 1200);
  BOOST_TEST(client.counters(Service::catalog).queued == 0);
  BOOST_TEST(client.counters(Service::catalog).in_flight == 0);
  BOOST_TEST(client.counters(Service::catalog).calls + client.counters(Service::cart).calls == 1200U);
}

BOOST_AUTO_TEST_SUITE_END()
