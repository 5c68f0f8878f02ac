// SIGTERM while clients are busy: what was begun is finished and told, nobody new is let in, and the process
// ends in time whatever its clients do.
#include <atomic>
#include <csignal>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/http/server/raw_client.hpp"
#include "tests/support/list_reader.hpp"
#include "tests/system/rig.hpp"

using namespace orders::test;
using namespace std::chrono_literals;

namespace {

/// What ending takes beyond the drain timeout, on a busy machine and with a sanitizer.
constexpr auto slack = 4s;

RawClient client_of(const Rig& rig, int receive_buffer = 0) {
  RawClient client(static_cast<std::uint16_t>(rig.port()), receive_buffer);
  client.be_patient(20s);
  return client;
}

void tell_to_stop(Rig& rig) {
  rig.orderd().signal(SIGTERM);
  BOOST_REQUIRE(eventually([&] { return rig.log().find("stopping") != std::string::npos; }));
}

bool refuses(const Rig& rig) {
  try {
    const RawClient client(static_cast<std::uint16_t>(rig.port()));
    return false;
  } catch (const std::system_error&) {
    return true;
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(drain)

BOOST_AUTO_TEST_CASE(it_is_not_ready_takes_nobody_lets_the_idle_go_and_finishes_what_it_has) {
  Rig rig;
  const int product = rig.product(10);
  rig.sandbox().fault({{"route", "GET /products/{id}"}, {"delay_ms", 1'500}});
  auto buyer = client_of(rig);
  buyer.send(post("/orders/7", Rig::lines({{product, 1}})));
  auto prober = client_of(rig);
  prober.send("GET /readyz HTTP/1.1\r\nHost: x\r\n");  // the rest comes later
  std::vector<RawClient> idle;
  for (int n = 0; n < 20; ++n) {
    idle.push_back(client_of(rig));
    idle.back().send(get("/livez"));
    BOOST_REQUIRE(idle.back().read_answer());
  }
  BOOST_REQUIRE(eventually([&] { return rig.metric("orderd_orders_in_flight") == "1"; }));
  tell_to_stop(rig);
  BOOST_TEST(eventually([&] { return refuses(rig); }));
  for (auto& client : idle) {
    BOOST_TEST(client.read_to_end(1s).value_or("still open") == "");
    BOOST_TEST(!client.was_reset());
  }
  prober.send("\r\n");
  const auto ready = prober.read_answer();
  BOOST_REQUIRE(ready);
  BOOST_TEST(ready->status == 503);
  BOOST_TEST(ready->headers.at("connection") == "close");
  const auto placed = buyer.read_answer();
  BOOST_REQUIRE(placed);
  BOOST_TEST(placed->status == 201);
  BOOST_TEST(placed->headers.at("connection") == "close");
  BOOST_TEST(buyer.read_to_end().value_or("still open") == "");
  BOOST_TEST(rig.orderd().wait(slack).value_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(under_load_every_order_that_was_placed_was_told) {
  Rig rig;
  const int product = rig.product(1'000'000);
  std::atomic<int> placed{0};
  std::atomic<int> refused{0};
  std::atomic<bool> ending{false};
  std::thread load([&] {
    at_once(12, [&](int n) {
      while (!ending) {
        try {
          const auto reply = rig.post(n + 1, Rig::lines({{product, 1}}));
          ++(reply.status == 201 ? placed : refused);
        } catch (const std::runtime_error&) {  // it is not let in any more
          std::this_thread::sleep_for(5ms);
        }
      }
    });
  });
  BOOST_TEST(eventually([&] { return placed > 50; }, 60s));
  rig.orderd().signal(SIGTERM);
  BOOST_TEST(rig.orderd().wait(10s + slack).value_or(-1) == 0);
  ending = true;
  load.join();
  BOOST_TEST(refused == 0);
  BOOST_TEST(rig.query("SELECT count(*) FROM orders") == std::to_string(placed));
}

BOOST_AUTO_TEST_CASE(a_list_under_way_is_finished) {
  Rig rig;
  rig.fill(30'000, 1);
  ListSeen seen;
  std::thread reader([&] { seen = orders_reader().read(rig.url("/orders"), 60s, 3'000'000); });
  BOOST_TEST(eventually([&] { return rig.metric("orderd_http_connections") == "2"; }));
  std::this_thread::sleep_for(300ms);
  rig.orderd().signal(SIGTERM);
  reader.join();
  BOOST_TEST_CONTEXT(seen.trouble) { BOOST_TEST(seen.whole); }
  BOOST_TEST(seen.rows == 30'000U);
  BOOST_TEST(rig.orderd().wait(slack).value_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(clients_that_do_not_read_or_do_not_finish_cannot_hold_it_up) {
  Rig rig({{}, {{"ORDERD_HTTP__DRAIN_TIMEOUT", "700ms"}}});
  rig.fill(30'000, 1);
  std::vector<RawClient> stuck;
  for (int n = 0; n < 8; ++n) {
    stuck.push_back(client_of(rig, 16'384));
    stuck.back().send(n % 2 == 0 ? get("/orders")
                                 : std::string("POST /orders/7 HTTP/1.1\r\nHost: x\r\nContent-Le"));
  }
  BOOST_REQUIRE(eventually([&] { return rig.metric("orderd_http_pending_bytes") != "0"; }));
  const auto begun = std::chrono::steady_clock::now();
  rig.orderd().signal(SIGTERM);
  BOOST_TEST(rig.orderd().wait(700ms + slack).value_or(-1) == 0);
  BOOST_TEST((std::chrono::steady_clock::now() - begun >= 600ms));
  BOOST_TEST(rig.log().find("drain timeout") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_balancer_sees_that_it_is_not_ready_while_it_still_takes_requests) {
  Rig rig({{}, {{"ORDERD_HTTP__DRAIN_GRACE", "2s"}}});
  rig.orderd().signal(SIGTERM);
  BOOST_TEST(eventually([&] { return rig.call("GET", "/readyz").status == 503; }));
  BOOST_TEST(rig.call("GET", "/livez").status == 200);
  BOOST_TEST(rig.log().find("stopping") == std::string::npos);
  BOOST_TEST(eventually([&] { return refuses(rig); }));
  BOOST_TEST(rig.orderd().wait(slack).value_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(a_second_signal_ends_it_at_once_in_the_middle_of_lists) {
  Rig rig;
  rig.fill(30'000, 1);
  std::vector<RawClient> readers;
  for (int n = 0; n < 4; ++n) {
    readers.push_back(client_of(rig, 16'384));
    readers.back().send("GET /orders HTTP/1.0\r\nHost: x\r\n\r\n");
  }
  BOOST_REQUIRE(eventually([&] { return rig.metric("orderd_http_pending_bytes") != "0"; }));
  tell_to_stop(rig);
  rig.orderd().signal(SIGINT);
  BOOST_TEST(rig.orderd().wait(2s).value_or(0) == 3);
  for (auto& reader : readers) {
    BOOST_TEST(reader.read_to_end().has_value());
    BOOST_TEST(reader.was_reset());  // an orderly end would look like that of the list
  }
}

BOOST_AUTO_TEST_CASE(a_database_that_is_frozen_cannot_hold_it_up) {
  Rig rig{{{},
           {{"ORDERD_HTTP__DRAIN_TIMEOUT", "1s"}, {"ORDERD_DATABASE__STATEMENT_TIMEOUT", "60s"}},
           nullptr,
           true}};
  const int product = rig.product(10);
  BOOST_REQUIRE_EQUAL(rig.post(1, Rig::lines({{product, 1}})).status, 201);
  const auto frozen = rig.cluster().backends(rig.database());
  BOOST_REQUIRE(!frozen.empty());
  for (const auto backend : frozen) BOOST_REQUIRE_EQUAL(::kill(backend, SIGSTOP), 0);
  auto buyer = client_of(rig);
  buyer.send(post("/orders/2", Rig::lines({{product, 1}})));
  BOOST_TEST(eventually([&] { return rig.metric("orderd_orders_in_flight") == "1"; }));
  rig.orderd().signal(SIGTERM);
  // Five seconds are for actors that are at work on something.
  const auto status = rig.orderd().wait(1s + 5s + slack);
  for (const auto backend : frozen) (void)::kill(backend, SIGCONT);
  BOOST_REQUIRE_MESSAGE(status.has_value(), rig.log());
  BOOST_TEST(*status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
