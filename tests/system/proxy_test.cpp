// TLS is left to a proxy: haproxy with the configuration of docs/ in front of orderd, and clients that speak
// https.
#include <regex>

#include <boost/test/unit_test.hpp>
#include <curl/curl.h>

#include "tests/system/rig.hpp"

using namespace orders::test;
using nlohmann::json;

namespace {

/// haproxy as README says, on a free port, with a certificate made for this test.
class Proxy {
 public:
  explicit Proxy(int orderd_port) {
    make_certificate();
    auto text = read_file(SOURCE_FOLDER "/docs/haproxy.cfg");
    replace(text, "bind :443 ", "bind 127.0.0.1:" + std::to_string(port_) + " ");
    replace(text, "/etc/haproxy/orderd.pem", path("orderd.pem"));
    replace(text, "127.0.0.1:8080 ", "127.0.0.1:" + std::to_string(orderd_port) + " ");
    write_file(path("orders.cfg"), text);
    write_file(path("base.cfg"),
               "global\n  maxconn 1000\n  log stdout format raw local0\ndefaults\n  log global\n");
    haproxy_ = std::make_unique<Process>(
        std::vector<std::string>{"haproxy", "-db", "-f", path("base.cfg"), "-f", path("orders.cfg")},
        Process::Options{{}, path("log"), {}});
    if (!wait_for_port(port_)) throw std::runtime_error("haproxy did not start: " + read_file(path("log")));
  }

  [[nodiscard]] std::string url(const std::string& target) const {
    return "https://localhost:" + std::to_string(port_) + target;
  }
  [[nodiscard]] std::string certificate() const { return path("orderd.pem"); }

 private:
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path() + "/" + name; }

  static void replace(std::string& text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    BOOST_REQUIRE_MESSAGE(at != std::string::npos, "docs/haproxy.cfg has no \"" + from + "\"");
    text.replace(at, from.size(), to);
  }

  void make_certificate() const {
    const int made = run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                          "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                          path("key.pem"), "-out", path("certificate.pem")});
    BOOST_REQUIRE_EQUAL(made, 0);
    write_file(path("orderd.pem"), read_file(path("certificate.pem")) + read_file(path("key.pem")));
  }

  TemporaryFolder folder_;
  int port_ = free_port();
  std::unique_ptr<Process> haproxy_;
};

/// A client that trusts that certificate and keeps its one connection.
class SecureClient {
 public:
  explicit SecureClient(const Proxy& proxy) : proxy_(proxy), curl_(curl_easy_init(), curl_easy_cleanup) {
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_TIMEOUT_MS, 30'000L);
    set(CURLOPT_CAINFO, proxy.certificate().c_str());
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_WRITEFUNCTION, take);
    set(CURLOPT_WRITEDATA, &body_);
  }

  void speak_http2() { set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS)); }

  HttpReply call(const std::string& method, const std::string& target, const std::string& body = {}) {
    body_.clear();
    const std::string url = proxy_.url(target);
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_CUSTOMREQUEST, method.c_str());
    if (method == "POST") {
      set(CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
      set(CURLOPT_COPYPOSTFIELDS, body.c_str());
    } else {
      set(CURLOPT_HTTPGET, 1L);
    }
    const auto code = curl_easy_perform(curl_.get());
    if (code != CURLE_OK) throw std::runtime_error(url + ": " + curl_easy_strerror(code));
    return {static_cast<int>(number(CURLINFO_RESPONSE_CODE)), {}, body_};
  }

  /// Connections made for the last call: 0 when one was kept.
  [[nodiscard]] long connects() const { return number(CURLINFO_NUM_CONNECTS); }

 private:
  static std::size_t take(char* bytes, std::size_t, std::size_t count, void* body) {
    static_cast<std::string*>(body)->append(bytes, count);
    return count;
  }
  template <class Value>
  void set(CURLoption option, Value value) {
    BOOST_REQUIRE_EQUAL(curl_easy_setopt(curl_.get(), option, value), CURLE_OK);
  }
  [[nodiscard]] long number(CURLINFO what) const {
    long value = -1;
    curl_easy_getinfo(curl_.get(), what, &value);
    return value;
  }

  const Proxy& proxy_;
  std::unique_ptr<CURL, void (*)(CURL*)> curl_;
  std::string body_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(behind_a_proxy)

BOOST_AUTO_TEST_CASE(an_order_is_placed_over_https) {
  Rig rig;
  const Proxy proxy(rig.port());
  SecureClient client(proxy);
  BOOST_REQUIRE(eventually([&] { return client.call("GET", "/readyz").status == 200; }));
  const int product = rig.product(10);
  const auto reply = client.call("POST", "/orders/7", Rig::lines({{product, 2}}));
  BOOST_REQUIRE_EQUAL(reply.status, 201);
  const auto id = std::to_string(parsed(reply).at("id").get<long long>());
  BOOST_TEST(parsed(client.call("GET", "/orders/" + id)).at("customer_id") == 7);
  BOOST_TEST(rig.sold(product) == 2);
  SecureClient modern(proxy);
  modern.speak_http2();
  BOOST_TEST(modern.call("POST", "/orders/8", Rig::lines({{product, 1}})).status == 201);
  BOOST_TEST(modern.call("POST", "/orders/8", Rig::lines({{product, 100}})).status == 400);
  BOOST_TEST(rig.sold(product) == 3);
}

BOOST_AUTO_TEST_CASE(many_connections_are_kept_and_share_few) {
  Rig rig;
  const Proxy proxy(rig.port());
  std::vector<std::unique_ptr<SecureClient>> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(std::make_unique<SecureClient>(proxy));
  BOOST_REQUIRE(eventually([&] { return clients.front()->call("GET", "/readyz").status == 200; }));
  for (int round = 0; round < 3; ++round) {
    for (auto& client : clients) {
      BOOST_TEST(client->call("GET", "/livez").status == 200);
      if (round > 0) BOOST_TEST(client->connects() == 0);
    }
  }
  const auto metrics = rig.call("GET", "/metrics").body;
  std::smatch found;
  BOOST_REQUIRE(std::regex_search(metrics, found, std::regex("\norderd_http_connections ([0-9]+)")));
  BOOST_TEST(std::stoi(found[1].str()) <= 101);
}

BOOST_AUTO_TEST_CASE(a_streamed_list_arrives_whole) {
  Rig rig;
  rig.query(
      "INSERT INTO orders (id, customer_id, status) SELECT 10000000000 + n, 1 + n % 1000, 'Ordered' FROM "
      "generate_series(1, 20000) n");
  const Proxy proxy(rig.port());
  SecureClient client(proxy);
  BOOST_REQUIRE(eventually([&] { return client.call("GET", "/readyz").status == 200; }));
  for (int round = 0; round < 2; ++round) {
    const auto orders = parsed(client.call("GET", "/orders")).at("orders");
    BOOST_TEST(orders.size() == 20'000U);
    BOOST_TEST(orders.back().at("id") == 10'000'020'000);
  }
}

BOOST_AUTO_TEST_SUITE_END()
