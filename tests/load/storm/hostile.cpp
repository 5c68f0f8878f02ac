#include "tests/load/storm/hostile.hpp"

#include <array>
#include <exception>
#include <system_error>
#include <vector>

namespace orders::storm {

namespace {

using std::chrono::milliseconds;
using test::RawClient;

constexpr int little = 8'192;  ///< receive buffer of those who read slowly or not at all

void breaks_off_after_asking(Client& me) {
  auto connection = me.connect();
  connection.send(me.question().wire);
  if (me.chance(0.5)) me.pause(20'000);
  connection.reset();
}

void breaks_off_in_the_middle_of_an_answer(Client& me) {
  auto connection = me.connect(little);
  connection.send(me.chance(0.5) ? me.stream_question(2'000'000).wire : me.big_question(2'000'000).wire);
  connection.discard(me.any(1, 50'000));
  connection.reset();
}

void sends_half_a_request(Client& me) {
  auto connection = me.connect();
  const auto wire = me.question().wire;
  connection.send(std::string_view(wire).substr(0, me.any(1, wire.size() - 1)));
  me.pause(me.chance(0.05) ? 2'500'000 : 50'000);  // beyond the limit for heads and bodies, now and then
  if (me.chance(0.3)) {
    connection.half_close();
    me.check_foreign(connection.read_to_end(milliseconds(1'000)).value_or(""));
  }
  connection.reset();
}

/// A byte or a few at a time, but within the limits: an answer is due.
void writes_slowly(Client& me) {
  auto connection = me.connect();
  const auto mine = me.token();
  const Question question{test::get("/echo/" + mine), mine + "\n", false};
  std::string_view rest = question.wire;
  while (!rest.empty()) {
    const auto size = std::min<std::size_t>(rest.size(), me.any(1, 8));
    if (!connection.send(rest.substr(0, size))) break;
    rest.remove_prefix(size);
    me.pause(8'000);
  }
  const auto answer = connection.read_answer();
  // On a machine that is busy enough it was too slow after all.
  if (!answer || answer->status != 408) me.check(question, answer);
  connection.reset();
}

void writes_too_slowly(Client& me) {
  auto connection = me.connect();
  const auto wire = me.quick_question().wire;
  for (const char byte : wire) {
    if (me.weather().ending || !connection.unread().empty() || !connection.send({&byte, 1})) break;
    me.pause(80'000);
  }
  me.check_foreign(connection.read_to_end(milliseconds(100)).value_or(""));
  connection.reset();
}

void reads_slowly(Client& me) {
  auto connection = me.connect(little);
  connection.send(me.chance(0.5) ? me.stream_question(400'000).wire : me.big_question(400'000).wire);
  for (int rounds = 0; rounds < 60 && !me.weather().ending; ++rounds) {
    if (connection.discard(4'096) == 0) break;
    me.pause(30'000);
  }
  connection.reset();
}

void reads_nothing(Client& me) {
  auto connection = me.connect(little);
  for (int i = 0; i < 3; ++i)
    connection.send(me.chance(0.5) ? me.stream_question(9'000'000).wire : me.big_question(3'000'000).wire);
  for (int waits = 0; waits < 40 && !me.weather().ending; ++waits) me.pause(200'000);
  connection.reset();
}

void says_nothing(Client& me) {
  auto connection = me.connect();
  const auto said = connection.read_to_end(milliseconds(me.any(1, 1'500)));
  if (said && !said->empty()) me.weather().tally.wrong("who said nothing was told something");
  connection.reset();
}

void sends_many_and_leaves(Client& me) {
  auto connection = me.connect();
  std::string wire;
  for (auto count = me.any(2, 40); count > 0; --count) wire += me.question().wire;
  connection.send(std::string_view(wire).substr(0, std::min<std::size_t>(wire.size(), 60'000)));
  if (me.chance(0.5)) me.check_foreign(connection.read_to_end(milliseconds(me.any(1, 100))).value_or(""));
  me.check_foreign(connection.unread());
  connection.reset();
}

void talks_nonsense(Client& me) {
  auto connection = me.connect();
  auto wire = me.chance(0.3) ? me.noise(me.any(1, 3'000)) : me.question().wire;
  for (auto changes = me.any(1, 8); changes > 0; --changes) {
    wire.at(me.any(0, std::min<std::size_t>(wire.size() - 1, 200))) = static_cast<char>(me.any(0, 255));
  }
  connection.send(wire);
  connection.read_to_end(milliseconds(me.any(1, 200)));
  connection.reset();
}

/// Whoever has said all and listens is answered.
void closes_its_half(Client& me) {
  auto connection = me.connect();
  const auto question = me.question();
  connection.send(question.wire);
  connection.half_close();
  me.check(question, connection.read_answer());
  if (connection.read_to_end(me.weather().patience) != std::string()) {
    me.weather().tally.wrong("half-closed: more came after the answer, or it was not closed");
  }
}

void waits_to_continue(Client& me) {
  auto connection = me.connect();
  const auto mine = me.token();
  const auto body = me.noise(me.any(1, 5'000));
  const Question question{{}, mine + "\n" + body, false};
  connection.send("POST /echo/" + mine + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: " +
                  std::to_string(body.size()) + "\r\n\r\n");
  const auto go_on = connection.read_answer();
  if (!go_on || go_on->status != 100) me.weather().tally.wrong("no 100 Continue");
  connection.send(body);
  const auto answer = connection.read_answer();
  if (!answer || answer->status != 408) me.check(question, answer);
  connection.reset();
}

/// It can read why it is turned away, though it goes on sending.
void sends_too_much(Client& me) {
  auto connection = me.connect();
  connection.send("POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n" +
                  std::string(100'000, 'x'));
  const auto answer = connection.read_answer();
  if (!answer || answer->status != 413) me.weather().tally.wrong("no 413 for a body that is too large");
  connection.reset();
}

void comes_in_a_crowd(Client& me) {
  std::vector<RawClient> crowd;
  for (auto count = me.any(10, 60); count > 0; --count) {
    crowd.push_back(me.connect());
    if (me.chance(0.5)) crowd.back().send(me.question().wire);
  }
  me.pause(30'000);
  for (auto& connection : crowd) connection.reset();
}

struct Habit {
  const char* name;
  void (*act)(Client&);
  std::uint64_t weight;
};

constexpr std::array<Habit, 14> habits{{
    {"breaks off after asking", breaks_off_after_asking, 30},
    {"breaks off while reading", breaks_off_in_the_middle_of_an_answer, 6},
    {"sends half a request", sends_half_a_request, 10},
    {"writes slowly", writes_slowly, 5},
    {"writes too slowly", writes_too_slowly, 1},
    {"reads slowly", reads_slowly, 2},
    {"reads nothing", reads_nothing, 1},
    {"says nothing", says_nothing, 2},
    {"sends many and leaves", sends_many_and_leaves, 6},
    {"talks nonsense", talks_nonsense, 15},
    {"closes its half", closes_its_half, 8},
    {"waits to continue", waits_to_continue, 4},
    {"sends too much", sends_too_much, 2},
    {"comes in a crowd", comes_in_a_crowd, 2},
}};

const Habit& any_habit(Client& me) {
  std::uint64_t all = 0;
  for (const auto& habit : habits) all += habit.weight;
  auto at = me.any(0, all - 1);
  for (const auto& habit : habits) {
    if (at < habit.weight) return habit;
    at -= habit.weight;
  }
  return habits.back();
}

}  // namespace

void be_hostile(Client& client) {
  while (!client.weather().ending) {
    const auto& habit = any_habit(client);
    try {
      habit.act(client);
      client.weather().tally.did(habit.name);
    } catch (const std::system_error&) {
      client.weather().tally.did("could not connect");
      client.pause(50'000);
    } catch (const std::exception& broken) {
      client.weather().tally.wrong(std::string(habit.name) + ": " + broken.what());
    }
    client.pause(2'000);
  }
}

}  // namespace orders::storm
