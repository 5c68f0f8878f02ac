// What every client of a storm has: a name, a source of chance, tokens nobody else has, questions with the
// answers they must get, and the means to tell whether what came is its own. One object belongs to one
// thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "tests/http/server/raw_client.hpp"
#include "tests/load/storm/tally.hpp"

namespace orders::storm {

/// What all clients of a storm share.
struct Weather {
  std::uint16_t port = 0;
  std::uint64_t seed = 1;
  std::chrono::milliseconds patience{30'000};
  std::atomic<bool> ending{false};
  Tally tally{};
};

struct Question {
  std::string wire;      ///< the whole request
  std::string expected;  ///< the body of its answer
  bool quick = true;     ///< its latency counts
};

class Client {
 public:
  Client(Weather& weather, const std::string& kind, std::uint64_t number);

  [[nodiscard]] Weather& weather() { return weather_; }
  /// Evenly from `least` to `most`.
  std::uint64_t any(std::uint64_t least, std::uint64_t most);
  bool chance(double share) { return std::bernoulli_distribution(share)(random_); }
  void pause(std::uint64_t most_us);

  [[nodiscard]] test::RawClient connect(int receive_buffer = 0) const;
  /// "(NAME-1)", "(NAME-2)" and so on.
  std::string token();
  /// Something to ask that is answered at once, after a while, or at length.
  Question question();
  Question quick_question(const std::string& headers = {});
  Question stream_question(std::size_t bytes);
  Question big_question(std::size_t bytes);
  /// Random bytes, none of which makes a token.
  std::string noise(std::size_t size);

  /// Sends it in one piece or in several.
  bool send(test::RawClient& connection, std::string_view bytes, bool in_pieces);
  /// Reports what is wrong with the answer; true when nothing is.
  bool check(const Question& question, const std::optional<test::Answer>& answer);
  /// Reports a token of somebody else's.
  void check_foreign(std::string_view bytes);

 private:
  Question echo(const std::string& target, const std::string& token, const std::string& headers);

  Weather& weather_;
  const std::string name_;
  std::mt19937_64 random_;
  std::uint64_t serial_ = 0;
};

}  // namespace orders::storm
