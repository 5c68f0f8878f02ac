#include "tests/chaos/judge.hpp"

#include <algorithm>
#include <utility>

namespace orders::chaos {

namespace {

std::string text_of(const std::vector<Line>& lines) {
  std::string text;
  for (const auto& line : lines) {
    text += (text.empty() ? "" : ", ") + std::to_string(line.quantity) + " of product " +
            std::to_string(line.product);
  }
  return text.empty() ? "nothing" : text;
}

std::string named(const Wish& wish) {
  return "customer " + std::to_string(wish.customer) + (wish.from_cart ? " (cart)" : "") +
         (wish.key.empty() ? "" : ", key " + wish.key) + ", " + text_of(wish.lines);
}

std::string named(std::int64_t order) { return "order " + std::to_string(order); }

/// The lines of a cart may be stored in any order.
bool same_lines(const Wish& wish, std::vector<Line> stored) {
  auto wanted = wish.lines;
  if (wish.from_cart) {
    std::sort(wanted.begin(), wanted.end());
    std::sort(stored.begin(), stored.end());
  }
  return wanted == stored;
}

std::map<int, std::int64_t> units_of(const std::vector<Line>& lines) {
  std::map<int, std::int64_t> units;
  for (const auto& line : lines) units[line.product] += line.quantity;
  return units;
}

class Judgement {
 public:
  Judgement(const Opening& opening, const std::vector<Wish>& wishes, const View& view)
      : opening_(opening), wishes_(wishes), view_(view) {}

  std::vector<std::string> pass() {
    for (const auto& wish : wishes_) {
      hear(wish);
      if (!wish.orders_told.empty()) find(wish);
    }
    for (const auto& [id, order] : view_.orders) explain(id, order);
    count_units();
    for (const auto& wish : wishes_) {
      if (wish.outcome == Wish::Outcome::refused) check_refusal(wish);
    }
    check_carts();
    return std::move(faults_);
  }

 private:
  void fault(std::string text) { faults_.push_back(std::move(text)); }

  /// What the client itself found wrong, and answers that contradict each other.
  void hear(const Wish& wish) {
    for (const auto& complaint : wish.complaints) fault(named(wish) + ": " + complaint);
    if (wish.outcome == Wish::Outcome::open) {
      fault(named(wish) + ": no answer that says what happened, after " + std::to_string(wish.tries) +
            " tries");
    }
    if (!wish.orders_told.empty() && wish.refusals_told > 0) {
      fault(named(wish) + ": was told both " + named(wish.order()) + " and a refusal");
    }
    for (const auto id : wish.orders_told) {
      if (id != wish.order()) fault(named(wish) + ": was told " + named(wish.order()) + " and " + named(id));
    }
  }

  /// A 201 is there, once, with exactly its lines, and in the status last acknowledged.
  void find(const Wish& wish) {
    if (!claimed_.emplace(wish.order(), &wish).second) {
      fault(named(wish) + ": was told " + named(wish.order()) + ", which another wish was told, too");
    }
    const auto found = view_.orders.find(wish.order());
    if (found == view_.orders.end()) {
      return fault(named(wish) + ": was told " + named(wish.order()) + ", which is not there");
    }
    const auto& stored = found->second;
    if (stored.customer != wish.customer) {
      fault(named(wish) + ": " + named(wish.order()) + " is stored for customer " +
            std::to_string(stored.customer));
    }
    if (!same_lines(wish, stored.lines)) {
      fault(named(wish) + ": " + named(wish.order()) + " is stored with " + text_of(stored.lines));
    }
    if (stored.status != wish.status && (wish.status_wanted.empty() || stored.status != wish.status_wanted)) {
      fault(named(wish) + ": " + named(wish.order()) + " was acknowledged as " + wish.status +
            " and is stored as " + stored.status);
    }
  }

  /// Every stored order was told to somebody, or is the doubt of somebody.
  void explain(std::int64_t id, const StoredOrder& order) {
    if (claimed_.count(id) != 0) return;
    for (const auto& wish : wishes_) {
      if (wish.outcome != Wish::Outcome::doubtful || wish.customer != order.customer) continue;
      if (!same_lines(wish, order.lines) || !resolved_.insert(&wish).second) continue;
      return;
    }
    fault(named(id) + " of customer " + std::to_string(order.customer) + " (" + order.status + ", " +
          text_of(order.lines) + ") is there, but nobody was told so");
  }

  [[nodiscard]] bool live(const StoredOrder& order) const {
    return opening_.gives_back.count(order.status) == 0;
  }

  /// What is sold and what is shown make up what there was.
  void count_units() {
    std::map<int, std::int64_t> sold;
    for (const auto& [id, order] : view_.orders) {
      for (const auto& [product, units] : units_of(order.lines)) {
        placed_[product] += units;
        if (live(order)) sold[product] += units;
      }
    }
    for (const auto& [product, stock] : opening_.stock) {
      const auto shown = view_.stock.find(product);
      const auto name = "product " + std::to_string(product);
      if (shown == view_.stock.end()) {
        fault(name + " is not in the catalog any more");
      } else if (shown->second + sold[product] != stock) {
        fault(name + ": " + std::to_string(sold[product]) + " in live orders and " +
              std::to_string(shown->second) + " in the catalog, but there were " + std::to_string(stock));
      }
    }
  }

  /// A refusal for want of stock is a lie when the stock would have sufficed at any time: even beside
  /// everything that was ever ordered.
  void check_refusal(const Wish& wish) {
    if (wish.refusal == "insufficient-inventory") {
      bool short_of_any = !wish.unknown_products.empty() && wish.lies_about;
      for (const auto& [product, units] : units_of(wish.lines)) {
        const auto stock = opening_.stock.find(product);
        const auto there = stock == opening_.stock.end() ? 0 : stock->second;
        short_of_any = short_of_any || there - placed_[product] < units;
      }
      if (!short_of_any) fault(named(wish) + ": was refused though there was stock enough at any time");
    } else if (wish.refusal == "no-active-cart") {
      const bool gone = wish.lies_about || orders_of(wish.customer) > 0;
      if (!wish.from_cart || !gone) fault(named(wish) + ": was told that there is no active cart");
    } else {
      fault(named(wish) + ": was refused for " + wish.refusal);
    }
  }

  [[nodiscard]] std::int64_t orders_of(int customer) const {
    return std::count_if(view_.orders.begin(), view_.orders.end(),
                         [customer](const auto& entry) { return entry.second.customer == customer; });
  }

  /// A cart is ordered at most once, and marked so exactly when it is.
  void check_carts() {
    std::map<int, std::int64_t> orders;
    for (const auto& [id, order] : view_.orders) ++orders[order.customer];
    for (const auto& [customer, statuses] : view_.carts) {
      const auto name = "the cart of customer " + std::to_string(customer);
      const auto times = orders[customer];
      if (times > 1) fault(name + " was ordered " + std::to_string(times) + " times");
      if (statuses.size() != 1) {
        fault(name + " is " + std::to_string(statuses.size()) + " carts");
      } else if ((statuses.front() == "Ordered") != (times > 0)) {
        fault(name + " is " + statuses.front() + ", and there " +
              (times > 0 ? "is an order" : "is no order") + " of it");
      }
    }
  }

  const Opening& opening_;
  const std::vector<Wish>& wishes_;
  const View& view_;
  std::map<std::int64_t, const Wish*> claimed_;
  std::set<const Wish*> resolved_;
  std::map<int, std::int64_t> placed_;  // units ever ordered, by product
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> judge(const Opening& opening, const std::vector<Wish>& wishes, const View& view) {
  return Judgement(opening, wishes, view).pass();
}

}  // namespace orders::chaos
