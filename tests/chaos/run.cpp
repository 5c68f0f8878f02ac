#include "tests/chaos/run.hpp"

#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "tests/chaos/crowd.hpp"
#include "tests/chaos/director.hpp"
#include "tests/chaos/judge.hpp"

namespace orders::chaos {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds rest_limit{30};
constexpr milliseconds round_min{10'000};
constexpr milliseconds round_max{20'000};
constexpr std::size_t faults_told_max = 40;

class Run {
 public:
  explicit Run(const Options& options)
      : options_(options),
        world_(options),
        script_(options.seed, options.script),
        lengths_(options.seed),
        director_(world_, tally_),
        street_{world_, tally_} {
    street_.keys = options.keys;
    street_.market.hot = make_products(2, 1'000'000);
    street_.market.cold = make_products(20, 1'000'000);
  }

  bool go() {
    world_.start_orderd();
    Crowd crowd(street_, options_.seed, options_.clients);
    auto left = options_.duration;
    for (int number = 1; left > milliseconds(0); ++number) {
      auto lasts = length();
      if (left < lasts + round_min / 2) lasts = left;  // no crumbs
      left -= lasts;
      auto faults = round(crowd, number, lasts);
      if (left <= milliseconds(0)) {
        auto fault = world_.stop();
        if (!fault.empty()) faults.push_back(std::move(fault));
      }
      if (!faults.empty()) return fail(number, faults);
    }
    std::cout << tally_.report() << fmt::format("seed {}: every promise was kept\n", options_.seed)
              << std::flush;
    return true;
  }

 private:
  milliseconds length() {
    const auto more = lengths_() % static_cast<std::uint64_t>((round_max - round_min).count());
    return round_min + milliseconds(more);
  }

  std::vector<int> make_products(int count, int stock) {
    auto products = world_.make_products(count, stock);
    for (const auto product : products) {
      opening_.stock[product] = stock;
      products_.push_back(product);
    }
    return products;
  }

  std::vector<std::string> round(Crowd& crowd, int number, milliseconds lasts) {
    const auto script = script_.next(lasts);
    street_.market.scarce = make_products(2, 40);
    street_.lies = script.lies || options_.racy;
    crowd.go();
    auto faults = director_.play(script);
    crowd.rest();
    director_.heal();
    const auto healed = steady_clock::now();
    const auto deadline = healed + rest_limit;
    while (!crowd.at_rest() && steady_clock::now() < deadline) {
      add(faults, world_.supervise());
      std::this_thread::sleep_for(milliseconds(10));
    }
    crowd.wait_for_rest(deadline);
    if (!crowd.trouble().empty()) throw std::runtime_error("a client could not go on: " + crowd.trouble());
    wait_until_clean(faults, healed, deadline);
    const auto wishes = crowd.wishes();
    const auto carts = carts_of(wishes);
    auto view = world_.look(products_, carts);
    if (street_.lies && ask_for_carts_again(view)) view = world_.look(products_, carts);
    for (auto& fault : judge(opening_, wishes, view)) faults.push_back(std::move(fault));
    std::cout << fmt::format(
                     "round {}: {} s, {} steps, {} wishes so far, {} orders, clean {} ms after healing{}\n",
                     number, lasts.count() / 1'000, script.steps.size(), wishes.size(),
                     tally_.count("orders placed") + tally_.count("orders placed from carts"),
                     clean_after_.count(), faults.empty() ? "" : ": BROKEN")
              << std::flush;
    return faults;
  }

  static void add(std::vector<std::string>& faults, std::string fault) {
    if (!fault.empty()) faults.push_back(std::move(fault));
  }

  void wait_until_clean(std::vector<std::string>& faults, steady_clock::time_point healed,
                        steady_clock::time_point deadline) {
    for (;;) {
      add(faults, world_.supervise());
      const auto audit = world_.audit();
      const auto now = steady_clock::now();
      if (audit.clean) {
        clean_after_ = std::chrono::duration_cast<milliseconds>(now - healed);
        return tally_.came_to_rest(clean_after_);
      }
      if (now >= deadline) {
        faults.push_back("the audit is not clean after " + std::to_string(rest_limit.count()) +
                         " s: " + audit.printed.substr(0, 4'000));
        return;
      }
      std::this_thread::sleep_for(milliseconds(200));
    }
  }

  /// Carts are judged once, in their own round: another order of one would be seen among the orders.
  std::vector<int> carts_of(const std::vector<Wish>& wishes) {
    std::vector<int> customers;
    for (const auto& wish : wishes) {
      if (wish.from_cart && carts_judged_.insert(wish.customer).second) customers.push_back(wish.customer);
    }
    return customers;
  }

  /// A cart service that says twice that there is no such cart is believed: the cart counts as closed, and is
  /// still active. Its customer sees that when ordering the next time, and by that it must be closed. Whether
  /// there was such a cart.
  bool ask_for_carts_again(const View& view) {
    std::set<int> buyers;
    for (const auto& [id, order] : view.orders) buyers.insert(order.customer);
    bool any = false;
    for (const auto& [customer, statuses] : view.carts) {
      if (statuses != std::vector<std::string>{"Active"} || buyers.count(customer) == 0) continue;
      any = true;
      tally_.add("carts left active by lies, asked for again");
      world_.order_cart_again(customer);
    }
    return any;
  }

  bool fail(int number, const std::vector<std::string>& faults) {
    world_.keep_evidence(options_.evidence);
    std::cout << tally_.report();
    for (std::size_t n = 0; n < std::min(faults.size(), faults_told_max); ++n)
      std::cout << "  " << faults[n] << "\n";
    std::cout << fmt::format("seed {}: FAILED in round {}, {} promises broken; logs and tables are in {}\n",
                             options_.seed, number, faults.size(), options_.evidence)
              << std::flush;
    return false;
  }

  const Options& options_;
  Tally tally_;
  World world_;
  Script script_;
  std::mt19937_64 lengths_;
  Director director_;
  Street street_;
  Opening opening_;
  std::vector<int> products_;
  std::set<int> carts_judged_;
  milliseconds clean_after_{0};
};

}  // namespace

bool run(const Options& options) {
  std::cout << fmt::format("orderd-chaos: seed {}, {} clients, {:.1f} minutes{}{}{}\n", options.seed,
                           options.clients, static_cast<double>(options.duration.count()) / 60'000,
                           options.racy       ? ", one request at a time and lies"
                           : options.versions ? ", version ETags"
                                              : "",
                           options.keys ? "" : ", without keys",
                           options.script.kills ? "" : ", without kills")
            << std::flush;
  return Run(options).go();
}

}  // namespace orders::chaos
