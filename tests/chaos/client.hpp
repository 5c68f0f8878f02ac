// A client of orderd that orders, cancels and looks, writes down what it was told, and asks again until it
// knows. Each runs in a thread of its own (crowd.hpp); its wishes are read by others only while it rests.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/chaos/tally.hpp"
#include "tests/chaos/wish.hpp"
#include "tests/chaos/world.hpp"

namespace orders::chaos {

/// What there is to be bought. Changed only while all clients rest.
struct Market {
  std::vector<int> hot{};     ///< everybody wants them, and there is enough
  std::vector<int> scarce{};  ///< many want them, and there is not enough
  std::vector<int> cold{};
  std::vector<int> any_of_all{};
};

/// What all clients of a run share.
struct Street {
  const World& world;
  Tally& tally;
  Market market{};
  bool keys = true;
  bool lies = false;                  ///< see Round::lies
  std::atomic<bool> hopeless{false};  ///< no use in asking again: wishes stay open
};

class Client {
 public:
  Client(Street& street, std::uint64_t seed, int number);

  /// Does one thing, to its end.
  void act();
  [[nodiscard]] const std::deque<Wish>& wishes() const { return wishes_; }

 private:
  struct Answer {
    int status = 0;  ///< 0: none came
    std::string body{};
    bool replayed = false;
  };

  int number(int least, int most);
  bool one_in(int count) { return number(1, count) == 1; }
  std::vector<Line> some_lines();
  Wish& new_wish(int customer, std::vector<Line> lines);

  void order();
  void order_cart();
  void change_status(const std::string& status);
  void look();
  void ask_again();
  /// One of the orders it has, the latest more likely.
  Wish* some_order(bool live);

  void resolve(Wish& wish, std::uint64_t seed);
  void hear(Wish& wish, const Answer& answer);
  static void hear_placed(Wish& wish, const nlohmann::json& order);
  static void hear_refused(Wish& wish, const nlohmann::json& problem);
  [[nodiscard]] Answer post(const Wish& wish, std::chrono::milliseconds patience) const;
  [[nodiscard]] Answer call(const std::string& method, const std::string& target, const std::string& body,
                            const std::string& key, std::chrono::milliseconds patience) const;

  Street& street_;
  const int number_;
  std::mt19937_64 random_;
  int carts_ = 0;
  std::deque<Wish> wishes_;        // a deque, for references stay good
  std::vector<std::size_t> live_;  // of them: placed, and not given back
};

}  // namespace orders::chaos
