// HttpCatalogClient against a scripted catalog that says odd things.
#include "http/client/catalog_client.hpp"

#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/http/client/client_fixture.hpp"

using namespace orders;
using namespace orders::test;
using http::HttpCatalogClient;
using http::HttpClient;
using http::Service;

namespace {

const std::string moby = R"({"product_detail":{"id":1,"name":"Moby Dick","price":12,"quantity":10}})";
const std::string emma = R"({"product_detail":{"id":2,"name":"Emma","price":8,"quantity":5}})";
const std::string not_found = R"("product with id: 1 was not found")";

/// Answers the first request with the first reply and so on; the last reply goes on for ever.
ScriptedServer::Script one_after_another(std::vector<Reply> replies) {
  return [replies = std::move(replies)](const SeenRequest& request) {
    return replies.at(std::min<std::size_t>(static_cast<std::size_t>(request.number), replies.size()) - 1);
  };
}

struct Shop {
  explicit Shop(ScriptedServer::Script script, std::uint32_t tries = 3, std::uint32_t in_flight = 8)
      : server(std::move(script)),
        http(neighbour_at(server.url(), in_flight), neighbour_at(server.url())),
        catalog(http, tries) {}

  using Got = Result<std::optional<CatalogProduct>>;
  Got get(Deadline deadline = soon()) {
    Later<Got> later;
    catalog.get(ProductId{1}, deadline, [&](Got got) { later.put(std::move(got)); });
    return later.get();
  }
  Result<PutAnswer> put(std::int32_t quantity, std::int64_t price = 12, Deadline deadline = soon(),
                        const std::string& etag = "") {
    CatalogProduct product;
    product.id = ProductId{1};
    product.name = "Moby Dick";
    product.price = price;
    product.quantity = quantity;
    product.etag = etag;
    Later<Result<PutAnswer>> later;
    catalog.put(product, deadline, [&](Result<PutAnswer> answer) { later.put(std::move(answer)); });
    return later.get();
  }
  [[nodiscard]] std::uint64_t mistrusted() { return http.counters(Service::catalog).mistrusted; }

  ScriptedServer server;
  HttpClient http;
  HttpCatalogClient catalog;
};

void check_unavailable(const Error& error) {
  BOOST_CHECK(error.code == ErrorCode::catalog_unavailable);
  BOOST_TEST(!error.detail.empty());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(catalog_client)

BOOST_AUTO_TEST_CASE(gets_a_product) {
  Shop shop(one_after_another({Reply{http_answer(200, moby, "etag: \"7\"\r\n")}}));
  const auto got = shop.get();
  BOOST_REQUIRE(got.ok());
  BOOST_REQUIRE(got.value().has_value());
  BOOST_TEST(got.value()->name == "Moby Dick");
  BOOST_TEST(got.value()->etag == "\"7\"");
  BOOST_TEST(shop.server.requests().size() == 1U);
  BOOST_TEST(shop.server.requests()[0].target == "/products/1");
}

BOOST_AUTO_TEST_CASE(asks_again_when_told_of_another_product_or_of_a_failure) {
  for (const auto& bad : {reply_with(200, emma), reply_with(500, "Internal Server Error"),
                          reply_with(200, "oops"), reply_with(307, ""), Reply{"", Reply::Then::hang_up}}) {
    Shop shop(one_after_another({bad, bad, reply_with(200, moby)}));
    const auto got = shop.get();
    BOOST_REQUIRE(got.ok());
    BOOST_TEST(got.value().value().id.value == 1);
    BOOST_TEST(shop.server.requests().size() == 3U);
  }
}

BOOST_AUTO_TEST_CASE(gives_up_after_its_tries) {
  Shop shop(one_after_another({reply_with(200, emma)}), 3);
  const auto got = shop.get();
  BOOST_REQUIRE(!got.ok());
  check_unavailable(got.error());
  BOOST_TEST(got.error().detail.find("product 2") != std::string::npos);
  BOOST_TEST(shop.server.requests().size() == 3U);
  BOOST_TEST(shop.mistrusted() == 3U);
}

BOOST_AUTO_TEST_CASE(confirms_that_there_is_no_such_product_once) {
  for (const auto& none : {reply_with(200, not_found), reply_with(404, R"({"detail":"no"})")}) {
    Shop shop(one_after_another({none}), 1);
    const auto got = shop.get();
    BOOST_REQUIRE(got.ok());
    BOOST_TEST(!got.value().has_value());
    BOOST_TEST(shop.server.requests().size() == 2U);
  }
}

BOOST_AUTO_TEST_CASE(a_false_not_found_is_not_believed) {
  Shop shop(one_after_another({reply_with(200, not_found), reply_with(200, moby)}));
  const auto got = shop.get();
  BOOST_REQUIRE(got.ok());
  BOOST_TEST(got.value().has_value());
}

BOOST_AUTO_TEST_CASE(confirms_alone) {
  Shop shop([](const SeenRequest& request) {
    auto reply = reply_with(200, request.target == "/products/1" ? not_found : emma);
    reply.hold = request.target == "/products/2";
    return reply;
  });
  Later<Shop::Got> missing;
  Later<Shop::Got> other;
  shop.catalog.get(ProductId{2}, soon(), [&](Shop::Got got) { other.put(std::move(got)); });
  BOOST_TEST(shop.server.wait_for_requests(1));
  shop.catalog.get(ProductId{1}, soon(), [&](Shop::Got got) { missing.put(std::move(got)); });
  BOOST_TEST(shop.server.wait_for_requests(2));
  // The confirmation waits for the other one: its answer comes first although it was held.
  BOOST_TEST(!missing.there());
  shop.server.let_go();
  BOOST_TEST(other.get().ok());
  BOOST_TEST(!missing.get().value().has_value());
  const auto requests = shop.server.requests();
  BOOST_REQUIRE(requests.size() == 3U);
  BOOST_TEST(requests[2].target == "/products/1");
}

BOOST_AUTO_TEST_CASE(ends_by_the_deadline_whatever_the_catalog_does) {
  const auto begun = std::chrono::steady_clock::now();
  Shop wrong(one_after_another({reply_with(200, emma)}), 1'000'000);
  check_unavailable(wrong.get(soon(std::chrono::milliseconds(200))).error());
  Reply held = reply_with(200, moby);
  held.hold = true;
  Shop silent(one_after_another({held}), 1'000'000);
  check_unavailable(silent.get(soon(std::chrono::milliseconds(200))).error());
  check_unavailable(silent.get(soon(std::chrono::milliseconds(-5))).error());
  BOOST_CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(8));
}

BOOST_AUTO_TEST_CASE(puts_the_whole_product_once_and_believes_only_an_answer_about_it) {
  Shop shop(one_after_another({reply_with(
      200, R"({"message":"Product updated successfully","updated_product":{"id":1,"quantity":9}})")}));
  BOOST_TEST(shop.put(9).ok());
  const auto requests = shop.server.requests();
  BOOST_REQUIRE(requests.size() == 1U);
  BOOST_TEST(requests[0].method == "PUT");
  BOOST_TEST(requests[0].target == "/products/1");
  BOOST_TEST(requests[0].body == R"({"name":"Moby Dick","price":12,"quantity":9})");
  BOOST_TEST(requests[0].head.find("If-Match") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_put_that_was_not_answered_as_it_must_be_is_an_error_and_not_repeated) {
  for (const auto& bad : {reply_with(200, not_found), reply_with(404, R"({"detail":"no"})"),
                          reply_with(500, "Internal Server Error"),
                          reply_with(200, R"({"message":"ok","updated_product":{"id":2,"quantity":9}})"),
                          reply_with(200, R"({"message":"ok","updated_product":{"id":1,"quantity":10}})"),
                          reply_with(200, "{"), reply_with(307, ""), reply_with(412, ""),
                          Reply{"", Reply::Then::hang_up}, Reply{"", Reply::Then::reset}}) {
    Shop shop(one_after_another({bad}));
    const auto done = shop.put(9);
    BOOST_REQUIRE(!done.ok());
    check_unavailable(done.error());
    BOOST_TEST(shop.server.requests().size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_version_goes_with_the_put_and_412_says_that_it_was_not_applied) {
  const auto accepted = reply_with(
      200, R"({"message":"Product updated successfully","updated_product":{"id":1,"quantity":9}})");
  Shop shop(one_after_another({reply_with(412, ""), accepted, accepted, reply_with(500, "")}));
  BOOST_TEST((shop.put(9, 12, soon(), "\"7\"").value() == PutAnswer::version_changed));
  BOOST_TEST((shop.put(9, 12, soon(), "\"8\"").value() == PutAnswer::accepted));
  BOOST_TEST(shop.put(9).ok());
  BOOST_TEST(!shop.put(9, 12, soon(), "\"9\"").ok());
  const auto requests = shop.server.requests();
  BOOST_REQUIRE(requests.size() == 4U);
  BOOST_TEST(requests[0].head.find("If-Match: \"7\"\r\n") != std::string::npos, requests[0].head);
  BOOST_TEST(requests[1].head.find("If-Match: \"8\"\r\n") != std::string::npos, requests[1].head);
  BOOST_TEST(requests[1].head.find("Content-Type: application/json") != std::string::npos);
  BOOST_TEST(requests[2].head.find("If-Match") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_product_that_the_catalog_would_not_survive_is_not_sent) {
  Shop shop(one_after_another({reply_with(200, moby)}));
  const auto done = shop.put(9, 2'147'483'648);
  check_unavailable(done.error());
  BOOST_TEST(shop.server.requests().empty());
}

BOOST_AUTO_TEST_CASE(calls_end_when_the_client_stops_and_are_refused_after) {
  Reply held = reply_with(200, moby);
  held.hold = true;
  Shop shop(one_after_another({held}), 1'000'000, 1);
  std::vector<Later<Shop::Got>> later(20);
  for (auto& one : later)
    shop.catalog.get(ProductId{1}, soon(), [&](Shop::Got got) { one.put(std::move(got)); });
  BOOST_TEST(shop.server.wait_for_requests(1));
  shop.http.stop();
  for (auto& one : later) check_unavailable(one.get().error());
  check_unavailable(shop.get().error());
}

BOOST_AUTO_TEST_SUITE_END()
