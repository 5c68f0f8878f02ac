#include "command/audit.hpp"

#include "command/audit_run.hpp"

namespace orders::command {

int audit(const config::Config& settings, bool json) {
  const auto result = run_audit(settings);
  print(result, json);
  return exit_status(result);
}

}  // namespace orders::command
