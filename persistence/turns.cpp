#include "persistence/turns.hpp"

#include "persistence/advisory_locks.hpp"
#include "persistence/session.hpp"
#include "persistence/sql_array.hpp"

namespace orders::persistence {

namespace {

// A statement of its own, before the ledger is read: a snapshot taken before the lock could be stale.
constexpr const char* lock = R"sql(
SELECT product, pg_try_advisory_lock(:p2::int, product)::int FROM unnest(:p1::int[]) AS asked (product)
)sql";

constexpr const char* unlock = R"sql(
SELECT product, pg_advisory_unlock(:p2::int, product)::int FROM unnest(:p1::int[]) AS asked (product)
)sql";

}  // namespace

void Turns::forget_lost(const Session& session) {
  if (session.connection() == held_on_) return;
  held_.clear();
  held_on_ = session.connection();
}

std::vector<bool> Turns::take(Session& session, const std::vector<ProductId>& products) {
  forget_lost(session);
  SqlArray wanted;
  std::unordered_set<ProductId> asked;
  for (const auto product : products) {
    if (held_.count(product) == 0 && asked.insert(product).second) wanted.add(product.value);
  }
  if (!asked.empty()) {
    for (const auto& [product, taken] : session.rows<int, int>(lock, wanted.text(), turn_class)) {
      if (taken != 0) held_.insert(ProductId{product});
    }
  }
  std::vector<bool> ours;
  ours.reserve(products.size());
  for (const auto product : products) ours.push_back(held_.count(product) != 0);
  return ours;
}

void Turns::end(Session& session, const std::vector<ProductId>& products) {
  forget_lost(session);
  SqlArray ended;
  for (const auto product : products) {
    if (held_.erase(product) != 0) ended.add(product.value);
  }
  if (!ended.empty()) (void)session.rows<int, int>(unlock, ended.text(), turn_class);
}

}  // namespace orders::persistence
