#include "tests/chaos/script.hpp"

#include <algorithm>
#include <array>

namespace orders::chaos {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::array<const char*, 8> trouble_names{
    "kill -9", "SIGTERM", "PostgreSQL stopped", "sessions ended", "stall",
    "cut",     "fault",   "late writes landed"};

/// What orderd asks of its neighbours, and the wrong answers that each route can give.
struct Target {
  const char* route;
  bool writes;
  std::vector<const char*> answers;
};

const std::vector<Target>& targets() {
  static const std::vector<const char*> any{"normal",  "close",        "hang",     "500",
                                            "garbage", "invalid_json", "truncated"};
  const auto with = [](std::initializer_list<const char*> more) {
    auto all = any;
    all.insert(all.end(), more);
    return all;
  };
  static const std::vector<Target> all{
      {"GET /products/{id}", false, with({"not_found", "other_row"})},
      {"PUT /products/{id}", true, with({"not_found", "other_row"})},
      {"PUT /products/{id}", true, with({"not_found", "other_row"})},  // twice: writes matter most
      {"GET /carts/{id}", false, with({"not_found", "other_row"})},
      {"GET /cart_items", false, with({})},
      {"PUT /carts/{id}", true, with({"not_found"})},
  };
  return all;
}

}  // namespace

const char* to_string(Trouble trouble) { return trouble_names.at(static_cast<std::size_t>(trouble)); }

int Script::number(int least, int most) {
  // Not uniform_int_distribution: what it draws is up to the library.
  return least + static_cast<int>(random_() % static_cast<std::uint64_t>(most - least + 1));
}

template <class T>
T Script::any_of(std::initializer_list<T> choices) {
  return *(choices.begin() + number(0, static_cast<int>(choices.size()) - 1));
}

Step Script::step_of(Trouble what, milliseconds round, int lasts_ms_min, int lasts_ms_max) {
  Step step;
  step.what = what;
  step.name = to_string(what);
  step.at = milliseconds(number(200, static_cast<int>(round.count())));
  step.lasts = milliseconds(number(lasts_ms_min, lasts_ms_max));
  return step;
}

Step Script::fault_step(milliseconds round) {
  auto step = step_of(Trouble::fault, round, 300, 5'000);
  const auto& target = targets()[static_cast<std::size_t>(number(0, static_cast<int>(targets().size()) - 1))];
  const std::string answer =
      target.answers[static_cast<std::size_t>(number(0, static_cast<int>(target.answers.size()) - 1))];
  json fault{{"route", target.route}, {"answer", answer}, {"seed", number(1, 1'000'000)}};
  step.name = std::string(target.route) + " " + answer;
  if (target.writes) {
    const std::string apply = any_of({"now", "never", "later", "later"});
    // An answer that is as it should be is the truth: a PUT that says so is carried out.
    fault["apply"] = answer == "normal" ? "now" : apply;
    if (answer != "normal") step.name += ", applied " + apply;
    if (fault["apply"] == "later" && one_in(2)) fault["after_ms"] = number(1, 4'000);
  }
  if (answer == "normal" || one_in(4)) {
    const bool before = one_in(2);
    fault[before ? "delay_ms" : "answer_delay_ms"] = any_of({50, 200, 600, 1'500});
    step.name += before ? ", delayed" : ", answered late";
  }
  fault["probability"] = any_of({0.1, 0.3, 0.6, 1.0});
  if (one_in(4)) fault["count"] = number(1, 10);
  step.fault = std::move(fault);
  return step;
}

/// Small limits as well as the defaults, so that what is bounded gets to its bounds.
std::map<std::string, std::string> Script::settings() {
  const auto neighbours = options_.one_at_a_time ? 1 : any_of({1, 4, 32});
  return {
      {"ORDERD_CATALOG__MAX_IN_FLIGHT", std::to_string(neighbours)},
      {"ORDERD_CART__MAX_IN_FLIGHT", std::to_string(neighbours)},
      {"ORDERD_ACTORS__PRODUCT_IDLE", any_of({"300ms", "60s"})},
      {"ORDERD_ACTORS__CUSTOMER_IDLE", any_of({"100ms", "30s"})},
      {"ORDERD_ACTORS__THREADS", any_of({"1", "2", "4"})},
      {"ORDERD_DATABASE__ORDER_WRITERS", any_of({"1", "2", "3"})},
      {"ORDERD_DATABASE__INTENT_WRITERS", any_of({"1", "2", "3"})},
      {"ORDERD_DATABASE__ORDER_BATCH_MAX", any_of({"1", "4", "128"})},
      {"ORDERD_DATABASE__INTENT_BATCH_MAX", any_of({"1", "4", "128"})},
      {"ORDERD_ORDERS__PARKED_MAX", any_of({"1", "1000"})},
  };
}

Round Script::next(milliseconds lasts) {
  Round round;
  round.lasts = lasts;
  round.settings = settings();
  // As much in a short round as its time has room for.
  const auto times = [&](int in_ten_seconds_max) {
    const auto most = std::max<std::int64_t>(1, in_ten_seconds_max * lasts.count() / 10'000);
    return number(0, static_cast<int>(most));
  };
  const auto add = [&](int count, const auto& make) {
    for (int i = 0; i < count; ++i) round.steps.push_back(make());
  };
  if (options_.kills) {
    add(1 + times(2), [&] { return step_of(Trouble::kill, lasts, 0, 400); });
    add(times(1), [&] { return step_of(Trouble::stop, lasts, 0, 0); });
  }
  add(times(2), [&] { return step_of(Trouble::database_stop, lasts, 0, 1'500); });
  add(times(1), [&] { return step_of(Trouble::sessions_end, lasts, 0, 0); });
  add(1 + times(3), [&] {
    auto step = step_of(Trouble::stall, lasts, 50, one_in(3) ? 5'000 : 1'000);
    step.where = any_of({"catalog", "cart", "database"});
    step.way = any_of({"requests", "answers", "both"});
    step.name += " of the " + step.where + "'s " + (step.way == "both" ? "connections" : step.way);
    return step;
  });
  add(times(2), [&] {
    auto step = step_of(Trouble::cut, lasts, 0, 0);
    step.where = any_of({"catalog", "cart", "database"});
    step.name += " from the " + step.where;
    return step;
  });
  add(3 + times(6), [&] { return fault_step(lasts); });
  add(times(2), [&] { return step_of(Trouble::land, lasts, 0, 0); });
  std::stable_sort(round.steps.begin(), round.steps.end(),
                   [](const Step& a, const Step& b) { return a.at < b.at; });
  round.lies = std::any_of(round.steps.begin(), round.steps.end(), [](const Step& step) {
    return step.what == Trouble::fault && step.fault.at("answer") == "not_found";
  });
  return round;
}

}  // namespace orders::chaos
