#include "persistence/watchdog.hpp"

#include <array>
#include <chrono>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

namespace orders::persistence {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct SocketPair {
  SocketPair() { BOOST_REQUIRE_EQUAL(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0); }
  ~SocketPair() {
    for (const int end : ends) ::close(end);
  }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;

  // Blocks until bytes come or the connection ends; what recv says.
  [[nodiscard]] ssize_t receive() const {
    char byte = 0;
    return ::recv(ends[0], &byte, 1, 0);
  }
  std::array<int, 2> ends{};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(watchdog)

BOOST_AUTO_TEST_CASE(ends_a_call_that_overruns, *boost::unit_test::timeout(30)) {
  const SocketPair pair;
  WatchedSocket socket(Watchdog::shared(), pair.ends[0]);
  const auto begin = steady_clock::now();
  socket.arm(milliseconds(100));
  BOOST_TEST(pair.receive() == 0);  // would wait for ever
  BOOST_TEST((steady_clock::now() - begin >= milliseconds(100)));
  BOOST_TEST(socket.overran());
}

BOOST_AUTO_TEST_CASE(leaves_a_call_alone_that_ended_in_time, *boost::unit_test::timeout(30)) {
  const SocketPair quick;
  const SocketPair slow;
  const auto watchdog = Watchdog::shared();
  WatchedSocket ended(watchdog, quick.ends[0]);
  WatchedSocket overdue(watchdog, slow.ends[0]);
  ended.arm(milliseconds(50));
  ended.disarm();
  overdue.arm(milliseconds(150));
  BOOST_TEST(slow.receive() == 0);  // so the other's time is over, too
  BOOST_TEST(!ended.overran());
  BOOST_TEST(::send(quick.ends[1], "x", 1, 0) == 1);
  BOOST_TEST(quick.receive() == 1);
}

BOOST_AUTO_TEST_CASE(looks_earlier_when_a_shorter_call_comes_second, *boost::unit_test::timeout(30)) {
  const SocketPair patient;
  const SocketPair hasty;
  WatchedSocket first(Watchdog::shared(), patient.ends[0]);
  WatchedSocket second(Watchdog::shared(), hasty.ends[0]);
  first.arm(std::chrono::hours(1));
  second.arm(milliseconds(50));
  BOOST_TEST(hasty.receive() == 0);
  BOOST_TEST(!first.overran());
}

// libpq closes its descriptor when it sees the connection die; by the time the call is overdue, the number
// may be somebody else's.
BOOST_AUTO_TEST_CASE(does_not_touch_a_descriptor_that_was_reused, *boost::unit_test::timeout(30)) {
  SocketPair pair;
  WatchedSocket socket(Watchdog::shared(), pair.ends[0]);
  const SocketPair other;
  BOOST_REQUIRE_EQUAL(::dup2(other.ends[0], pair.ends[0]),
                      pair.ends[0]);  // the old number, another connection
  socket.arm(milliseconds(50));
  char byte = 0;
  BOOST_TEST(::recv(pair.ends[1], &byte, 1, 0) == 0);  // the watched connection is shut down,
  BOOST_TEST(::send(other.ends[1], "x", 1, 0) == 1);   // the one that got its number is not
  BOOST_TEST(pair.receive() == 1);
}

BOOST_AUTO_TEST_CASE(cuts_at_once_when_told) {
  const SocketPair pair;
  WatchedSocket socket(Watchdog::shared(), pair.ends[0]);
  socket.cut();
  BOOST_TEST(pair.receive() == 0);
  BOOST_TEST(!socket.overran());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::persistence
