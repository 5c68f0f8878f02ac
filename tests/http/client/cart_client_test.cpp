// HttpCartClient against a scripted cart service.
#include "http/client/cart_client.hpp"

#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/http/client/client_fixture.hpp"

using namespace orders;
using namespace orders::test;
using http::HttpCartClient;
using http::HttpClient;
using http::Service;

namespace {

const std::string active = R"({"cart":{"id":3,"customer_id":7,"status":"Active"}})";
const std::string of_another = R"({"cart":{"id":4,"customer_id":8,"status":"Active"}})";

struct Carts {
  explicit Carts(ScriptedServer::Script script, std::uint32_t tries = 3)
      : server(std::move(script)),
        http(neighbour_at(server.url()), neighbour_at(server.url(), 2)),
        carts(http, tries) {}

  using GotCart = Result<std::optional<Cart>>;
  using GotItems = Result<std::vector<CartItemRow>>;
  GotCart get_cart() {
    Later<GotCart> later;
    carts.get_cart(CustomerId{7}, soon(), [&](GotCart got) { later.put(std::move(got)); });
    return later.get();
  }
  GotItems get_items(const std::vector<CartId>& wanted) {
    Later<GotItems> later;
    carts.get_items(wanted, soon(), [&](GotItems got) { later.put(std::move(got)); });
    return later.get();
  }
  Result<Done> close_cart() {
    Later<Result<Done>> later;
    carts.close_cart(CustomerId{7}, soon(), [&](Result<Done> done) { later.put(std::move(done)); });
    return later.get();
  }

  ScriptedServer server;
  HttpClient http;
  HttpCartClient carts;
};

ScriptedServer::Script replies(std::vector<Reply> list) {
  return [list = std::move(list)](const SeenRequest& request) {
    return list.at(std::min<std::size_t>(static_cast<std::size_t>(request.number), list.size()) - 1);
  };
}

void check_unavailable(const Error& error) {
  BOOST_CHECK(error.code == ErrorCode::cart_unavailable);
  BOOST_TEST(!error.detail.empty());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cart_client)

BOOST_AUTO_TEST_CASE(gets_the_active_cart) {
  Carts carts(replies({reply_with(200, active)}));
  const auto got = carts.get_cart();
  BOOST_REQUIRE(got.ok());
  BOOST_TEST(got.value().value().id.value == 3);
  BOOST_TEST(carts.server.requests().at(0).target == "/carts/7");
}

BOOST_AUTO_TEST_CASE(asks_again_when_told_of_another_customer) {
  Carts carts(replies(
      {reply_with(200, of_another), reply_with(500, "Internal Server Error"), reply_with(200, active)}));
  BOOST_TEST(carts.get_cart().value().value().id.value == 3);
  BOOST_TEST(carts.http.counters(Service::cart).mistrusted == 1U);
  BOOST_TEST(carts.http.counters(Service::cart).retries == 2U);
}

BOOST_AUTO_TEST_CASE(no_active_cart_is_confirmed_once) {
  for (const auto& none : {reply_with(200, R"("no cart")"), reply_with(404, R"({"detail":"no"})"),
                           reply_with(200, R"({"cart":{"id":3,"customer_id":7,"status":"Ordered"}})")}) {
    Carts carts(replies({none}));
    const auto got = carts.get_cart();
    BOOST_REQUIRE(got.ok());
    BOOST_TEST(!got.value().has_value());
    BOOST_TEST(carts.server.requests().size() == 2U);
  }
}

BOOST_AUTO_TEST_CASE(names_its_troubles_after_the_cart_service) {
  Carts carts(replies({reply_with(200, of_another)}), 2);
  check_unavailable(carts.get_cart().error());
  BOOST_TEST(carts.server.requests().size() == 2U);
  check_unavailable(carts.get_items({CartId{3}}).error());
  Carts dead(replies({Reply{"", Reply::Then::hang_up}}));
  check_unavailable(dead.get_cart().error());
  check_unavailable(dead.get_items({CartId{3}}).error());
  check_unavailable(dead.close_cart().error());
}

BOOST_AUTO_TEST_CASE(finds_the_lines_of_a_cart_among_all_lines_ever) {
  constexpr int lines = 100'000;
  std::string all = R"({"items":[)";
  for (int i = 1; i <= lines; ++i) {
    const auto number = std::to_string(i);
    all += R"({"id":)";
    all += number;
    all += R"(,"product_id":)";
    all += number;
    all += R"(,"quantity":1,"cart_id":)";
    all += std::to_string(i % 50'000);
    all += i < lines ? "}," : "}]}";
  }
  Carts carts(replies({reply_with(200, all)}));
  const auto got = carts.get_items({CartId{123}, CartId{49'999}, CartId{60'000}});
  BOOST_REQUIRE(got.ok());
  std::vector<std::int32_t> products;
  for (const auto& row : got.value()) products.push_back(row.line.product.value);
  const std::vector<std::int32_t> wanted{123, 49'999, 50'123, 99'999};
  BOOST_TEST(products == wanted, boost::test_tools::per_element());
  BOOST_TEST(carts.server.requests().at(0).target == "/cart_items");
}

BOOST_AUTO_TEST_CASE(asks_for_the_lines_again_when_they_are_odd) {
  Carts carts(replies({reply_with(200, R"({"items":[{"id":1,"product_id":"x","quantity":1,"cart_id":3}]})"),
                       reply_with(404, ""),
                       reply_with(200, R"({"items":[{"id":1,"product_id":5,"quantity":1,"cart_id":3}]})")}));
  const auto got = carts.get_items({CartId{3}});
  BOOST_REQUIRE(got.ok());
  BOOST_TEST(got.value().at(0).line.product.value == 5);
}

BOOST_AUTO_TEST_CASE(closes_a_cart_by_query_and_body_once) {
  Carts carts(replies({reply_with(200, R"({"message":"Cart status updated successfully"})")}));
  BOOST_TEST(carts.close_cart().ok());
  const auto requests = carts.server.requests();
  BOOST_REQUIRE(requests.size() == 1U);
  BOOST_TEST(requests[0].method == "PUT");
  BOOST_TEST(requests[0].target == "/carts/7?status=Ordered");
  BOOST_TEST(requests[0].body == R"({"status":"Ordered"})");
}

BOOST_AUTO_TEST_CASE(a_closing_that_was_not_answered_as_it_must_be_is_an_error_and_not_repeated) {
  for (const auto& bad : {reply_with(404, R"({"detail":"no"})"), reply_with(500, ""), reply_with(422, "{}"),
                          reply_with(200, R"("no cart")"), Reply{"", Reply::Then::hang_up}}) {
    Carts carts(replies({bad}));
    check_unavailable(carts.close_cart().error());
    BOOST_TEST(carts.server.requests().size() == 1U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
