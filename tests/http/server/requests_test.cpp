#include <boost/test/unit_test.hpp>

#include "tests/http/server/raw_client.hpp"
#include "tests/http/server/service.hpp"

namespace orders::test {

namespace {

struct Manner {
  std::string version;
  std::string connection;
  bool kept;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(requests)

BOOST_AUTO_TEST_CASE(connections_are_kept_or_closed_as_asked) {
  Service service;
  for (const Manner& one : {Manner{"1.1", "", true},
                            {"1.1", "close", false},
                            {"1.1", "TE, close", false},
                            {"1.1", "keep-alive", true},
                            {"1.0", "", false},
                            {"1.0", "keep-alive", true},
                            {"1.0", "keep-alive, close", false}}) {
    BOOST_TEST_CONTEXT(one.version << " " << one.connection) {
      RawClient client(service.port());
      const std::string field = one.connection.empty() ? "" : "Connection: " + one.connection + "\r\n";
      client.send("GET /hello HTTP/" + one.version + "\r\nHost: x\r\n" + field + "\r\n");
      const auto answer = client.read_answer();
      BOOST_REQUIRE(answer);
      const auto said = answer->headers.find("connection");
      if (one.kept) {
        const bool old = one.version == "1.0";
        BOOST_TEST((said != answer->headers.end()) == old);
        if (old) BOOST_TEST(said->second == "keep-alive");
        client.send(get("/hello"));
        BOOST_TEST(client.read_answer().has_value());
      } else {
        BOOST_REQUIRE((said != answer->headers.end()));
        BOOST_TEST(said->second == "close");
        BOOST_TEST(client.read_to_end().value_or("open") == "");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(pipelined_requests_are_answered_in_order) {
  Service service;
  RawClient client(service.port());
  std::string all;
  for (int i = 0; i < 200; ++i)
    all += post("/echo", "number " + std::to_string(i)) + (i % 3 == 0 ? get("/now") : "");
  client.send(all);
  for (int i = 0; i < 200; ++i) {
    const auto answer = client.read_answer();
    BOOST_REQUIRE(answer);
    BOOST_TEST(answer->body == "number " + std::to_string(i));
    if (i % 3 == 0) BOOST_TEST(client.read_answer()->body == "now");
  }
}

BOOST_AUTO_TEST_CASE(a_request_may_come_byte_by_byte) {
  Service service;
  RawClient client(service.port());
  for (const char c : post("/echo", "", "") +
                          "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "5\r\nhello\r\n0\r\n\r\n") {
    BOOST_REQUIRE(client.send(std::string(1, c)));
  }
  BOOST_TEST(client.read_answer()->body.empty());
  BOOST_TEST(client.read_answer()->body == "hello");
}

BOOST_AUTO_TEST_CASE(a_chunk_may_end_in_another_segment) {
  Service service;
  const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string body = "5\r\nhello\r\n0\r\n\r\n";
  for (std::size_t cut = 1; cut < body.size(); ++cut) {
    RawClient client(service.port());
    const auto before = service.counters().bytes_in.load();
    client.send(head + body.substr(0, cut));
    BOOST_REQUIRE(
        Service::wait_until([&] { return service.counters().bytes_in == before + head.size() + cut; }));
    client.send(body.substr(cut) + get("/hello"));
    const auto answer = client.read_answer();
    BOOST_REQUIRE(answer);
    BOOST_TEST(answer->body == "hello");
    BOOST_TEST(client.read_answer()->status == 200);
  }
}

BOOST_AUTO_TEST_CASE(a_client_that_asks_first_is_told_to_go_on) {
  Service service;
  RawClient client(service.port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  const auto interim = client.read_answer();
  BOOST_REQUIRE(interim);
  BOOST_TEST(interim->status == 100);
  client.send("hello");
  BOOST_TEST(client.read_answer()->body == "hello");
  // Who sends the body without waiting needs no interim answer.
  client.send(post("/echo", "hello", "Expect: 100-continue\r\n"));
  BOOST_TEST(client.read_answer()->status == 200);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_served_is_refused_and_the_connection_closed) {
  Service service;
  const std::string host = "Host: x\r\n\r\n";
  const std::vector<std::pair<int, std::string>> cases{
      {400, "GET / HTTP/1.1\r\n\r\n"},
      {400, "hello world\r\n\r\n"},
      {400, std::string("\x16\x03\x01\x02\0\x01", 6)},
      {413, "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n" + host},
      {414, "GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\n" + host},
      {417, "GET / HTTP/1.1\r\nExpect: wonders\r\n" + host},
      {431, "GET / HTTP/1.1\r\nA: " + std::string(20'000, 'a') + "\r\n" + host},
      {501, "CONNECT x:80 HTTP/1.1\r\n" + host},
      {505, "GET / HTTP/2.0\r\n" + host},
  };
  for (const auto& [status, bytes] : cases) {
    BOOST_TEST_CONTEXT(status << " " << bytes.substr(0, 40)) {
      RawClient client(service.port());
      client.send(bytes + get("/hello"));
      const auto answer = client.read_answer();
      BOOST_REQUIRE(answer);
      BOOST_TEST(answer->status == status);
      BOOST_TEST(answer->headers.at("connection") == "close");
      BOOST_TEST(client.read_to_end().value_or("open") == "");
      BOOST_TEST(!client.was_reset());
    }
  }
  BOOST_TEST(service.counters().parse_errors == cases.size());
  BOOST_TEST(service.counters().own_answers.at(0) == 3U);  // the 400s
  std::uint64_t answers = 0;
  for (const auto& number : service.counters().own_answers) answers += number;
  BOOST_TEST(answers == cases.size());
}

BOOST_AUTO_TEST_CASE(a_client_in_the_middle_of_a_body_too_large_can_read_why) {
  Service service([](config::Http& http) { http.body_bytes_max = 10'000; });
  const std::string body(3'000'000, 'b');
  for (int i = 0; i < 5; ++i) {
    RawClient client(service.port());
    BOOST_TEST(client.send(post("/echo", body)));
    const auto answer = client.read_answer();
    BOOST_REQUIRE(answer);
    BOOST_TEST(answer->status == 413);
    BOOST_TEST(client.read_to_end().value_or("open") == "");
  }
  RawClient ended(service.port());
  BOOST_TEST(ended.send(post("/echo", body)));
  ended.half_close();
  BOOST_TEST(ended.read_answer().has_value());
  BOOST_TEST(!ended.was_reset());
  RawClient client(service.port());
  BOOST_TEST(client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n186a0\r\n" +
                         std::string(100'000, 'b')));
  BOOST_TEST(client.read_answer()->status == 413);
  BOOST_TEST(Service::wait_until([&] { return service.counters().receiving_bytes == 0U; }));
}

BOOST_AUTO_TEST_CASE(bodies_together_may_not_take_all_memory) {
  Service service([](config::Http& http) { http.receiving_bytes_total_max = 100'000; });
  RawClient first(service.port());
  const std::string half(60'000, 'b');
  first.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n" + half);
  BOOST_REQUIRE(Service::wait_until([&] { return service.counters().receiving_bytes == 60'000U; }));
  RawClient second(service.port());
  second.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n" + half);
  // Who has kept as much for longer goes.
  const auto refused = first.read_answer();
  BOOST_REQUIRE(refused);
  BOOST_TEST(refused->status == 503);
  BOOST_TEST(refused->headers.at("retry-after") == "1");
  second.send(std::string(10'000, 'b'));
  BOOST_TEST(second.read_answer()->body.size() == 70'000U);
  BOOST_TEST(Service::wait_until([&] { return service.counters().receiving_bytes == 0U; }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
