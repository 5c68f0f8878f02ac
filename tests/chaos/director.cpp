#include "tests/chaos/director.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <utility>

namespace orders::chaos {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::StallingProxy;

StallingProxy::Way way_of(const std::string& name) {
  if (name == "requests") return StallingProxy::Way::requests;
  return name == "answers" ? StallingProxy::Way::answers : StallingProxy::Way::both;
}

}  // namespace

std::vector<std::string> Director::play(const Round& round) {
  std::vector<std::string> faults;
  const auto start = steady_clock::now();
  auto next = round.steps.begin();
  world_.set_settings(round.settings);
  for (auto now = start; now < start + round.lasts; now = steady_clock::now()) {
    for (; next != round.steps.end() && start + next->at <= now; ++next) begin(*next, now);
    const auto due = std::partition(undoings_.begin(), undoings_.end(),
                                    [now](const Undoing& undoing) { return undoing.at > now; });
    const std::vector<Undoing> undone(due, undoings_.end());
    undoings_.erase(due, undoings_.end());
    for (const auto& undoing : undone) undo(undoing);
    if (!down_) {
      auto fault = world_.supervise();
      if (!fault.empty()) faults.push_back(std::move(fault));
    }
    std::this_thread::sleep_for(milliseconds(10));
  }
  return faults;
}

void Director::begin(const Step& step, steady_clock::time_point now) {
  tally_.add(step.what == Trouble::fault ? "faults ordered" : step.name);
  const auto until = now + step.lasts;
  switch (step.what) {
    case Trouble::kill:
      if (down_) return;
      world_.kill_orderd();
      down_ = true;
      undoings_.push_back({until, step});
      return;
    case Trouble::stop:
      if (!down_) world_.terminate_orderd();
      return;
    case Trouble::database_stop:
      world_.stop_database();
      undoings_.push_back({until, step});
      return;
    case Trouble::sessions_end:
      world_.end_sessions();
      return;
    case Trouble::stall:
      world_.proxy(step.where).stall(way_of(step.way));
      undoings_.push_back({until, step});
      return;
    case Trouble::cut:
      world_.proxy(step.where).cut();
      return;
    case Trouble::fault:
      return begin_fault(step, until);
    case Trouble::land:
      tally_.add("late writes landed when told", static_cast<std::uint64_t>(world_.sandbox().land()));
      return;
  }
}

void Director::begin_fault(const Step& step, steady_clock::time_point until) {
  const auto reply = world_.sandbox().catalog("POST", "/__faults", step.fault.dump());
  if (reply.status != 201) throw std::runtime_error("the sandbox refused a fault: " + reply.body);
  undoings_.push_back({until, step, json::parse(reply.body).at("fault").get<std::uint64_t>()});
}

void Director::undo(const Undoing& undoing) {
  switch (undoing.step.what) {
    case Trouble::kill:
      world_.start_orderd();
      down_ = false;
      return;
    case Trouble::database_stop:
      return world_.start_database();
    case Trouble::stall:
      return stall_or_flow(undoing.step.where);
    case Trouble::fault:
      count_hits(json::parse(world_.sandbox().catalog("GET", "/__faults").body), undoing.fault,
                 undoing.step.name);
      (void)world_.sandbox().catalog("DELETE", "/__faults/" + std::to_string(undoing.fault));
      return;
    default:
      return;
  }
}

/// A stall ends, but another one there may still last.
void Director::stall_or_flow(const std::string& where) {
  auto& proxy = world_.proxy(where);
  proxy.flow();
  for (const auto& other : undoings_) {
    if (other.step.what == Trouble::stall && other.step.where == where) proxy.stall(way_of(other.step.way));
  }
}

void Director::count_hits(const json& faults, std::uint64_t number, const std::string& name) {
  for (const auto& fault : faults.at("faults")) {
    if (fault.at("fault") == number) tally_.add("fault " + name, fault.at("hits").get<std::uint64_t>());
  }
}

void Director::heal() {
  const auto undoings = std::exchange(undoings_, {});
  for (const auto& undoing : undoings) undo(undoing);
  world_.sandbox().clear_faults();
  for (const auto* name : {"catalog", "cart", "database"}) world_.proxy(name).flow();
  tally_.add("late writes landed at the end", static_cast<std::uint64_t>(world_.sandbox().land()));
}

}  // namespace orders::chaos
