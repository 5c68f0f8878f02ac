#include "tests/load/storm/honest.hpp"

#include <exception>
#include <vector>

namespace orders::storm {

namespace {

using Clock = std::chrono::steady_clock;

/// True: the connection can be used again.
bool ask_one(Client& client, test::RawClient& connection) {
  const auto question = client.question();
  const auto begun = Clock::now();
  const bool in_pieces = !question.quick && client.chance(0.3);
  if (!client.send(connection, question.wire, in_pieces)) {
    client.weather().tally.wrong("the connection of an honest client broke");
    return false;
  }
  if (!client.check(question, connection.read_answer())) return false;
  if (question.quick) {
    client.weather().tally.answered(
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun));
  }
  return true;
}

bool ask_several(Client& client, test::RawClient& connection) {
  std::vector<Question> questions;
  std::string wire;
  for (auto count = client.any(2, 12); count > 0; --count) {
    questions.push_back(client.chance(0.8) ? client.quick_question() : client.question());
    wire += questions.back().wire;
  }
  if (!client.send(connection, wire, client.chance(0.5))) {
    client.weather().tally.wrong("the connection of an honest client broke");
    return false;
  }
  for (const auto& question : questions) {
    if (!client.check(question, connection.read_answer())) return false;
  }
  client.weather().tally.did("honest pipelines");
  return true;
}

void keep_a_connection(Client& client) {
  auto connection = client.connect();
  for (auto requests = client.any(1, 60); requests > 0 && !client.weather().ending; --requests) {
    const bool fine = client.chance(0.1) ? ask_several(client, connection) : ask_one(client, connection);
    if (!fine) return connection.reset();
    if (!connection.unread().empty()) {
      client.weather().tally.wrong("more came than was asked for");
      return connection.reset();
    }
    client.pause(4'000);
  }
  const auto last = client.quick_question("Connection: close\r\n");
  if (!connection.send(last.wire))
    return client.weather().tally.wrong("the connection of an honest client broke");
  client.check(last, connection.read_answer());
  if (connection.read_to_end(client.weather().patience) != std::string()) {
    client.weather().tally.wrong("more came after the last answer, or it was not closed");
  }
  client.weather().tally.did("honest connections");
}

}  // namespace

void be_honest(Client& client) {
  while (!client.weather().ending) {
    try {
      keep_a_connection(client);
    } catch (const std::exception& broken) {
      client.weather().tally.wrong(std::string("an honest client failed: ") + broken.what());
      client.pause(100'000);
    }
  }
}

}  // namespace orders::storm
