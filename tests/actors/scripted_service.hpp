// An order service on scripted ports, for tests of the actors: fixtures derive from it, set what they need
// and start it. One object for one test, for its thread.
#pragma once

#include <chrono>
#include <memory>

#include "actors/order_service.hpp"
#include "tests/actors/scripted_ports.hpp"
#include "tests/support/eventually.hpp"

namespace orders::test {

template <class Carts>
struct ScriptedService {
  config::Config settings;
  Counters counters;
  ScriptedCatalog catalog;
  Carts carts;
  ScriptedDatabase database;
  std::unique_ptr<OrderService> service;

  ScriptedService() { settings.orders.deadline = std::chrono::milliseconds(2'000); }

  [[nodiscard]] OrderService::Parts parts() {
    return {[this] { return std::make_unique<ScriptedJournal>(database); },
            [this] { return std::make_unique<ScriptedStore>(database); },
            [] { return std::unique_ptr<AuditBook>(); },
            catalog,
            carts,
            counters,
            [](const std::string&) {}};
  }

  void start() { service = std::make_unique<OrderService>(settings, parts()); }

  template <class So>
  [[nodiscard]] static bool eventually(So so) {
    return test::eventually(so, std::chrono::seconds(20));
  }
};

}  // namespace orders::test
