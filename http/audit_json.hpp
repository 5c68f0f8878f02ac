// What an audit found, as JSON: for GET /audit and for `orderd audit --json`. Pure functions, any thread.
#pragma once

#include <string>
#include <vector>

#include "actors/audit_pass.hpp"
#include "domain/audit.hpp"

namespace orders::http {

/// {"verdict":..,"faults":..,"under_way":..,"products":[..],"orders":{..},"next":..}; "orders" only if they
/// were audited, "next" only if it is not empty.
std::string to_json(const AuditPage& page, const std::string& next);
/// The same of several pages together.
std::string to_json(const std::vector<AuditPage>& pages, const AuditSum& sum);

}  // namespace orders::http
