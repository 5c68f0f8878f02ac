// How the services behave on the wire, and how the program starts.
#include <chrono>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/sandbox/sandbox_process.hpp"

namespace orders::test {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

BOOST_AUTO_TEST_SUITE(transport)

BOOST_AUTO_TEST_CASE(header_names_are_lower_case_and_the_length_is_told) {
  const SandboxProcess sandbox({"--sample"});
  const auto reply = sandbox.catalog("GET", "/products/1");
  BOOST_TEST(reply.headers.at("content-type") == "application/json");
  BOOST_TEST(reply.headers.at("content-length") == std::to_string(reply.body.size()));
  for (const auto& [name, value] : reply.headers) {
    BOOST_TEST(name.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(paths_and_methods_it_does_not_know) {
  const SandboxProcess sandbox({"--sample"});
  const auto slash = sandbox.catalog("GET", "/products/1/?a=b");
  BOOST_TEST(slash.status == 307);
  BOOST_TEST(slash.headers.at("location") == "http://sandbox.test/products/1?a=b");
  BOOST_TEST(slash.headers.at("content-length") == "0");
  BOOST_TEST(sandbox.cart("POST", "/carts/1/").status == 307);
  BOOST_TEST(sandbox.cart("GET", "/cart_items/").status == 307);

  for (const auto* path : {"/", "/product", "/products/1/2", "/carts", "/nothing/"}) {
    const auto unknown = sandbox.catalog("GET", path);
    BOOST_TEST(unknown.status == 404);
    BOOST_TEST(unknown.body == R"({"detail":"Not Found"})");
  }
  const auto wrong = sandbox.catalog("PATCH", "/products");
  BOOST_TEST(wrong.status == 405);
  BOOST_TEST(wrong.headers.at("allow") == "GET, POST");
  BOOST_TEST(wrong.body == R"({"detail":"Method Not Allowed"})");
  BOOST_TEST(sandbox.catalog("HEAD", "/products/1").status == 405);
  BOOST_TEST(sandbox.catalog("HEAD", "/products/1").headers.at("allow") == "GET, PUT, DELETE");
}

BOOST_AUTO_TEST_CASE(a_connection_serves_many_requests_also_sent_at_once) {
  const SandboxProcess sandbox({"--sample"});
  WireClient client(sandbox.catalog_port());
  const std::string two = request_text("HEAD", "/products/1") + request_text("GET", "/products/3");
  for (int i = 0; i < 3; ++i) {
    client.send(two);
    BOOST_TEST(client.read(true).value().status == 405);
    BOOST_TEST(json::parse(client.read().value().body).at("product_detail").at("id") == 3);
  }
  BOOST_TEST(client.raw().empty());
}

BOOST_AUTO_TEST_CASE(a_request_may_come_byte_by_byte_and_chunked) {
  const SandboxProcess sandbox({"--sample"});
  WireClient client(sandbox.catalog_port());
  const std::string body = R"({"name":"A","price":1,"quantity":77})";
  const std::string chunked =
      "PUT /products/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n24\r\n" +
      body + "\r\n0\r\n\r\n";
  for (const char byte : chunked) client.send(std::string(1, byte));
  BOOST_TEST(client.read().value().status == 200);
  BOOST_TEST(sandbox.stock(1).value_or(-1) == 77);
}

BOOST_AUTO_TEST_CASE(idle_connections_are_closed_after_five_seconds) {
  const SandboxProcess sandbox({"--sample"});
  WireClient client(sandbox.catalog_port());
  client.send(request_text("GET", "/products/1"));
  BOOST_TEST(client.read().value().status == 200);
  const auto answered = steady_clock::now();
  BOOST_TEST(client.closes_within(seconds(8)));
  BOOST_TEST((steady_clock::now() - answered >= milliseconds(4'900)));
  BOOST_TEST(client.raw().empty());
}

BOOST_AUTO_TEST_CASE(the_idle_time_begins_again_with_every_answer) {
  const SandboxProcess sandbox({"--sample", "--idle-timeout-ms", "700"});
  WireClient client(sandbox.catalog_port());
  const auto begin = steady_clock::now();
  while (steady_clock::now() - begin < milliseconds(1'500)) {
    client.send(request_text("GET", "/products/1"));
    BOOST_TEST_REQUIRE(client.read().has_value());
    BOOST_TEST_REQUIRE(!client.closes_within(milliseconds(20)));
  }
  BOOST_TEST(client.closes_within(seconds(5)));
}

BOOST_AUTO_TEST_CASE(after_a_500_the_connection_ends_unannounced) {
  const SandboxProcess sandbox({"--sample"});
  sandbox.fault({{"route", "GET /products/{id}"}, {"answer", "500"}, {"count", 1}});
  WireClient client(sandbox.catalog_port());
  client.send(request_text("GET", "/products/1"));
  const auto reply = client.read().value();
  BOOST_TEST(reply.status == 500);
  BOOST_TEST(reply.headers.at("content-type") == "text/plain");
  BOOST_TEST(reply.headers.count("connection") == 0U);
  BOOST_TEST(reply.body == "Internal Server Error");
  BOOST_TEST(client.closes_within(seconds(2)));
}

BOOST_AUTO_TEST_CASE(what_is_no_http_gets_400) {
  const SandboxProcess sandbox({"--sample"});
  WireClient client(sandbox.catalog_port());
  client.send("hello, is anybody there?\r\n\r\n");
  BOOST_TEST(client.read().value().status == 400);
  BOOST_TEST(client.closes_within(seconds(2)));
}

BOOST_AUTO_TEST_CASE(a_client_that_wants_the_end_gets_it) {
  const SandboxProcess sandbox({"--sample"});
  WireClient client(sandbox.catalog_port());
  client.send(request_text("GET", "/products/1", {}, {{"Connection", "close"}}));
  const auto reply = client.read().value();
  BOOST_TEST(reply.status == 200);
  BOOST_TEST(reply.headers.at("connection") == "close");
  BOOST_TEST(client.closes_within(seconds(2)));
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_does_not_stop_the_others) {
  const SandboxProcess sandbox({"--sample"});
  WireClient filler(sandbox.cart_port());
  for (int i = 0; i < 5'000; ++i) {
    filler.send(request_text("POST", "/carts/1", R"({"product_id":1,"quantity":2})"));
    BOOST_TEST_REQUIRE(filler.read().has_value());
  }
  WireClient lazy(sandbox.cart_port());
  for (int i = 0; i < 50; ++i) lazy.send(request_text("GET", "/cart_items"));  // 14 MB of answers
  filler.send(request_text("POST", "/carts/1", R"({"product_id":1,"quantity":3})"));
  BOOST_TEST(filler.read().value().status == 201);
  for (int i = 0; i < 50; ++i) {
    const auto reply = lazy.read().value();
    BOOST_TEST_REQUIRE(reply.complete);
    BOOST_TEST_REQUIRE(json::parse(reply.body).at("items").size() >= 5'000U);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(program)

BOOST_AUTO_TEST_CASE(ends_with_an_error_when_its_arguments_are_wrong) {
  const std::vector<std::vector<std::string>> cases{{"--nonsense"},
                                                    {"--dialect", "klingon"},
                                                    {"--catalog-port", "x"},
                                                    {"--inline-items", "under"},
                                                    {"stray"},
                                                    {"--products", "/nothing/here"},
                                                    {"--state", "/nothing/here"}};
  for (auto arguments : cases) {
    arguments.insert(arguments.begin(), SANDBOX_PROGRAM);
    BOOST_TEST(run(arguments) == 1);
  }
  BOOST_TEST(run({SANDBOX_PROGRAM, "--help"}) == 0);
}

BOOST_AUTO_TEST_CASE(listens_on_the_ports_it_is_told) {
  const int catalog = free_port();
  const int cart = free_port();
  const int control = free_port();
  const SandboxProcess sandbox({"--catalog-port", std::to_string(catalog), "--cart-port",
                                std::to_string(cart), "--control-port", std::to_string(control)});
  BOOST_TEST(sandbox.catalog_port() == catalog);
  BOOST_TEST(sandbox.cart_port() == cart);
  WireClient client(control);
  client.send(request_text("GET", "/__stats") + request_text("GET", "/products"));
  BOOST_TEST(client.read().value().status == 200);
  BOOST_TEST(client.read().value().status == 404);
}

BOOST_AUTO_TEST_CASE(begins_with_the_products_of_a_file) {
  const TemporaryFolder folder;
  const auto path = folder.path() + "/products.json";
  write_file(path, R"([{"name":"A","price":1,"quantity":5},{"id":7,"name":"B","price":2,"quantity":6}])");
  const SandboxProcess sandbox({"--products", path});
  BOOST_TEST(sandbox.stock(1).value_or(-1) == 5);
  BOOST_TEST(sandbox.stock(7).value_or(-1) == 6);
  const auto created = sandbox.catalog("POST", "/products", R"({"name":"C","price":1,"quantity":1})");
  BOOST_TEST(json::parse(created.body).at("data").at("id") == 8);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
