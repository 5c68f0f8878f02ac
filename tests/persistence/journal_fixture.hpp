// A journal on a database of its own, and what it has written, for tests of T_intent. One thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "persistence/order_store.hpp"
#include "persistence/stock_journal.hpp"
#include "tests/persistence/prepared_database.hpp"

namespace orders::persistence {

inline constexpr std::int64_t journal_epoch = 42;

inline test::PreparedDatabase& database() {
  static test::PreparedDatabase prepared;
  return prepared;
}

struct JournalFixture {
  [[nodiscard]] std::string ledger(ProductId asked) const {
    return database().ask("SELECT seq, quantity, state FROM product_stock WHERE product_id = " +
                          std::to_string(asked.value));
  }
  // seq, before, after, state, kind, whether in doubt
  [[nodiscard]] std::string movements(ProductId asked) const {
    return database().ask(
        "SELECT seq, before, after, state, kind, doubt_until > now() FROM stock_movements "
        "WHERE product_id = " +
        std::to_string(asked.value) + " ORDER BY seq");
  }
  [[nodiscard]] std::string reservations(ProductId asked) const {
    return database().ask(
        "SELECT string_agg(quantity || state, ' ' ORDER BY order_id, attempt) FROM reservations "
        "WHERE product_id = " +
        std::to_string(asked.value));
  }
  std::optional<Ledger> read(ProductId asked) { return test::value_of(journal.read({asked})).at(0); }

  PostgresStockJournal journal{database().settings(), journal_epoch, std::chrono::hours(24)};
  PostgresOrderStore store{database().settings()};
  const ProductId product = test::new_product();
  const OrderId order = test::new_order();
};

}  // namespace orders::persistence
