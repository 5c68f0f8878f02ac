// A name server that does not answer: calls to that name end in time, and hold up no other.
#include <chrono>
#include <dlfcn.h>
#include <netdb.h>
#include <string_view>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/http/client/client_fixture.hpp"

using namespace orders::test;
using orders::http::FailureKind;
using orders::http::HttpClient;
using orders::http::Service;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

constexpr seconds lookup_takes{6};

}  // namespace

/// Takes the place of the C library's for all of this program, libcurl included.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** found) {
  using Lookup = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto in_library = reinterpret_cast<Lookup>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (name == nullptr || std::string_view(name) != "silent.invalid")
    return in_library(name, service, hints, found);
  std::this_thread::sleep_for(lookup_takes);
  return EAI_AGAIN;
}

BOOST_AUTO_TEST_SUITE(name_lookup)

BOOST_AUTO_TEST_CASE(one_that_hangs_holds_up_neither_other_calls_nor_the_end) {
  ScriptedServer cart([](const SeenRequest&) { return Reply{http_answer(200, "[]")}; });
  auto silent = neighbour_at("http://silent.invalid:80");
  silent.call_timeout = silent.connect_timeout = milliseconds(200);
  const auto begun = steady_clock::now();
  {
    HttpClient client(silent, neighbour_at(cart.url()));
    BOOST_TEST(failure_of(submit(client, get_of("/products/1"))).kind == FailureKind::timed_out);
    auto call = get_of("/carts/1");
    call.service = Service::cart;
    const auto ending = submit(client, std::move(call));
    BOOST_TEST(answer_of(ending).status == 200);
  }
  BOOST_CHECK(steady_clock::now() - begun < lookup_takes / 2);
}

BOOST_AUTO_TEST_SUITE_END()
