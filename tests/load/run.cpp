#include "tests/load/run.hpp"

#include <algorithm>
#include <fstream>
#include <memory>
#include <random>
#include <stdexcept>
#include <unistd.h>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "tests/load/caller.hpp"

namespace orders::load {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// What all connections share.
struct Shared {
  const Options& options;
  const std::vector<std::int32_t>& products;
  boost::asio::io_context context{1};
  Caller::Endpoint orderd = resolve(context, options.url);
  Caller::Endpoint cart = options.from_carts ? resolve(context, *options.cart) : Caller::Endpoint();
  steady_clock::time_point measure_from{};
  steady_clock::time_point end{};
  std::ofstream kept{};
  std::uint64_t begun = 0;
  std::uint64_t placed = 0;
  std::uint64_t keys = 0;
  Results results{};
};

std::string line(std::int32_t product, std::int32_t quantity) {
  return R"({"product_id":)" + std::to_string(product) + R"(,"quantity":)" + std::to_string(quantity) + "}";
}

class Worker {
 public:
  Worker(Shared& shared, std::uint32_t number)
      : shared_(shared),
        number_(number),
        random_(shared.options.seed * 1'000'003 + number),
        orderd_(shared.context, shared.options.url, shared.orderd, shared.options.timeout),
        pause_(shared.context) {
    if (shared.options.from_carts) {
      cart_.emplace(shared.context, *shared.options.cart, shared.cart, shared.options.timeout);
    }
  }

  void next() {
    if (steady_clock::now() >= shared_.end) return;
    if (shared_.options.orders != 0 && shared_.begun >= shared_.options.orders) return;
    ++shared_.begun;
    choose_lines();
    if (cart_) {
      customer_ = number_ + 1 + round_++ % rounds() * shared_.options.connections;
      fill_cart();
    } else {
      customer_ = std::uniform_int_distribution<std::uint32_t>(1, shared_.options.customers)(random_);
      std::string body = R"({"items":[)";
      for (const auto product : lines_) {
        if (body.back() != '[') body += ',';
        body += line(product, shared_.options.quantity);
      }
      order(body + "]}");
    }
  }

 private:
  /// How many customers this connection has for itself: number + 1, and every `connections`-th after it.
  [[nodiscard]] std::uint32_t rounds() const {
    return (shared_.options.customers - number_ - 1) / shared_.options.connections + 1;
  }

  void choose_lines() {
    lines_.clear();
    std::uniform_int_distribution<std::size_t> any(0, shared_.products.size() - 1);
    while (lines_.size() < shared_.options.lines) {
      const auto product = shared_.products[any(random_)];
      if (std::find(lines_.begin(), lines_.end(), product) == lines_.end()) lines_.push_back(product);
    }
  }

  void fill_cart() {
    if (lines_.empty()) {
      order("{}");
      return;
    }
    const auto product = lines_.back();
    lines_.pop_back();
    cart_->post("/carts/" + std::to_string(customer_), line(product, shared_.options.quantity), {},
                [this](const Called& called) {
                  if (called.status == 0) {
                    ++shared_.results.transport_errors["cart " + called.trouble];
                  } else if (called.status != 201) {
                    ++shared_.results.cart_refusals;
                  }
                  if (called.status == 201) {
                    fill_cart();
                  } else {
                    pause();
                  }
                });
  }

  void order(std::string body) {
    std::string key;
    if (shared_.options.idempotency_keys) {
      key = "load-" + std::to_string(::getpid()) + "-" + std::to_string(++shared_.keys);
    }
    begun_ = steady_clock::now();
    orderd_.post("/orders/" + std::to_string(customer_), std::move(body), key, [this](const Called& called) {
      record(called);
      if (called.status == 0) {
        pause();
      } else {
        next();
      }
    });
  }

  /// What fails at once must not be tried in a busy loop.
  void pause() {
    pause_.expires_after(milliseconds(10));
    pause_.async_wait([this](boost::system::error_code) { next(); });
  }

  void record(const Called& called) {
    const auto now = steady_clock::now();
    auto& results = shared_.results;
    if (called.status == 0) {
      ++results.transport_errors[called.trouble];
      return;
    }
    if (called.status == 201) {
      const auto every = shared_.options.keep_every;
      if (every != 0 && shared_.placed++ % every == 0) shared_.kept << called.body << '\n';
      if (now >= shared_.measure_from && now < shared_.end) ++results.placed_in_time;
    }
    if (begun_ < shared_.measure_from) return;
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now - begun_);
    ++results.answers[called.status];
    results.latencies.add(took);
    if (called.status == 201) results.placed_latencies.add(took);
  }

  Shared& shared_;
  std::uint32_t number_;
  std::mt19937_64 random_;
  Caller orderd_;
  std::optional<Caller> cart_;
  boost::asio::steady_timer pause_;
  std::vector<std::int32_t> lines_;
  std::uint32_t customer_ = 0;
  std::uint32_t round_ = 0;
  steady_clock::time_point begun_;
};

}  // namespace

Results run(const Options& options, const std::vector<std::int32_t>& products) {
  Shared shared{options, products};
  if (!options.keep_file.empty()) {
    shared.kept.open(options.keep_file, std::ios::binary | std::ios::trunc);
    if (!shared.kept) throw std::runtime_error("cannot write " + options.keep_file);
  }
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::uint32_t i = 0; i < options.connections; ++i)
    workers.push_back(std::make_unique<Worker>(shared, i));
  shared.measure_from = steady_clock::now() + options.warmup;
  shared.end = shared.measure_from + options.duration;
  for (const auto& worker : workers) worker->next();
  shared.context.run();  // until every connection has its last answer, or its last timeout
  const auto stopped = std::clamp(steady_clock::now(), shared.measure_from + milliseconds(1), shared.end);
  shared.results.duration = std::chrono::duration_cast<milliseconds>(stopped - shared.measure_from);
  if (shared.kept.is_open() && !shared.kept.flush())
    throw std::runtime_error("cannot write " + options.keep_file);
  return std::move(shared.results);
}

}  // namespace orders::load
