// What clients get wrong, and what they are told: the field and why, never a crash, never a half-read value.
#include <boost/test/unit_test.hpp>

#include "tests/system/rig.hpp"

using namespace orders::test;
using nlohmann::json;

namespace {

struct Service {
  // One service for all cases: whatever one of them does must not disturb the next.
  static Rig& shared() {
    static Rig rig({{}, {{"ORDERD_ORDERS__LINES_MAX", "5"}, {"ORDERD_HTTP__BODY_BYTES_MAX", "65536"}}});
    return rig;
  }
  Rig& rig = shared();
  int tea = rig.product(100);

  [[nodiscard]] std::string line(const std::string& product, const std::string& quantity) const {
    return R"({"items":[{"product_id":)" + product + R"(,"quantity":)" + quantity + "}]}";
  }

  /// Refused with 422, naming `pointer`; nothing was taken.
  void refused(const std::string& body, const std::string& pointer, const std::string& why) {
    const auto reply = rig.post(7, body);
    BOOST_TEST_CONTEXT("body: " << body.substr(0, 200) << "\nanswer: " << reply.body) {
      BOOST_TEST(reply.status == 422);
      const auto problem = parsed(reply);
      BOOST_REQUIRE(problem.contains("errors"));
      bool named = false;
      for (const auto& error : problem["errors"]) {
        named |=
            error["pointer"] == pointer && error["detail"].get<std::string>().find(why) != std::string::npos;
      }
      BOOST_TEST(named);
    }
    BOOST_TEST(*rig.sandbox().stock(tea) == 100);
  }

  void malformed(const std::string& body) {
    const auto reply = rig.post(7, body);
    BOOST_TEST_CONTEXT("body: " << body.substr(0, 200) << "\nanswer: " << reply.body) {
      BOOST_TEST(reply.status == 422);
      BOOST_TEST(parsed(reply).at("type") == "urn:orderd:problem:malformed-json");
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(bad_input, Service)

BOOST_AUTO_TEST_CASE(numbers_must_be_whole_and_in_range) {
  const auto product = std::to_string(tea);
  for (const auto* wrong : {"0", "-1", "2147483648", "9223372036854775808", "1e3", "1.0", "1.5", "-0",
                            "1e400", "123456789012345678901234567890"}) {
    refused(line(product, wrong), "/items/0/quantity", "must be a whole number from 1 to 2147483647");
    refused(line(wrong, "1"), "/items/0/product_id", "must be a whole number from 1 to 2147483647");
  }
  for (const auto* wrong : {"\"1\"", "true", "null", "[1]", "{\"a\":1}"}) {
    refused(line(product, wrong), "/items/0/quantity", "must be a whole number");
  }
}

BOOST_AUTO_TEST_CASE(lines_must_be_there_and_whole) {
  refused(R"({"items":[]})", "/items", "at least one line");
  refused(R"({"items":null})", "/items", "must be an array");
  refused(R"({"items":{}})", "/items", "must be an array");
  refused(R"({"items":"1"})", "/items", "must be an array");
  refused(R"({"items":[1]})", "/items/0", "must be an object");
  refused(R"({"items":[{}]})", "/items/0/product_id", "is missing");
  refused(R"({"items":[{"product_id":1}]})", "/items/0/quantity", "is missing");
  refused(R"({"items":[{"product_id":1,"quantity":1},{"quantity":1}]})", "/items/1/product_id", "is missing");
  refused("[]", "", "must be an object");
  refused("1", "", "must be an object");
  refused("null", "", "must be an object");
}

BOOST_AUTO_TEST_CASE(every_fault_is_told_at_once) {
  const auto reply = rig.post(7, R"({"items":[{"product_id":0,"quantity":-1},{"product_id":"x"},5]})");
  BOOST_TEST(reply.status == 422);
  BOOST_TEST(parsed(reply).at("errors").size() == 5U);
}

BOOST_AUTO_TEST_CASE(a_member_that_stands_twice_is_refused) {
  refused(R"({"items":[{"product_id":1,"quantity":1}],"items":[{"product_id":1,"quantity":5}]})", "/items",
          "is there twice");
  refused(R"({"items":[{"product_id":1,"quantity":1,"quantity":5}]})", "/items/0/quantity", "is there twice");
  refused(R"({"note":1,"note":2,"items":[{"product_id":1,"quantity":1}]})", "/note", "is there twice");
}

BOOST_AUTO_TEST_CASE(too_many_lines_and_sums_out_of_range_are_refused) {
  const auto product = std::to_string(tea);
  const auto one = R"({"product_id":)" + product + R"(,"quantity":1})";
  std::string six = one;
  for (int i = 0; i < 5; ++i) six += "," + one;
  refused(R"({"items":[)" + six + "]}", "/items", "at most 5 lines");
  const auto most = R"({"product_id":)" + product + R"(,"quantity":2147483647})";
  const auto reply = rig.post(7, R"({"items":[)" + most + "," + most + "]}");
  BOOST_TEST(reply.status == 422);
  BOOST_TEST(parsed(reply).at("detail").get<std::string>().find("add up to more than 2147483647") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_not_json_is_refused) {
  for (const auto* wrong : {"{", "}", "items=1", "{\"items\":[}", "{'items':[]}", "{\"items\":[]}x",
                            "{\"a\":01}", "{\"a\":NaN}", "{\"a\":\"\xff\"}", "{\"a\":\"\xc0\xaf\"}",
                            "{\"a\":\"\\ud800\"}", "{\"a\":\"\n\"}", "\xef\xbb\xbf{}", "{\"items\":[],}"}) {
    malformed(wrong);
  }
  malformed(std::string("{}\0{\"items\":[]}", 15));
  malformed(std::string(30'000, '['));
  malformed(R"({"a":)" + std::string(30, '[') + std::string(30, ']') + "}");
  std::string bomb = "1";
  for (int i = 0; i < 5'000; ++i) bomb.insert(0, "{\"a\":");
  malformed(bomb);
}

BOOST_AUTO_TEST_CASE(members_it_does_not_know_are_passed_over) {
  const auto body = R"({"note":{"items":[{"quantity":-5}]},"items":[{"gift":true,"product_id":)" +
                    std::to_string(tea) + R"(,"options":{"quantity":99},"quantity":1}]})";
  const auto reply = rig.post(7, body);
  BOOST_REQUIRE_EQUAL(reply.status, 201);
  BOOST_TEST(parsed(reply).at("items").at(0).at("quantity") == 1);
}

BOOST_AUTO_TEST_CASE(ids_in_paths_must_be_ids) {
  const auto body = line(std::to_string(tea), "1");
  for (const auto* id :
       {"0", "-1", "2147483648", "9223372036854775808", "abc", "1.0", "1e3", "+1", "0x1", "7;8", "%31%00"}) {
    const auto status = rig.call("POST", std::string("/orders/") + id, body).status;
    BOOST_TEST_CONTEXT(id) { BOOST_TEST((status == 422 || status == 400)); }
  }
  for (const auto* id : {"0", "-1", "9223372036854775808", "abc"}) {
    BOOST_TEST(rig.call("GET", std::string("/orders/") + id).status == 422);
    BOOST_TEST(rig.call("PUT", std::string("/orders/") + id, R"({"status":"x"})").status == 422);
    BOOST_TEST(rig.call("GET", std::string("/customers/") + id + "/orders").status == 422);
  }
  BOOST_TEST(rig.call("POST", "/orders/7?by=customer", body).status == 422);
}

BOOST_AUTO_TEST_CASE(status_texts_must_be_texts) {
  const auto put = [this](const std::string& body) {
    return rig.call("PUT", "/orders/10000000001", body).status;
  };
  for (const auto* wrong :
       {"", "{}", R"({"status":""})", R"({"status":5})", R"({"status":null})", R"({"status":["x"]})",
        R"({"status":"a\u0000b"})", R"({"status":"x","status":"y"})", R"("Shipped")", "{"}) {
    BOOST_TEST_CONTEXT(wrong) { BOOST_TEST(put(wrong) == 422); }
  }
  std::string most;
  for (int i = 0; i < 64; ++i) most += "\u00fc";
  BOOST_TEST(put(json{{"status", most + "x"}}.dump()) == 422);
  BOOST_TEST(put(json{{"status", most}}.dump()) != 422);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_too_large_is_413) {
  const auto reply = rig.post(7, R"({"note":")" + std::string(70'000, 'x') + "\"}");
  BOOST_TEST(reply.status == 413);
  BOOST_TEST(reply.headers.at("Content-Type") == "application/problem+json");
  BOOST_TEST(rig.post(7, R"({"note":")" + std::string(60'000, 'x') + "\"}").status ==
             400);  // no cart, but read whole
}

BOOST_AUTO_TEST_CASE(the_service_still_works_after_all_that) {
  BOOST_TEST(rig.post(7, line(std::to_string(tea), "1")).status == 201);
  BOOST_TEST(rig.orderd().running());
  BOOST_TEST(rig.settles());
}

BOOST_AUTO_TEST_SUITE_END()
