// What every actor needs to do its work: the settings, the counters, the two neighbours, and where to find
// the actors with a fixed role. Made once by OrderService, shared by all actors as a pointer to const;
// outlives them.
#pragma once

#include <functional>
#include <optional>

#include "actors/switchboard.hpp"
#include "config/config.hpp"
#include "domain/counters.hpp"
#include "domain/error.hpp"
#include "domain/neighbours.hpp"
#include "domain/order_rules.hpp"
#include "domain/recovery.hpp"

namespace orders::actors {

struct Context {
  const config::Config& settings;
  StatusRules status_rules;
  Counters& counters;
  CatalogClient& catalog_client;
  CartClient& cart_client;
  RecoveryReports& recovery;
  /// Whether new cycles may begin: not while the instance's locks are lost (rule R15).
  std::function<bool()> may_begin;
  Switchboard board{};

  /// Why nothing may begin just now; none: it may.
  [[nodiscard]] std::optional<Error> obstacle() const {
    if (!may_begin || may_begin()) return std::nullopt;
    return Error{ErrorCode::storage_unavailable, "the locks of this instance are lost for the moment"};
  }
};

}  // namespace orders::actors
