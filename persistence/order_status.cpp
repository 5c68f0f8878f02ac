#include <stdexcept>
#include <string>
#include <unordered_map>

#include "persistence/order_reads.hpp"
#include "persistence/order_writes.hpp"
#include "persistence/session.hpp"
#include "persistence/sql_array.hpp"

namespace orders::persistence {

namespace {

constexpr const char* lock = R"sql(
SELECT id, status, restocked::int FROM orders WHERE id = ANY (:p1::bigint[]) ORDER BY id FOR UPDATE
)sql";

// Orders first, then reservations as T_order and T_intent take them: nobody waits for an order while holding
// one.
// R10: the status, and that its units are owed, in one.
constexpr const char* apply_changes = R"sql(
WITH changes AS MATERIALIZED (
  SELECT * FROM unnest(:p1::bigint[], :p2::text[], :p3::bool[]) AS c (id, status, restock)),
back AS MATERIALIZED (
  SELECT r.order_id, r.product_id, r.attempt FROM changes c JOIN reservations r ON r.order_id = c.id
  WHERE c.restock AND r.state = 'sold'
  ORDER BY r.order_id, r.product_id, r.attempt FOR UPDATE OF r),
owed AS (
  UPDATE reservations r SET state = 'owed' FROM back
  WHERE r.order_id = back.order_id AND r.product_id = back.product_id AND r.attempt = back.attempt
    AND r.state = 'sold')
UPDATE orders o SET status = c.status, updated_at = now(), restocked = o.restocked OR c.restock
FROM changes c WHERE o.id = c.id
)sql";

constexpr const char* still_owed = R"sql(
SELECT order_id, product_id, attempt FROM reservations
WHERE order_id = ANY (:p1::bigint[]) AND state = 'owed' ORDER BY order_id, product_id, attempt
)sql";

class StatusBatch {
 public:
  StatusBatch(Session& session, const std::vector<StatusChange>& batch, const StatusRules& rules)
      : session_(session), batch_(batch), rules_(rules), outcomes_(batch.size()) {
    for (const auto& change : batch) {
      if (!places_.emplace(change.id, places_.size()).second) {
        throw std::invalid_argument("an order stands twice in a batch");
      }
    }
  }

  std::vector<StatusOutcome> run() {
    SqlArray ids, statuses, restocks, restocking;
    std::vector<OrderId> asked;
    for (const auto& change : batch_) asked.push_back(change.id);
    for (const auto& [id, status, restocked] :
         session_.rows<std::int64_t, std::string, int>(lock, list_of(asked))) {
      const auto place = places_.at(OrderId{id});
      const auto& wanted = batch_[place].status;
      outcomes_[place].fault = rules_.fault(status, wanted);
      if (!outcomes_[place].fault.empty()) continue;
      const bool restock = rules_.restocks(wanted);
      // An older installation's: there are no reservations of it, so nothing says what there is to give back.
      if (restock && restocked == 0 && OrderId{id} < first_order_id) {
        if (status == wanted) continue;
        outcomes_[place].fault =
            "the order is from before this installation, which has no record of its stock "
            "and cannot give it back: correct the catalog, and give it a status that "
            "does not restock";
        continue;
      }
      if (restock) restocking.add(id);
      if (status == wanted && (restocked != 0 || !restock)) continue;  // it is so already
      ids.add(id);
      statuses.add(wanted);
      restocks.add(restock && restocked == 0);
    }
    if (ids.empty()) {
      session_.nothing_to_commit();
    } else {
      session_.rows<>(apply_changes, ids.text(), statuses.text(), restocks.text());
    }
    for (auto& order : orders_by_id(session_, asked)) {
      auto& outcome = outcomes_[places_.at(order.id)];
      outcome.order = std::move(order);
    }
    if (!restocking.empty()) note_owed(restocking);
    return std::move(outcomes_);
  }

 private:
  static std::string list_of(const std::vector<OrderId>& ids) {
    SqlArray list;
    for (const auto id : ids) list.add(id.value);
    return list.text();
  }

  // Read rather than returned by the change: a change whose COMMIT had to be repeated finds nothing left to
  // change, and still must say what is to be given back.
  void note_owed(const SqlArray& restocking) {
    for (const auto& [id, product, attempt] :
         session_.rows<std::int64_t, int, int>(still_owed, restocking.text())) {
      outcomes_[places_.at(OrderId{id})].owed.push_back({ProductId{product}, attempt});
    }
  }

  Session& session_;
  const std::vector<StatusChange>& batch_;
  const StatusRules& rules_;
  std::unordered_map<OrderId, std::size_t> places_;
  std::vector<StatusOutcome> outcomes_;
};

}  // namespace

std::vector<StatusOutcome> change_statuses(Session& session, const std::vector<StatusChange>& batch,
                                           const StatusRules& rules) {
  return StatusBatch(session, batch, rules).run();
}

}  // namespace orders::persistence
