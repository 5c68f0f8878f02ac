// `orderd audit --repair`. Safe beside running instances: on a database of one instance its lock decides, and
// with several every cycle is safe anyhow (R3, R6).
#include <chrono>
#include <csignal>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include <spdlog/spdlog.h>

#include "command/audit.hpp"
#include "command/audit_run.hpp"
#include "command/repair_plan.hpp"
#include "command/service.hpp"
#include "http/audit_json.hpp"
#include "persistence/opening.hpp"

namespace orders::command {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds database_patience{10};
constexpr seconds repair_limit{60};
constexpr milliseconds between_looks{300};

/// Has each product run a cycle. What fails is told, and comes up again in the next audit.
void attend(OrderService& orders, const std::vector<ProductId>& products, steady_clock::time_point deadline) {
  for (const auto product : products) {
    const auto told = std::make_shared<std::promise<Result<Attended>>>();
    auto answer = told->get_future();
    orders.attend(product, Reply<Attended>(
                               [told](Result<Attended> attended) { told->set_value(std::move(attended)); }));
    if (answer.wait_until(deadline) != std::future_status::ready) return;
    const auto attended = answer.get();
    if (!attended.ok()) spdlog::warn("product {}: not yet: {}", product.value, attended.error().detail);
  }
}

/// Lets the actors work until there is nothing left that they can do. What a process that died has left they
/// find by themselves, as at every start; so are carts closed.
void work(const config::Config& settings, const persistence::Instance& instance, const RepairPlan& plan,
          bool json) {
  Service service(settings, instance,
                  [](const std::string& reason) { spdlog::critical("the actors give up: {}", reason); });
  const auto deadline = steady_clock::now() + repair_limit;
  attend(service.orders(), plan.products, deadline);
  while (steady_clock::now() < deadline) {
    const auto audit = run_audit(settings);
    const auto left = plan_repair(audit.pages);
    if (audit.failure.empty() && !left.does_anything()) break;
    attend(service.orders(), left.products, deadline);
    std::this_thread::sleep_for(between_looks);
  }
  if (!service.stop()) {
    if (json) std::cout << "}\n";
    spdlog::critical("the database does not answer: the repair is not finished");
    leave(2);
  }
}

/// Empty when the work was done, else why it could not be begun.
std::string open_and_work(const config::Config& settings, const RepairPlan& plan, bool json) {
  const auto opened = persistence::open_database(
      settings.database, settings.cluster.enabled, [] { return false; },
      steady_clock::now() + database_patience);
  if (opened.ok()) {
    work(settings, *opened.value(), plan, json);
    return {};
  }
  if (opened.error().code != ErrorCode::internal) return opened.error().detail;
  return opened.error().detail +
         ". (If it is orderd that runs: it repairs all of this by itself, see its GET /recovery.)";
}

void print_plan(const RepairPlan& plan) {
  if (plan.steps.empty()) {
    std::cout << "\nnothing is to be repaired\n";
  } else {
    std::cout << "\nplan:\n" << text_of(plan);
  }
}

void print_after(const AuditRun& after, const RepairPlan& plan, bool json) {
  if (json) {
    std::cout << R"(,"after":)"
              << (after.failure.empty() ? http::to_json(after.pages, after.sum) : std::string("null"))
              << "}\n";
  } else if (plan.does_anything()) {
    std::cout << "\nafter the repair:\n";
  }
  const bool shown = json || !plan.does_anything();
  if (!shown || !after.failure.empty()) print(after, false);
}

}  // namespace

int repair(const config::Config& settings, bool json) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto before = run_audit(settings);
  if (!before.failure.empty()) {
    print(before, json);
    return exit_status(before);
  }
  const auto plan = plan_repair(before.pages);
  if (json) {
    std::cout << R"({"before":)" << http::to_json(before.pages, before.sum) << R"(,"plan":)" << to_json(plan);
  } else {
    print(before, json);
    print_plan(plan);
  }
  std::cout << std::flush;  // the plan is there to be read while it is carried out
  const auto obstacle = plan.does_anything() ? open_and_work(settings, plan, json) : std::string();
  if (!obstacle.empty()) {
    if (json) std::cout << "}\n";
    std::cerr << "orderd: nothing was repaired: " << obstacle << "\n";
    return 2;
  }
  const auto after = plan.does_anything() ? run_audit(settings) : before;
  print_after(after, plan, json);
  return exit_status(after);
}

}  // namespace orders::command
