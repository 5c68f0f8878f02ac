#include "tests/chaos/client.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>

#include "tests/support/http_call.hpp"

namespace orders::chaos {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr int shared_customers = 12;
constexpr const char* gives_back = "Cancelled";

std::string body_of(const Wish& wish) {
  if (wish.from_cart) return {};
  json items = json::array();
  for (const auto& line : wish.lines)
    items.push_back({{"product_id", line.product}, {"quantity", line.quantity}});
  return json{{"items", items}}.dump();
}

/// What is missing is 0, and so seen to be wrong.
std::vector<Line> lines_in(const json& order) {
  std::vector<Line> lines;
  for (const auto& item : order.value("items", json::array())) {
    if (!item.is_object()) continue;
    lines.push_back({item.value("product_id", 0), item.value("quantity", 0)});
  }
  return lines;
}

/// Whether the order shown is the one wished for, in this status; a cart's lines may come in any order.
bool is_wished(const json& order, const Wish& wish, const std::string& status) {
  auto shown = lines_in(order);
  auto wanted = wish.lines;
  if (wish.from_cart) {
    std::sort(shown.begin(), shown.end());
    std::sort(wanted.begin(), wanted.end());
  }
  return shown == wanted && order.value("status", "") == status &&
         order.value("customer_id", 0) == wish.customer;
}

std::string slug_of(const json& problem) {
  const auto type = problem.value("type", "");
  return type.substr(type.rfind(':') + 1);
}

/// An answer that says what happened; any other may have been anything.
bool says_it(int status) { return status != 0 && status < 500; }

int draw(std::mt19937_64& random, int least, int most) {
  return least + static_cast<int>(random() % static_cast<std::uint64_t>(most - least + 1));
}

milliseconds some_patience(std::mt19937_64& random) {
  constexpr int patience[] = {250, 1'000, 4'000, 10'000, 10'000};
  return milliseconds(patience[draw(random, 0, 4)]);
}

}  // namespace

Client::Client(Street& street, std::uint64_t seed, int number)
    : street_(street), number_(number), random_(seed * 1'000 + static_cast<std::uint64_t>(number)) {}

int Client::number(int least, int most) { return draw(random_, least, most); }

void Client::act() {
  const int what = number(1, 100);
  if (what <= 50) {
    order();
  } else if (what <= 66) {
    order_cart();
  } else if (what <= 80) {
    change_status(gives_back);
  } else if (what <= 87) {
    change_status(one_in(2) ? "Packed" : "Shipped");
  } else if (what <= 95) {
    look();
  } else {
    ask_again();
  }
  std::this_thread::sleep_for(milliseconds(number(0, 20)));
}

std::vector<Line> Client::some_lines() {
  const auto& market = street_.market;
  const auto one_of = [&](const std::vector<int>& products) {
    return products[static_cast<std::size_t>(number(0, static_cast<int>(products.size()) - 1))];
  };
  std::vector<Line> lines;
  for (int left = one_in(3) ? number(2, 4) : 1; left > 0; --left) {
    const int kind = number(1, 10);
    if (kind <= 4) {
      lines.push_back({one_of(market.hot), 1});
    } else if (kind <= 7) {
      lines.push_back({one_of(market.scarce), number(1, 4)});
    } else {
      lines.push_back({one_of(market.cold), number(1, 5)});
    }
  }
  return lines;
}

Wish& Client::new_wish(int customer, std::vector<Line> lines) {
  auto& wish = wishes_.emplace_back();
  wish.customer = customer;
  wish.lines = std::move(lines);
  wish.lies_about = street_.lies;
  if (street_.keys) wish.key = "client" + std::to_string(number_) + "-" + std::to_string(wishes_.size());
  return wish;
}

void Client::order() {
  auto& wish = new_wish(number(1, shared_customers), some_lines());
  resolve(wish, random_());
  if (wish.outcome == Wish::Outcome::placed) live_.push_back(wishes_.size() - 1);
}

/// Each cart has a customer of its own: a PUT that lands late closes whichever cart of the customer is active
/// by then, which nobody can prevent.
void Client::order_cart() {
  const int customer = 1'000'000 * (number_ + 1) + ++carts_;
  auto lines = some_lines();
  for (const auto& line : lines) {
    const auto reply =
        street_.world.sandbox().cart("POST", "/__carts/" + std::to_string(customer),
                                     json{{"product_id", line.product}, {"quantity", line.quantity}}.dump());
    if (reply.status != 201) throw std::runtime_error("the cart was not filled: " + reply.body);
  }
  auto& wish = new_wish(customer, lines);
  wish.from_cart = true;
  const auto at = wishes_.size() - 1;
  if (street_.keys && one_in(4)) {  // ordered twice at a time, as by two windows of a browser
    auto& second = new_wish(customer, lines);
    second.from_cart = true;
    std::thread other([this, &second, seed = random_()] { resolve(second, seed); });
    resolve(wish, random_());
    other.join();
    if (second.outcome == Wish::Outcome::placed) live_.push_back(at + 1);
  } else {
    resolve(wish, random_());
  }
  if (wish.outcome == Wish::Outcome::placed) live_.push_back(at);
}

Wish* Client::some_order(bool live) {
  if (live_.empty()) return nullptr;
  const auto recent = std::min<std::size_t>(live_.size(), one_in(2) ? 5 : 1'000'000);
  const auto at = live_.size() - 1 - static_cast<std::size_t>(number(0, static_cast<int>(recent) - 1));
  auto& wish = wishes_[live_[at]];
  if (live) return &wish;
  live_.erase(live_.begin() + static_cast<std::ptrdiff_t>(at));
  return &wish;
}

void Client::change_status(const std::string& status) {
  auto* wish = some_order(status != gives_back);
  if (wish == nullptr) return;
  wish->status_wanted = status;
  const auto target = "/orders/" + std::to_string(wish->order());
  // Sometimes once more after it is known: it changes nothing.
  int more = one_in(10) ? 1 : 0;
  while (!street_.hopeless) {
    const auto answer = call("PUT", target, json{{"status", status}}.dump(), {}, some_patience(random_));
    street_.tally.add(says_it(answer.status) ? "status changes answered" : "status changes not answered");
    if (!says_it(answer.status)) {
      std::this_thread::sleep_for(milliseconds(number(20, 250)));
      continue;
    }
    if (answer.status != 200) {
      wish->complaints.push_back("PUT " + status + " was answered " + std::to_string(answer.status) + " " +
                                 answer.body);
      return;
    }
    wish->status = status;
    wish->status_wanted.clear();
    if (more-- == 0) break;
  }
  if (wish->status == gives_back) street_.tally.add("orders cancelled");
}

/// What a client was told, it finds.
void Client::look() {
  auto* known = some_order(true);
  if (known == nullptr) return;
  auto& wish = *known;
  const auto answer = call("GET", "/orders/" + std::to_string(wish.order()), {}, {}, some_patience(random_));
  if (!says_it(answer.status)) return street_.tally.add("looks not answered");
  street_.tally.add("looks answered");
  const auto order = json::parse(answer.body, nullptr, false);
  if (answer.status != 200 || !order.is_object()) {
    return wish.complaints.push_back("GET was answered " + std::to_string(answer.status) + " " + answer.body);
  }
  if (!is_wished(order, wish, wish.status)) {
    wish.complaints.push_back("GET shows another order: " + answer.body);
  }
}

/// A key is asked with once more, long after it was answered: the answer must be the same.
void Client::ask_again() {
  if (!street_.keys || wishes_.empty()) return;
  const auto recent = static_cast<int>(std::min<std::size_t>(wishes_.size(), 50));
  auto& wish = wishes_[wishes_.size() - static_cast<std::size_t>(number(1, recent))];
  // Only what is about stock is remembered for certain: another answer would be true by now.
  const bool remembered = wish.outcome == Wish::Outcome::placed || wish.refusal == "insufficient-inventory";
  if (!remembered || wish.from_cart) return;
  const auto answer = post(wish, milliseconds(10'000));
  if (!says_it(answer.status)) return;
  street_.tally.add("answers asked for again");
  hear(wish, answer);
  if (!answer.replayed)
    wish.complaints.push_back("an answer asked for again does not say that it is replayed");
}

/// Asks until it is told what happened. In its own thread or beside it: so the random numbers are its own.
void Client::resolve(Wish& wish, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  while (!street_.hopeless) {
    ++wish.tries;
    Answer answer;
    if (street_.keys && draw(random, 1, 12) == 1) {  // sent twice at a time
      Answer twin;
      std::thread other([&, patience = some_patience(random)] { twin = post(wish, patience); });
      answer = post(wish, some_patience(random));
      other.join();
      hear(wish, twin);
    } else {
      answer = post(wish, some_patience(random));
    }
    hear(wish, answer);
    if (wish.outcome != Wish::Outcome::open) return;
    if (!street_.keys) {
      wish.outcome = Wish::Outcome::doubtful;
      return street_.tally.add("orders left in doubt");
    }
    std::this_thread::sleep_for(milliseconds(draw(random, 20, 250)));
  }
}

void Client::hear(Wish& wish, const Answer& answer) {
  street_.tally.add("POST answered " + (answer.status == 0 ? "not at all" : std::to_string(answer.status)));
  if (answer.replayed) street_.tally.add("POST answers replayed");
  if (!says_it(answer.status)) return;
  const auto body = json::parse(answer.body, nullptr, false);
  const bool first = wish.outcome == Wish::Outcome::open;
  if (answer.status == 201 && body.is_object()) {
    hear_placed(wish, body);
    if (first) street_.tally.add(wish.from_cart ? "orders placed from carts" : "orders placed");
  } else if (answer.status == 400 && body.is_object()) {
    hear_refused(wish, body);
    if (first) street_.tally.add("orders refused: " + wish.refusal);
  } else {
    wish.complaints.push_back("POST was answered " + std::to_string(answer.status) + " " + answer.body);
    wish.outcome = first ? Wish::Outcome::refused : wish.outcome;
  }
}

void Client::hear_placed(Wish& wish, const json& order) {
  if (wish.orders_told.empty()) {
    wish.outcome = Wish::Outcome::placed;
    wish.status = "Ordered";
    if (!is_wished(order, wish, wish.status)) {
      wish.complaints.push_back("201 shows another order: " + order.dump());
    }
  }
  wish.orders_told.push_back(order.value("id", std::int64_t{0}));
}

void Client::hear_refused(Wish& wish, const json& problem) {
  if (wish.outcome == Wish::Outcome::open) {
    wish.outcome = Wish::Outcome::refused;
    wish.refusal = slug_of(problem);
    for (const auto& shortage : problem.value("shortages", json::array())) {
      if (!shortage.value("in_catalog", true))
        wish.unknown_products.push_back(shortage.value("product_id", 0));
    }
  }
  ++wish.refusals_told;
}

Client::Answer Client::post(const Wish& wish, milliseconds patience) const {
  return call("POST", "/orders/" + std::to_string(wish.customer), body_of(wish), wish.key, patience);
}

Client::Answer Client::call(const std::string& method, const std::string& target, const std::string& body,
                            const std::string& key, milliseconds patience) const {
  std::vector<std::string> headers{"Content-Type: application/json", "Expect:"};
  if (!key.empty()) headers.push_back("Idempotency-Key: \"" + key + "\"");
  try {
    auto reply = test::http_call(method, street_.world.url(target), body, headers, patience);
    return {reply.status, std::move(reply.body), reply.headers.count("Idempotency-Replayed") != 0};
  } catch (const std::runtime_error&) {  // no answer, or one that breaks off
    return {};
  }
}

}  // namespace orders::chaos
