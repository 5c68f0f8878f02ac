// The state file: what survives a stop, a kill and a damaged last line.
#include <csignal>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/sandbox/sandbox_process.hpp"

namespace orders::test {

using nlohmann::json;
using std::chrono::seconds;

namespace {

struct StateFixture {
  TemporaryFolder folder;
  std::string file = folder.path() + "/state";
  std::vector<std::string> arguments{"--sample", "--etag", "--state", file};

  static void change(const SandboxProcess& sandbox) {
    const auto put = sandbox.catalog("PUT", "/products/1", R"({"name":"M\"\u00e9","price":12,"quantity":9})");
    BOOST_TEST(put.status == 200);
    BOOST_TEST(sandbox.catalog("POST", "/products", R"({"name":"N","price":1,"quantity":1})").status == 201);
    BOOST_TEST(sandbox.catalog("DELETE", "/products/6").status == 204);
    BOOST_TEST(sandbox.catalog("DELETE", "/products/2").status == 204);
    for (const auto* item : {R"({"product_id":1,"quantity":2})", R"({"product_id":3,"quantity":-1})"}) {
      BOOST_TEST(sandbox.cart("POST", "/carts/1", item).status == 201);
      BOOST_TEST(sandbox.cart("POST", "/carts/2", item).status == 201);
    }
    BOOST_TEST(sandbox.cart("PUT", "/carts/1?status=Ordered").status == 200);
  }

  static std::string picture(const SandboxProcess& sandbox) {
    auto products = json::parse(sandbox.catalog("GET", "/products").body).at("data");
    std::sort(products.begin(), products.end(),
              [](const json& a, const json& b) { return a.at("id") < b.at("id"); });
    return products.dump() + sandbox.catalog("GET", "/products/1").headers.at("etag") +
           sandbox.cart("GET", "/cart_items").body + sandbox.cart("GET", "/carts/1").body +
           sandbox.cart("GET", "/carts/2").body + sandbox.cart("GET", "/__carts/1").body;
  }

  static void check_new_ids(const SandboxProcess& sandbox) {
    const auto created = sandbox.catalog("POST", "/products", R"({"name":"N","price":1,"quantity":1})");
    BOOST_TEST(json::parse(created.body).at("data").at("id") == 7);
    BOOST_TEST(sandbox.cart("POST", "/carts/1", R"({"product_id":1,"quantity":2})").status == 201);
    const auto items = json::parse(sandbox.cart("GET", "/cart_items").body).at("items");
    BOOST_TEST(items.back() == (json{{"id", 5}, {"product_id", 1}, {"quantity", 2}, {"cart_id", 3}}));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(state, StateFixture)

BOOST_AUTO_TEST_CASE(survives_a_stop) {
  for (const int number : {SIGTERM, SIGINT}) {
    std::string before;
    {
      SandboxProcess sandbox(arguments);
      if (number == SIGTERM) change(sandbox);
      before = picture(sandbox);
      sandbox.process().signal(number);
      BOOST_TEST(sandbox.process().wait(seconds(10)).value_or(-1) == 0);
    }
    const SandboxProcess again(arguments);
    BOOST_TEST(picture(again) == before);
  }
  check_new_ids(SandboxProcess(arguments));
}

BOOST_AUTO_TEST_CASE(survives_a_kill_with_every_answered_write) {
  std::string before;
  {
    SandboxProcess sandbox(arguments);
    change(sandbox);
    before = picture(sandbox);
    sandbox.process().signal(SIGKILL);
    BOOST_TEST(sandbox.process().wait(seconds(10)).has_value());
  }
  const SandboxProcess again(arguments);
  BOOST_TEST(picture(again) == before);
  check_new_ids(again);
}

BOOST_AUTO_TEST_CASE(a_half_written_last_line_is_left_out) {
  std::string before;
  {
    SandboxProcess sandbox(arguments);
    change(sandbox);
    before = picture(sandbox);
    sandbox.process().signal(SIGKILL);
    BOOST_TEST(sandbox.process().wait(seconds(10)).has_value());
  }
  write_file(file, read_file(file) + R"({"product":{"id":1,"na)");
  const SandboxProcess again(arguments);
  BOOST_TEST(picture(again) == before);
}

BOOST_AUTO_TEST_CASE(a_file_of_something_else_is_refused_and_kept) {
  for (const std::string text :
       {"precious", "precious\nthings\n", "{\"item\":{}}\nprecious\n{\"item\":{}}\n"}) {
    write_file(file, text);
    BOOST_TEST(run({SANDBOX_PROGRAM, "--state", file}) == 1);
    BOOST_TEST(read_file(file) == text);
  }
}

BOOST_AUTO_TEST_CASE(the_file_does_not_grow_with_the_number_of_changes) {
  const SandboxProcess sandbox(arguments);
  WireClient client(sandbox.catalog_port());
  for (int i = 0; i < 30'000; ++i) {
    client.send(request_text("PUT", "/products/1", R"({"name":"Moby Dick","price":12,"quantity":9})"));
    BOOST_TEST_REQUIRE(client.read().value().status == 200);
  }
  const auto end = std::chrono::steady_clock::now() + seconds(10);
  while (read_file(file).size() > 1'000'000) BOOST_TEST_REQUIRE((std::chrono::steady_clock::now() < end));
  BOOST_TEST(sandbox.stock(1).value_or(-1) == 9);
}

BOOST_AUTO_TEST_CASE(without_a_file_nothing_is_kept) {
  { change(SandboxProcess({"--sample"})); }
  const SandboxProcess again({"--sample"});
  BOOST_TEST(again.stock(1).value_or(-1) == 10);
  BOOST_TEST(again.cart("GET", "/cart_items").body == R"({"items":[]})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
