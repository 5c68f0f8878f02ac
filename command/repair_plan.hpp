// What `orderd audit --repair` is going to do about what the audit found, and what only people can do.
// Nothing is repaired in a way of its own: products get an ordinary cycle, carts an ordinary closing. A pure
// function, any thread.
#pragma once

#include <string>
#include <vector>

#include "actors/audit_pass.hpp"

namespace orders::command {

/// One thing that is off, or unfinished, and what is done about it.
struct RepairStep {
  std::string about;    ///< e.g. "product 7"
  std::string found;    ///< e.g. "3 units held by a process that is gone"
  std::string measure;  ///< what is done; or, if nothing can be, what people should do
  bool possible = true;
};

struct RepairPlan {
  std::vector<RepairStep> steps;
  std::vector<ProductId> products;  ///< whose cycles are to run, ascending
  bool carts = false;               ///< there are carts to close

  [[nodiscard]] bool does_anything() const { return carts || !products.empty(); }
};

RepairPlan plan_repair(const std::vector<AuditPage>& pages);

/// For people, a line for each step.
std::string text_of(const RepairPlan& plan);
/// An array of {"about","found","measure","possible"}.
std::string to_json(const RepairPlan& plan);

}  // namespace orders::command
