#include "http/idempotency_key.hpp"

#include <boost/test/unit_test.hpp>

#include "domain/idempotency.hpp"

using namespace orders;
using namespace orders::http;

namespace {

Result<std::optional<std::string>> read(const std::vector<std::string>& values) {
  Request request;
  request.headers.emplace_back("content-type", "application/json");
  for (const auto& value : values) request.headers.emplace_back("idempotency-key", value);
  return read_idempotency_key(request);
}

void check(const std::string& sent, const std::string& key) {
  const auto got = read({sent});
  BOOST_TEST_CONTEXT(sent) {
    BOOST_REQUIRE(got.ok() && got.value().has_value());
    BOOST_TEST(*got.value() == key);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(idempotency_key)

BOOST_AUTO_TEST_CASE(a_request_may_have_none) {
  const auto got = read({});
  BOOST_REQUIRE(got.ok());
  BOOST_TEST(!got.value().has_value());
}

BOOST_AUTO_TEST_CASE(quoted_and_bare_keys_are_the_same) {
  check("\"8e03978e-40d5-43e8-bc93-6894a57f9324\"", "8e03978e-40d5-43e8-bc93-6894a57f9324");
  check("8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324");
  check("a+b/c==", "a+b/c==");
  check(R"("two words, with \"quotes\" and \\")", R"(two words, with "quotes" and \)");
  check('"' + std::string(255, 'x') + '"', std::string(255, 'x'));
}

BOOST_AUTO_TEST_CASE(everything_else_is_refused_with_a_reason) {
  const std::vector<std::string> wrong{"",         "\"\"",        "\"",
                                       "\"open",   "\"a\"b",      "\"a\";x=1",
                                       "\"a\\n\"", "\"a\\",       "a b",
                                       "a\"b",     "a,b",         "a;b",
                                       "a\\b",     "caf\xc3\xa9", "\"caf\xc3\xa9\"",
                                       "\"a\tb\"", "\"a\x7f\"",   std::string(256, 'x')};
  for (const auto& sent : wrong) {
    const auto got = read({sent});
    BOOST_TEST_CONTEXT(sent) {
      BOOST_REQUIRE(!got.ok());
      BOOST_TEST((got.error().code == ErrorCode::invalid_parameter));
      BOOST_TEST(got.error().detail.find("Idempotency-Key ") == 0U);
    }
  }
  BOOST_TEST(!read({"a", "a"}).ok());
}

BOOST_AUTO_TEST_CASE(requests_are_the_same_when_their_lines_are) {
  using Lines = std::vector<OrderLine>;
  const Lines lines{{ProductId{1}, 2}, {ProductId{3}, 4}};
  BOOST_TEST(canonical_request(lines) == canonical_request(Lines(lines)));
  BOOST_TEST(canonical_request(lines) != canonical_request(Lines{{ProductId{3}, 4}, {ProductId{1}, 2}}));
  BOOST_TEST(canonical_request(lines) != canonical_request(Lines{{ProductId{1}, 24}, {ProductId{3}, 4}}));
  BOOST_TEST(canonical_request(Lines{{ProductId{1}, 21}}) != canonical_request(Lines{{ProductId{12}, 1}}));
  BOOST_TEST(canonical_request(std::nullopt) != canonical_request(Lines{}));
}

BOOST_AUTO_TEST_SUITE_END()
