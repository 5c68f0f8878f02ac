#include <set>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/http/server/raw_client.hpp"
#include "tests/http/server/service.hpp"

namespace orders::test {

BOOST_AUTO_TEST_SUITE(answers)

BOOST_AUTO_TEST_CASE(an_answer_has_length_date_type_and_request_id) {
  Service service;
  RawClient client(service.port());
  client.send(get("/show"));
  const auto answer = client.read_answer();
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->status == 200);
  BOOST_TEST(answer->headers.at("content-type") == "text/plain");
  BOOST_TEST(answer->headers.at("date").size() == 29U);
  BOOST_TEST(answer->headers.count("connection") == 0U);
  BOOST_TEST(answer->headers.at("x-request-id").size() == 16U);
  BOOST_TEST(answer->body == "GET " + answer->headers.at("x-request-id"));
}

BOOST_AUTO_TEST_CASE(request_ids_do_not_repeat) {
  Service service;
  RawClient client(service.port());
  std::set<std::string> ids;
  for (int i = 0; i < 50; ++i) {
    client.send(get("/now"));
    const auto answer = client.read_answer();
    BOOST_REQUIRE(answer);
    ids.insert(answer->headers.at("x-request-id"));
  }
  BOOST_TEST(ids.size() == 50U);
}

BOOST_AUTO_TEST_CASE(head_gets_the_length_of_the_body_and_no_body) {
  Service service;
  RawClient client(service.port());
  client.send("HEAD /big?bytes=1000 HTTP/1.1\r\nHost: x\r\n\r\n" + get("/hello"));
  const auto head = client.read_answer(true);
  BOOST_REQUIRE(head);
  BOOST_TEST(head->headers.at("content-length") == "1000");
  const auto next = client.read_answer();
  BOOST_REQUIRE(next);
  BOOST_TEST(next->body == "hello");
}

BOOST_AUTO_TEST_CASE(no_content_has_neither_body_nor_length) {
  Service service;
  RawClient client(service.port());
  client.send(get("/status?code=204") + get("/hello"));
  const auto answer = client.read_answer();
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->status == 204);
  BOOST_TEST(answer->headers.count("content-length") == 0U);
  BOOST_TEST(client.read_answer()->body == "hello");
}

BOOST_AUTO_TEST_CASE(a_header_cannot_smuggle_another_one) {
  Service service;
  RawClient client(service.port());
  client.send(get("/inject"));
  const auto answer = client.read_answer();
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->body == "safe");
  BOOST_TEST(answer->headers.count("x-bad") == 0U);
  BOOST_TEST(answer->headers.count("x-evil") == 0U);
  BOOST_TEST(answer->headers.at("x-good") == "b");
}

BOOST_AUTO_TEST_CASE(a_failing_handler_is_a_500_that_tells_nothing) {
  Service service;
  RawClient client(service.port());
  for (const char* const target : {"/throw", "/throw-int", "/drop"}) {
    client.send(get(target));
    const auto answer = client.read_answer();
    BOOST_REQUIRE(answer);
    BOOST_TEST(answer->status == 500);
    BOOST_TEST(answer->headers.at("content-type") == "application/problem+json");
    BOOST_TEST(answer->body.find("secret") == std::string::npos);
  }
  BOOST_TEST(service.counters().handler_exceptions == 2U);
  client.send(get("/hello"));
  BOOST_TEST(client.read_answer()->body == "hello");
}

BOOST_AUTO_TEST_CASE(refusals_are_problems_by_default) {
  Service service;
  RawClient client(service.port());
  client.send("BREW / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = client.read_answer();
  BOOST_REQUIRE(answer);
  const auto problem = nlohmann::json::parse(answer->body);
  BOOST_TEST(problem.at("type") == "about:blank");
  BOOST_TEST(problem.at("title") == "Not Implemented");
  BOOST_TEST(problem.at("status") == 501);
  BOOST_TEST(!problem.at("detail").get<std::string>().empty());
  BOOST_TEST(answer->headers.at("x-request-id").size() == 16U);
}

BOOST_AUTO_TEST_CASE(refusals_look_like_the_services_own) {
  Service service({}, [](int status, const std::string& detail, const std::string& /*request_id*/) {
    if (status == 501) throw std::runtime_error("no");
    return http::Response{status, "text/plain", {{"X-Mine", "yes"}}, "mine: " + detail};
  });
  RawClient client(service.port());
  client.send("GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = client.read_answer();
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->status == 400);
  BOOST_TEST(answer->headers.at("x-mine") == "yes");
  BOOST_TEST(answer->body.rfind("mine: ", 0) == 0U);
  RawClient other(service.port());
  other.send("BREW / HTTP/1.1\r\nHost: x\r\n\r\n");
  BOOST_TEST(other.read_answer()->headers.at("content-type") == "application/problem+json");
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_said_in_a_sentence) {
  Service service;
  config::Http settings;
  settings.port = service.port();
  http::Server second(settings, [](const http::Request&, http::Responder) {});
  const std::string wanted =
      "cannot listen on 127.0.0.1:" + std::to_string(service.port()) + ": Address already in use";
  BOOST_CHECK_EXCEPTION(second.start(), std::runtime_error,
                        [&](const std::runtime_error& error) { return error.what() == wanted; });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
