// The stalling proxy, in front of the sandbox.
#include "tests/support/stalling_proxy.hpp"

#include <chrono>
#include <optional>

#include <boost/test/unit_test.hpp>

#include "tests/sandbox/sandbox_process.hpp"

namespace orders::test {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds a_while{200};

struct Stalled {
  const SandboxProcess sandbox{{"--sample"}};
  StallingProxy proxy{sandbox.catalog_port()};
  const std::string put = request_text("PUT", "/products/1", R"({"name":"x","price":1,"quantity":3})");

  [[nodiscard]] bool shows(int quantity) const {
    for (int tries = 0; tries < 500; ++tries) {
      if (sandbox.stock(1) == quantity) return true;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return false;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(stalling_proxy, Stalled)

BOOST_AUTO_TEST_CASE(lets_everything_through_as_long_as_it_flows) {
  WireClient client(proxy.port());
  for (int n = 0; n < 3; ++n) {
    client.send(request_text("GET", "/products/1"));
    BOOST_TEST(client.read().value().status == 200);
  }
  BOOST_TEST(proxy.connections() == 1);
}

BOOST_AUTO_TEST_CASE(holds_requests_back_until_it_flows_again) {
  WireClient old(proxy.port());
  proxy.stall(StallingProxy::Way::requests);
  WireClient fresh(proxy.port());
  for (auto* client : {&old, &fresh}) {
    client->send(put);
    BOOST_TEST(!client->read(false, a_while).has_value());
  }
  BOOST_TEST(*sandbox.stock(1) == 10);
  proxy.flow();
  for (auto* client : {&old, &fresh}) BOOST_TEST(client->read().value().status == 200);
  BOOST_TEST(shows(3));
}

BOOST_AUTO_TEST_CASE(holds_answers_back_to_requests_that_arrive) {
  WireClient client(proxy.port());
  proxy.stall(StallingProxy::Way::answers);
  client.send(put);
  BOOST_TEST(!client.read(false, a_while).has_value());
  BOOST_TEST(shows(3));
  proxy.flow();
  BOOST_TEST(client.read().value().status == 200);
}

BOOST_AUTO_TEST_CASE(delivers_what_a_client_that_has_gone_since_sent_before) {
  std::optional<WireClient> client(std::in_place, proxy.port());
  client->send(request_text("GET", "/products/1"));
  BOOST_TEST(client->read().value().status == 200);
  proxy.stall(StallingProxy::Way::both);
  client->send(put);
  client.reset();
  BOOST_TEST(*sandbox.stock(1) == 10);
  proxy.flow();
  BOOST_TEST(shows(3));
}

BOOST_AUTO_TEST_CASE(cuts_connections_stalled_or_not_and_takes_new_ones) {
  WireClient client(proxy.port());
  client.send(request_text("GET", "/products/1"));
  BOOST_TEST(client.read().value().status == 200);
  proxy.stall(StallingProxy::Way::requests);
  client.send(put);
  proxy.cut();
  BOOST_TEST(client.closes_within(std::chrono::seconds(5)));
  proxy.flow();
  WireClient next(proxy.port());
  next.send(request_text("GET", "/products/1"));
  BOOST_TEST(next.read().value().status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
