// The judge: an independent model of what orderd promises, a plain comparison of what clients were told with
// what is there in the end. Shares no code with orderd. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/chaos/wish.hpp"

namespace orders::chaos {

struct StoredOrder {
  int customer = 0;
  std::string status{};
  std::vector<Line> lines{};
};

/// What is there when everything has come to rest.
struct View {
  std::map<std::int64_t, StoredOrder> orders{};     ///< in orderd's database, by id
  std::map<int, int> stock{};                       ///< in the catalog, by product
  std::map<int, std::vector<std::string>> carts{};  ///< statuses of each customer's carts, oldest first
};

/// What was there before the first client came, and what statuses mean.
struct Opening {
  std::map<int, int> stock{};
  std::set<std::string> gives_back{"Cancelled"};
};

/// Everything that breaks a promise, in words; empty: nothing does.
std::vector<std::string> judge(const Opening& opening, const std::vector<Wish>& wishes, const View& view);

}  // namespace orders::chaos
