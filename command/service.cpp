#include "command/service.hpp"

#include <iostream>
#include <memory>
#include <unistd.h>
#include <utility>

#include "command/log.hpp"
#include "persistence/audit_book.hpp"
#include "persistence/order_store.hpp"
#include "persistence/stock_journal.hpp"

namespace orders::command {

namespace {

OrderService::Parts parts(const config::Config& settings, const persistence::Instance& instance,
                          CatalogClient& catalog, CartClient& cart, Counters& counters,
                          std::function<void(const std::string&)> give_up) {
  return {[&settings, epoch = instance.epoch()] {
            return std::make_unique<persistence::PostgresStockJournal>(settings.database, epoch,
                                                                       settings.catalog.doubt);
          },
          [&settings, epoch = instance.epoch()] {
            return std::make_unique<persistence::PostgresOrderStore>(
                settings.database, persistence::StoreSettings{settings.orders.idempotency_ttl, epoch});
          },
          [&settings] { return std::make_unique<persistence::PostgresAuditBook>(settings.database); },
          catalog,
          cart,
          counters,
          std::move(give_up),
          [&instance] { return instance.locked(); }};
}

}  // namespace

Service::Service(const config::Config& settings, const persistence::Instance& instance,
                 std::function<void(const std::string&)> give_up)
    : client_(settings.catalog, settings.cart),
      catalog_(client_, settings.catalog.tries),
      cart_(client_, settings.cart.tries),
      orders_(settings, parts(settings, instance, catalog_, cart_, counters_, std::move(give_up))) {}

Service::~Service() {
  if (!stop()) leave(1);
}

bool Service::stop() {
  const bool all_ended = orders_.stop();
  client_.stop();
  return all_ended;
}

void leave(int status) {
  std::cout.flush();
  (void)end_log();
  ::_exit(status);
}

}  // namespace orders::command
