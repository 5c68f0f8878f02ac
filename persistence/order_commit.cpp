#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <unordered_map>

#include "persistence/cart_closings.hpp"
#include "persistence/idempotency.hpp"
#include "persistence/order_reads.hpp"
#include "persistence/order_writes.hpp"
#include "persistence/session.hpp"
#include "persistence/sql_array.hpp"

namespace orders::persistence {

namespace {

// The same order of locks as the releases of T_intent (intent.cpp). Whoever else is deciding on one of these
// reservations, or on the very same orders (the backend of a COMMIT whose outcome we did not learn), is
// waited for.
constexpr const char* lock = R"sql(
WITH locked AS MATERIALIZED (
  SELECT r.order_id, r.state
  FROM unnest(:p1::bigint[], :p2::int[]) AS k (order_id, attempt) JOIN reservations r USING (order_id, attempt)
  ORDER BY r.order_id, r.product_id, r.attempt FOR UPDATE OF r)
SELECT order_id, count(*) FROM locked WHERE state = 'held' GROUP BY order_id
)sql";

// Items are inserted, and so numbered, in the order of their lines.
constexpr const char* insert = R"sql(
WITH made AS (
  INSERT INTO orders (id, customer_id, status, created_at, updated_at)
  SELECT id, customer_id, status, now(), now()
  FROM unnest(:p1::bigint[], :p2::int[], :p3::text[]) AS o (id, customer_id, status)),
sold AS (
  UPDATE reservations r SET state = 'sold' FROM unnest(:p4::bigint[], :p5::int[]) AS k (order_id, attempt)
  WHERE r.order_id = k.order_id AND r.attempt = k.attempt AND r.state = 'held'),
lines AS (
  INSERT INTO order_items (order_id, product_id, quantity)
  SELECT order_id, product_id, quantity
  FROM unnest(:p6::bigint[], :p7::int[], :p8::int[]) WITH ORDINALITY AS l (order_id, product_id, quantity, place)
  ORDER BY place
  RETURNING id, order_id, product_id, quantity)
SELECT order_id, id, product_id, quantity, (extract(epoch FROM now()) * 1000000)::bigint FROM lines ORDER BY id
)sql";

class OrderBatch {
 public:
  OrderBatch(Session& session, const std::vector<OrderCommit>& batch, const StoreSettings& settings)
      : session_(session), batch_(batch), settings_(settings) {
    for (const auto& order : batch) {
      if (order.lines.empty()) throw std::invalid_argument("an order without lines");
      if (!places_.emplace(order.id, places_.size()).second) {
        throw std::invalid_argument("an order stands twice in a batch");
      }
    }
    outcomes_.resize(batch.size());
    wanted_.resize(batch.size());
  }

  std::vector<CommitOutcome> run() {
    keep_held();
    find_committed();
    keep_keys();
    keep_carts();
    give_back_keys_of_lost_carts();
    if (std::find(wanted_.begin(), wanted_.end(), true) != wanted_.end()) {
      insert_orders();
    } else if (!reopened_) {
      session_.nothing_to_commit();
    }
    return std::move(outcomes_);
  }

 private:
  // R6: an order is sold only what is held for it, all of it.
  void keep_held() {
    SqlArray ids, attempts;
    for (const auto& order : batch_) {
      ids.add(order.id.value);
      attempts.add(order.attempt);
    }
    for (const auto& [id, held] :
         session_.rows<std::int64_t, std::int64_t>(lock, ids.text(), attempts.text())) {
      const auto place = places_.at(OrderId{id});
      wanted_[place] = held == batch_[place].products;
    }
  }

  // An order that is there has no held reservations left, so only the others are looked up.
  void find_committed() {
    std::vector<OrderId> doubtful;
    for (std::size_t n = 0; n < batch_.size(); ++n) {
      if (!wanted_[n]) doubtful.push_back(batch_[n].id);
    }
    if (doubtful.empty()) return;
    for (auto& order : orders_by_id(session_, doubtful)) {
      auto& outcome = outcomes_[places_.at(order.id)];
      outcome.verdict = CommitVerdict::committed;
      outcome.order = std::move(order);
    }
  }

  // Keys before carts, in every transaction. An order whose key another request has is left out, and told
  // that request's answer.
  void keep_keys() {
    std::vector<KeyClaim> claims, taken;
    std::vector<std::size_t> claiming, losing;
    for (std::size_t n = 0; n < batch_.size(); ++n) {
      if (!wanted_[n] || !batch_[n].key) continue;
      claims.push_back({batch_[n].customer, &*batch_[n].key, batch_[n].id});
      claiming.push_back(n);
    }
    const auto ours = claim_keys(session_, claims, settings_.answers_kept_for);
    for (std::size_t n = 0; n < claims.size(); ++n) {
      if (ours[n]) continue;
      wanted_[claiming[n]] = false;
      outcomes_[claiming[n]].verdict = CommitVerdict::key_taken;
      taken.push_back(claims[n]);
      losing.push_back(claiming[n]);
    }
    auto found = find_answers(session_, taken, settings_.answers_kept_for);
    for (std::size_t n = 0; n < losing.size(); ++n) {
      outcomes_[losing[n]].kept = std::move(found[n]).value_or(KeptAnswer{});
    }
  }

  // No order, no answer: what the request is told is kept by itself.
  void give_back_keys_of_lost_carts() {
    std::vector<KeyClaim> lost;
    for (std::size_t n = 0; n < batch_.size(); ++n) {
      if (outcomes_[n].verdict == CommitVerdict::cart_already_ordered && !wanted_[n] && batch_[n].key) {
        lost.push_back({batch_[n].customer, &*batch_[n].key, batch_[n].id});
      }
    }
    give_back_keys(session_, lost);
  }

  void keep_carts() {
    std::vector<const OrderCommit*> claiming;
    for (std::size_t n = 0; n < batch_.size(); ++n) {
      if (!wanted_[n] || !batch_[n].cart) continue;
      claiming.push_back(&batch_[n]);
      wanted_[n] = false;  // until its cart turns out to be free
      outcomes_[n].verdict = CommitVerdict::cart_already_ordered;
    }
    for (const auto id : claim_carts(session_, claiming, settings_.epoch)) wanted_[places_.at(id)] = true;
    reopen_lost_carts(claiming);
  }

  // Whoever lost had seen the cart active: if it is recorded as closed, that was a mistake, and the customer
  // could never order again.
  void reopen_lost_carts(const std::vector<const OrderCommit*>& claiming) {
    std::vector<CartKey> lost;
    for (const auto* order : claiming) {
      if (!wanted_[places_.at(order->id)]) lost.push_back({*order->cart, order->customer});
    }
    const auto reopened = reopen_carts(session_, lost, settings_.epoch);
    reopened_ = !reopened.empty();
    for (const auto* order : claiming) {
      outcomes_[places_.at(order->id)].cart_reopened =
          std::find(reopened.begin(), reopened.end(), CartKey{*order->cart, order->customer}) !=
          reopened.end();
    }
  }

  void insert_orders() {
    SqlArray ids, customers, statuses, attempts, line_orders, products, quantities;
    for (std::size_t n = 0; n < batch_.size(); ++n) {
      if (!wanted_[n]) continue;
      const auto& order = batch_[n];
      ids.add(order.id.value);
      customers.add(order.customer.value);
      statuses.add(initial_status);
      attempts.add(order.attempt);
      for (const auto& line : order.lines) {
        line_orders.add(order.id.value);
        products.add(line.product.value);
        quantities.add(line.quantity);
      }
      outcomes_[n].verdict = CommitVerdict::committed;
      outcomes_[n].order.id = order.id;
      outcomes_[n].order.customer = order.customer;
      outcomes_[n].order.items.reserve(order.lines.size());
    }
    for (const auto& [order_id, id, product, quantity, now] :
         session_.rows<std::int64_t, std::int64_t, int, int, std::int64_t>(
             insert, ids.text(), customers.text(), statuses.text(), ids.text(), attempts.text(),
             line_orders.text(), products.text(), quantities.text())) {
      auto& order = outcomes_[places_.at(OrderId{order_id})].order;
      order.items.push_back({id, ProductId{product}, quantity});
      order.created_at = Timestamp(std::chrono::microseconds(now));
      order.updated_at = order.created_at;
    }
  }

  Session& session_;
  const std::vector<OrderCommit>& batch_;
  const StoreSettings settings_;
  bool reopened_ = false;
  std::unordered_map<OrderId, std::size_t> places_;
  std::vector<CommitOutcome> outcomes_;
  std::vector<bool> wanted_;  // to be inserted
};

}  // namespace

std::vector<CommitOutcome> commit_orders(Session& session, const std::vector<OrderCommit>& batch,
                                         const StoreSettings& settings) {
  return OrderBatch(session, batch, settings).run();
}

}  // namespace orders::persistence
