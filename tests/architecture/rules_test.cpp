// Shows every rule a file that breaks it and one that does not.
#include "tests/architecture/rules.hpp"

#include <boost/test/unit_test.hpp>

namespace orders::architecture {

namespace {

bool refuses(const std::string& path, const std::string& include) {
  return !include_faults({path, "#include " + include + "\n"}).empty();
}

std::string lines(std::size_t count) { return std::string(count, '\n'); }

}  // namespace

BOOST_AUTO_TEST_SUITE(rules)

BOOST_AUTO_TEST_CASE(libraries_stay_in_their_places) {
  BOOST_TEST(refuses("http/routes.cpp", "<pistache/http.h>"));
  BOOST_TEST(refuses("http/server/server.hpp", "<pistache/http.h>"));
  BOOST_TEST(refuses("http/server/exchange.hpp", "<pistache/http.h>"));
  BOOST_TEST(!refuses("http/server/server.cpp", "<pistache/http.h>"));
  BOOST_TEST(refuses("http/orders.cpp", "<caf/actor.hpp>"));
  BOOST_TEST(!refuses("actors/order.cpp", "<caf/actor.hpp>"));
  BOOST_TEST(refuses("actors/order.cpp", "<caf/all.hpp>"));
  BOOST_TEST(refuses("main.cpp", "<caf/all.hpp>"));
  BOOST_TEST(refuses("actors/order.cpp", "<soci/soci.h>"));
  BOOST_TEST(refuses("http/order.cpp", "<libpq-fe.h>"));
  BOOST_TEST(!refuses("persistence/session.cpp", "<soci/soci.h>"));
  BOOST_TEST(refuses("config/print.cpp", "<yaml-cpp/yaml.h>"));
  BOOST_TEST(!refuses("config/load.cpp", "<yaml-cpp/yaml.h>"));
  BOOST_TEST(refuses("http/server/server.cpp", "<curl/curl.h>"));
  BOOST_TEST(!refuses("http/client/client.cpp", "<curl/curl.h>"));
  BOOST_TEST(refuses("http/json.cpp", "<nlohmann/json.hpp>"));
  BOOST_TEST(!refuses("tests/http/json_test.cpp", "<nlohmann/json.hpp>"));
}

BOOST_AUTO_TEST_CASE(folders_include_along_the_arrows_only) {
  BOOST_TEST(refuses("domain/order.hpp", "\"config/config.hpp\""));
  BOOST_TEST(refuses("domain/order.hpp", "<fmt/format.h>"));
  BOOST_TEST(refuses("domain/order.hpp", "<unistd.h>"));
  BOOST_TEST(!refuses("domain/order.hpp", "<string>"));
  BOOST_TEST(refuses("config/load.cpp", "\"domain/order.hpp\""));
  BOOST_TEST(refuses("persistence/session.cpp", "\"actors/protocol.hpp\""));
  BOOST_TEST(refuses("actors/order.cpp", "\"persistence/session.hpp\""));
  BOOST_TEST(refuses("actors/order.cpp", "\"http/routes.hpp\""));
  BOOST_TEST(refuses("http/routes.cpp", "\"persistence/session.hpp\""));
  BOOST_TEST(refuses("http/routes.cpp", "\"tests/support/process.hpp\""));
  BOOST_TEST(refuses("http/routes.cpp", "\"routes.hpp\""));
  BOOST_TEST(!refuses("http/routes.cpp", "\"actors/protocol.hpp\""));
  BOOST_TEST(!refuses("main.cpp", "\"persistence/session.hpp\""));
  BOOST_TEST(!refuses("tests/actors/a.cpp", "\"persistence/session.hpp\""));
}

BOOST_AUTO_TEST_CASE(files_and_functions_are_short) {
  BOOST_TEST(size_faults({"tests/a.cpp", lines(350)}).empty());
  BOOST_TEST(size_faults({"tests/a.cpp", lines(351)}).size() == 1U);
  BOOST_TEST(size_faults({"actors/a.cpp", "void f() {" + lines(59) + "}\n"}).empty());
  BOOST_TEST(size_faults({"actors/a.cpp", "void f() {" + lines(60) + "}\n"}).size() == 1U);
  BOOST_TEST(size_faults({"main.cpp", "void f() {" + lines(60) + "}\n"}).size() == 1U);
  BOOST_TEST(size_faults({"tests/a.cpp", "void f() {" + lines(60) + "}\n"}).empty());
}

BOOST_AUTO_TEST_CASE(headers_say_what_they_are) {
  BOOST_TEST(header_faults({"actors/a.hpp", "// It is this.\n#pragma once\n"}).empty());
  BOOST_TEST(header_faults({"actors/a.hpp", "#pragma once\n"}).size() == 2U);
  BOOST_TEST(header_faults({"actors/a.hpp", "// It is this.\n"}).size() == 1U);
  BOOST_TEST(header_faults({"actors/a.cpp", ""}).empty());
}

BOOST_AUTO_TEST_CASE(nothing_is_unfinished) {
  BOOST_TEST(unfinished_faults({"a.cpp", std::string("\n// TO") + "DO: more\n"}).front() ==
             "a.cpp:2: marks unfinished work");
  BOOST_TEST(unfinished_faults({"a.cpp", std::string("FIX") + "ME"}).size() == 1U);
  BOOST_TEST(unfinished_faults({"a.cpp", std::string("XX") + "X"}).size() == 1U);
  BOOST_TEST(unfinished_faults({"a.cpp", "mkstemp(\"a-XXXXXX\")"}).empty());
}

BOOST_AUTO_TEST_CASE(every_source_is_built) {
  const File source{"actors/order.cpp", ""};
  BOOST_TEST(unbuilt_faults(source, {{"actors/CMakeLists.txt", "add_library(a order.cpp)"}}).empty());
  BOOST_TEST(unbuilt_faults(source, {{"CMakeLists.txt", "add_library(a actors/order.cpp)"}}).empty());
  BOOST_TEST(
      unbuilt_faults(source, {{"CMakeLists.txt", "foreach(a cart order)\n  add(${a}.cpp)\nendforeach()"}})
          .empty());
  BOOST_TEST(
      unbuilt_faults(source, {{"CMakeLists.txt", "foreach(a cart)\n  add(${a}.cpp)\nendforeach()"}}).size() ==
      1U);
  BOOST_TEST(unbuilt_faults(source, {{"http/CMakeLists.txt", "add_library(a order.cpp)"}}).size() == 1U);
  BOOST_TEST(
      unbuilt_faults(source, {{"actors/CMakeLists.txt", "add_library(a reorder.cpp order.cpp2)"}}).size() ==
      1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::architecture
