#include "command/audit.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "command/audit_run.hpp"

namespace orders::command {

int audit(const config::Config& settings, bool json) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("audit"));  // standard output is the result's
  const auto result = run_audit(settings);
  print(result, json);
  return exit_status(result);
}

}  // namespace orders::command
