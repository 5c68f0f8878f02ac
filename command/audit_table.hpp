// What an audit found, as tables for people. Pure functions, any thread.
#pragma once

#include <string>
#include <vector>

#include "actors/audit_pass.hpp"

namespace orders::command {

/// Head, a row for each product, what is off or under way, what is to be said about orders, and the verdict.
std::string table(const std::vector<AuditPage>& pages, const AuditSum& sum);

}  // namespace orders::command
