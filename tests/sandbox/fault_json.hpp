// Faults as JSON: what POST /__faults takes and GET /__faults shows. Used by the control routes; one thread.
#pragma once

#include <string>

#include <rapidjson/document.h>

#include "tests/sandbox/fault.hpp"
#include "tests/sandbox/service.hpp"

namespace orders::sandbox {

/// A fault and the service it is for.
struct OrderedFault {
  Service* service = nullptr;
  FaultRule rule{};
};

/// Why the JSON is no fault; empty if it is one, which is then in `fault`.
std::string read_fault(const rapidjson::Value& json, Service& catalog, Service& cart, OrderedFault& fault);
std::string fault_json(const FaultRule& rule, std::string_view service);

}  // namespace orders::sandbox
