// The clients against the sandbox's catalog and cart, in both dialects and with the oddities of older drafts:
// the same behaviour everywhere.
#include <stdexcept>
#include <thread>
#include <vector>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "http/client/cart_client.hpp"
#include "http/client/catalog_client.hpp"
#include "tests/http/client/client_fixture.hpp"
#include "tests/sandbox/sandbox_process.hpp"

using namespace orders;
using namespace orders::test;
using http::HttpCartClient;
using http::HttpCatalogClient;
using http::HttpClient;
using http::Service;

namespace {

using GotProduct = Result<std::optional<CatalogProduct>>;
using GotCart = Result<std::optional<Cart>>;
using GotItems = Result<std::vector<CartItemRow>>;

struct Shop {
  explicit Shop(const std::vector<std::string>& flags, std::uint32_t in_flight = 1)
      : sandbox(flags),
        http(neighbour_at(sandbox.catalog_url() + "/", in_flight),
             neighbour_at(sandbox.cart_url(), in_flight)),
        catalog(http, 3),
        carts(http, 3) {}

  [[nodiscard]] std::int32_t new_product(const std::string& name, int quantity) const {
    const nlohmann::json product = {{"name", name}, {"price", 12}, {"quantity", quantity}};
    return nlohmann::json::parse(sandbox.catalog("POST", "/products", product.dump()).body)
        .at("data")
        .at("id");
  }
  void add_to_cart(int customer, int product, int quantity) const {
    const nlohmann::json line = {{"product_id", product}, {"quantity", quantity}};
    const auto reply = sandbox.cart("POST", "/carts/" + std::to_string(customer), line.dump());
    if (reply.status != 201) throw std::runtime_error(reply.body);
  }
  GotProduct get(std::int32_t product) {
    Later<GotProduct> later;
    catalog.get(ProductId{product}, soon(), [&](GotProduct got) { later.put(std::move(got)); });
    return later.get();
  }
  Result<PutAnswer> put(const CatalogProduct& product) {
    Later<Result<PutAnswer>> later;
    catalog.put(product, soon(), [&](Result<PutAnswer> answer) { later.put(std::move(answer)); });
    return later.get();
  }
  GotCart get_cart(int customer) {
    Later<GotCart> later;
    carts.get_cart(CustomerId{customer}, soon(), [&](GotCart got) { later.put(std::move(got)); });
    return later.get();
  }
  GotItems get_items(const std::vector<CartId>& wanted) {
    Later<GotItems> later;
    carts.get_items(wanted, soon(), [&](GotItems got) { later.put(std::move(got)); });
    return later.get();
  }
  Result<Done> close_cart(int customer) {
    Later<Result<Done>> later;
    carts.close_cart(CustomerId{customer}, soon(), [&](Result<Done> done) { later.put(std::move(done)); });
    return later.get();
  }

  SandboxProcess sandbox;
  HttpClient http;
  HttpCatalogClient catalog;
  HttpCartClient carts;
};

template <class T>
std::string why(const Result<T>& result) {
  return result.ok() ? std::string() : result.error().detail;
}

const std::vector<std::string> dialects{"code", "readme"};

}  // namespace

BOOST_AUTO_TEST_SUITE(sandbox_contract)

BOOST_DATA_TEST_CASE(a_product_is_read_and_replaced_with_its_name_intact,
                     boost::unit_test::data::make(dialects), dialect) {
  Shop shop({"--dialect", dialect});
  const std::string name = "Größe ½ \"日本\" \\ \xF0\x9F\x90\x8B\n";
  const auto id = shop.new_product(name, 10);
  auto got = shop.get(id);
  BOOST_REQUIRE_MESSAGE(got.ok(), why(got));
  CatalogProduct product = got.value().value();
  BOOST_TEST(product.name == name);
  BOOST_TEST(product.price == 12);
  BOOST_TEST(product.quantity == 10);
  product.quantity = 7;
  BOOST_TEST(shop.put(product).ok());
  BOOST_TEST(shop.get(id).value().value().quantity == 7);
  BOOST_TEST(shop.get(id).value().value().name == name);
}

BOOST_DATA_TEST_CASE(a_product_that_is_not_there_is_none_and_cannot_be_put,
                     boost::unit_test::data::make(dialects), dialect) {
  Shop shop({"--dialect", dialect});
  const auto got = shop.get(999'999);
  BOOST_REQUIRE_MESSAGE(got.ok(), why(got));
  BOOST_TEST(!got.value().has_value());
  CatalogProduct ghost;
  ghost.id = ProductId{999'999};
  ghost.name = "ghost";
  const auto done = shop.put(ghost);
  BOOST_REQUIRE(!done.ok());
  BOOST_CHECK(done.error().code == ErrorCode::catalog_unavailable);
}

BOOST_DATA_TEST_CASE(a_cart_is_found_read_and_closed, boost::unit_test::data::make(dialects), dialect) {
  Shop shop({"--dialect", dialect});
  const auto product = shop.new_product("Emma", 10);
  BOOST_TEST(!shop.get_cart(7).value().has_value());
  shop.add_to_cart(8, product, 5);
  shop.add_to_cart(7, product, 2);
  shop.add_to_cart(7, product, 3);
  const auto cart = shop.get_cart(7);
  BOOST_REQUIRE_MESSAGE(cart.ok(), why(cart));
  BOOST_TEST(!cart.value().value().lines.has_value());
  const auto items = shop.get_items({cart.value()->id});
  BOOST_REQUIRE_MESSAGE(items.ok(), why(items));
  int units = 0;
  for (const auto& row : items.value()) units += row.line.quantity;
  BOOST_TEST(units == 5);
  BOOST_TEST(shop.close_cart(7).ok());
  BOOST_TEST(!shop.get_cart(7).value().has_value());
  BOOST_TEST(shop.get_cart(8).value().has_value());
  BOOST_TEST(shop.close_cart(7).ok() == (dialect == "code"));
}

BOOST_DATA_TEST_CASE(a_cart_may_bring_its_lines_along,
                     boost::unit_test::data::make(std::vector<std::string>{"in", "beside"}), place) {
  Shop shop({"--inline-items=" + place, "--unwrapped-product"});
  const auto product = shop.new_product("Emma", 10);
  shop.add_to_cart(7, product, 2);
  const auto cart = shop.get_cart(7);
  BOOST_REQUIRE_MESSAGE(cart.ok(), why(cart));
  const auto lines = cart.value().value().lines;
  BOOST_REQUIRE(lines.has_value());
  BOOST_REQUIRE(lines->size() == 1U);
  BOOST_TEST(lines->front().product.value == product);
  BOOST_TEST(lines->front().quantity == 2);
  BOOST_TEST(shop.get(product).value().value().name == "Emma");
}

BOOST_AUTO_TEST_CASE(a_put_with_a_version_is_accepted_once) {
  Shop shop({"--etag"});
  const auto id = shop.new_product("Emma", 10);
  auto product = shop.get(id).value().value();
  BOOST_TEST(is_strong_etag(product.etag));
  product.quantity = 9;
  BOOST_TEST((shop.put(product).value() == PutAnswer::accepted));
  BOOST_TEST(shop.get(id).value().value().etag != product.etag);
  product.quantity = 8;
  BOOST_TEST((shop.put(product).value() == PutAnswer::version_changed));
  BOOST_TEST(shop.get(id).value().value().quantity == 9);
}

BOOST_AUTO_TEST_CASE(connections_that_the_services_close_while_idle_are_no_trouble) {
  Shop shop({"--idle-timeout-ms", "20"});
  const auto id = shop.new_product("Emma", 100);
  auto product = shop.get(id).value().value();
  for (int round = 0; round < 10; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(25));  // longer than the service keeps a connection
    product.quantity = 50 + round;
    const auto done = shop.put(product);
    BOOST_TEST(done.ok(), why(done));
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
    BOOST_TEST(shop.get(id).value().value().quantity == 50 + round);
  }
}

BOOST_AUTO_TEST_CASE(services_that_mix_up_their_answers_are_never_believed_about_another_product) {
  Shop shop({"--racy", "--seed", "7"}, 8);
  std::vector<std::int32_t> ids(20);
  int number = 0;
  for (auto& id : ids) id = shop.new_product("product " + std::to_string(number++), 1'000);
  std::vector<Later<GotProduct>> answers(400);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    shop.catalog.get(ProductId{ids[i % ids.size()]}, soon(),
                     [&, i](GotProduct got) { answers[i].put(std::move(got)); });
  }
  std::size_t right = 0;
  std::size_t unavailable = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto got = answers[i].get();
    if (!got.ok()) {
      ++unavailable;
      continue;
    }
    BOOST_REQUIRE_MESSAGE(got.value().has_value(), "a false \"not found\" was believed");
    BOOST_TEST(got.value()->name == "product " + std::to_string(i % ids.size()));
    ++right;
  }
  BOOST_TEST(right + unavailable == answers.size());
  BOOST_TEST(right > answers.size() * 9 / 10);
  BOOST_TEST(shop.http.counters(Service::catalog).mistrusted > 0U);
}

BOOST_AUTO_TEST_SUITE_END()
