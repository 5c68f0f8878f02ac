// A whole audit, as the program's sub-commands make it: all products, page by page. Blocks on PostgreSQL and
// on the catalog; belongs to the main thread.
#pragma once

#include <string>
#include <vector>

#include "actors/audit_pass.hpp"
#include "config/config.hpp"

namespace orders::command {

struct AuditRun {
  std::vector<AuditPage> pages;
  AuditSum sum;
  std::string failure;  ///< why it could not be finished; empty: it was
};

AuditRun run_audit(const config::Config& settings);

/// 0 clean, 1 something is off, 2 it could not tell.
int exit_status(const AuditRun& audit);

/// Prints it to standard output; a failure to standard error.
void print(const AuditRun& audit, bool json);

}  // namespace orders::command
