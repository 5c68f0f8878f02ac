#include "tests/load/storm/client.hpp"

#include <algorithm>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <thread>

#include <fmt/format.h>

#include "tests/load/storm/edge_service.hpp"

namespace orders::storm {

namespace {

constexpr std::string_view token_letters = "hx-0123456789";

/// Cut at random places into chunks.
std::string chunked(Client& client, std::string_view body) {
  std::string out;
  while (!body.empty()) {
    const auto size = static_cast<std::size_t>(client.any(1, body.size()));
    out += fmt::format("{:x}\r\n{}\r\n", size, body.substr(0, size));
    body.remove_prefix(size);
  }
  return out + "0\r\n\r\n";
}

std::string shown(std::string_view bytes) {
  std::string out;
  for (const char c : bytes.substr(0, 120)) out += c >= ' ' && c <= '~' ? c : '.';
  return out + (bytes.size() > 120 ? fmt::format("... ({} bytes)", bytes.size()) : "");
}

}  // namespace

Client::Client(Weather& weather, const std::string& kind, std::uint64_t number)
    : weather_(weather), name_(kind + std::to_string(number)), random_(weather.seed * 1'000'003 + number) {}

std::uint64_t Client::any(std::uint64_t least, std::uint64_t most) {
  return std::uniform_int_distribution<std::uint64_t>(least, most)(random_);
}

void Client::pause(std::uint64_t most_us) {
  std::this_thread::sleep_for(std::chrono::microseconds(any(0, most_us)));
}

test::RawClient Client::connect(int receive_buffer) const {
  test::RawClient connection(weather_.port, receive_buffer);
  connection.be_patient(weather_.patience);
  const int yes = 1;  // as clients of today do
  ::setsockopt(connection.descriptor(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return connection;
}

std::string Client::token() { return fmt::format("({}-{})", name_, ++serial_); }

std::string Client::noise(std::size_t size) {
  std::string out(size, ' ');
  for (auto& c : out) {
    c = static_cast<char>(any(0, 255));
    if (c == '(') c = ')';
  }
  return out;
}

Question Client::echo(const std::string& target, const std::string& token, const std::string& headers) {
  const auto size = chance(0.5) ? 0 : any(1, chance(0.02) ? 100'000 : 2'000);
  const auto body = noise(size);
  Question question;
  question.expected = token + "\n" + body;
  if (size == 0) {
    question.wire = test::get(target, headers);
  } else if (chance(0.3)) {
    question.wire = "POST " + target + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n" + headers +
                    "\r\n" + chunked(*this, body);
  } else {
    question.wire = test::post(target, body, headers);
  }
  return question;
}

Question Client::quick_question(const std::string& headers) {
  const auto mine = token();
  return echo("/echo/" + mine, mine, headers);
}

Question Client::stream_question(std::size_t bytes) {
  const auto mine = token();
  return {test::get(fmt::format("/stream/{}?bytes={}", mine, bytes)), marked_text(mine, 0, bytes), false};
}

Question Client::big_question(std::size_t bytes) {
  const auto mine = token();
  return {test::get(fmt::format("/big/{}?bytes={}", mine, bytes)), marked_text(mine, 0, bytes), false};
}

Question Client::question() {
  const auto which = any(0, 99);
  if (which < 70) return quick_question();
  if (which < 90) {
    const auto mine = token();
    auto later = echo(fmt::format("/later/{}?us={}", mine, any(0, 30'000)), mine, {});
    later.quick = false;
    return later;
  }
  return which < 95 ? big_question(any(1, 300'000)) : stream_question(any(1, 600'000));
}

bool Client::send(test::RawClient& connection, std::string_view bytes, bool in_pieces) {
  if (!in_pieces) return connection.send(bytes);
  for (auto cuts = any(1, 6); cuts > 0 && bytes.size() > 1; --cuts) {
    const auto size = static_cast<std::size_t>(any(1, bytes.size() - 1));
    if (!connection.send(bytes.substr(0, size))) return false;
    bytes.remove_prefix(size);
    pause(3'000);
  }
  return connection.send(bytes);
}

bool Client::check(const Question& question, const std::optional<test::Answer>& answer) {
  const auto asked = shown(std::string_view(question.wire).substr(0, question.wire.find('\r')));
  if (!answer) {
    weather_.tally.wrong("no answer to " + asked);
    return false;
  }
  if (answer->status == 200 && answer->body == question.expected) return true;
  check_foreign(answer->body);
  weather_.tally.wrong(fmt::format("{} is the answer to {}: {}", answer->status, asked, shown(answer->body)));
  return false;
}

void Client::check_foreign(std::string_view bytes) {
  for (auto at = bytes.find('('); at != std::string_view::npos; at = bytes.find('(', at + 1)) {
    const auto end = bytes.find_first_not_of(token_letters, at + 1);
    // Cut off, by the end or by the frame of a chunk.
    if (end == std::string_view::npos || bytes[end] != ')') continue;
    if (bytes.substr(at + 1, name_.size() + 1) == name_ + "-") continue;
    weather_.tally.wrong(name_ + " got bytes of somebody else's: " + shown(bytes.substr(at)));
    return;
  }
}

}  // namespace orders::storm
