#include "http/problem.hpp"

#include <set>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace orders;
using namespace orders::http;

BOOST_AUTO_TEST_SUITE(problem_details)

BOOST_AUTO_TEST_CASE(every_code_has_a_problem_of_its_own_and_no_5xx_tells_its_cause) {
  std::set<std::string> types;
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    const Error error{static_cast<ErrorCode>(code), "password=hunter2 at 10.0.0.1", {}, {}};
    const auto response = problem(error, "abc");
    const auto json = nlohmann::json::parse(response.body);
    types.insert(json.at("type").get<std::string>());
    BOOST_TEST(json.at("status").get<int>() == response.status);
    BOOST_TEST(json.at("instance").get<std::string>() == "abc");
    BOOST_TEST((response.status < 500 || response.body.find("hunter2") == std::string::npos));
    const bool retry = !response.headers.empty() && response.headers.front().first == "Retry-After";
    BOOST_TEST(retry == (response.status == 503));
  }
  BOOST_TEST(edge_problem(503, "full", "abc").headers.empty());  // the edge adds it to whatever it refuses
  BOOST_TEST(types.size() == static_cast<std::size_t>(ErrorCode::internal) + 1);
}

BOOST_AUTO_TEST_CASE(shortages_and_faults_are_listed) {
  const Error shortage{
      ErrorCode::insufficient_inventory, "", {}, {{ProductId{1}, 5, 2, true}, {ProductId{9}, 1, 0, false}}};
  const auto json = nlohmann::json::parse(problem(shortage, "abc").body);
  BOOST_TEST(json.at("detail") ==
             "insufficient inventory: product 1: 5 requested, 2 available; product 9: not in the catalog");
  BOOST_TEST(json.at("shortages").at(1).at("in_catalog") == false);
  const Error fault{
      ErrorCode::validation_failed, "", {{"/items", "must be an array"}, {"", "must be an object"}}, {}};
  BOOST_TEST(nlohmann::json::parse(problem(fault, "abc").body).at("detail") ==
             "/items must be an array; the body must be an object");
}

BOOST_AUTO_TEST_CASE(the_edges_own_refusals_name_their_request) {
  const auto json = nlohmann::json::parse(edge_problem(413, "too large", "abc").body);
  BOOST_TEST(json.at("instance") == "abc");
  BOOST_TEST(json.at("status") == 413);
}

BOOST_AUTO_TEST_SUITE_END()
