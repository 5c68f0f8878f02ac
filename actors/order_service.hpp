// The door to the actors: what http/ may ask of them, without knowing CAF. Admission happens here: beyond the
// limits a request is refused at once, so that the mailboxes behind hold no more than the limits allow. Made
// and stopped by main.cpp; every function may be called from any thread and returns at once. Replies come on
// threads of the actors: they must be short and must not block or throw. A Reply that is no longer wanted is
// answered with client_gone, unless the work for it has begun to change something.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/audit_pass.hpp"
#include "actors/reply.hpp"
#include "config/config.hpp"
#include "domain/counters.hpp"
#include "domain/neighbours.hpp"
#include "domain/order_store.hpp"
#include "domain/recovery.hpp"
#include "domain/stock_journal.hpp"

namespace orders {

/// Of a read that is part of an answer: the first is subject to admission and to the deadline of reads. Once
/// an answer is under way it may not be broken off because others came later, so its further reads are not.
enum class Reading : std::uint8_t { begins, goes_on };

class OrderService {
 public:
  struct Parts {
    /// Make one store or journal for each thread that uses one; called on that thread, must not throw.
    std::function<std::unique_ptr<StockJournal>()> open_journal;
    std::function<std::unique_ptr<OrderStore>()> open_store;
    std::function<std::unique_ptr<AuditBook>()> open_audit_book;
    CatalogClient& catalog;
    CartClient& cart;
    Counters& counters;
    /// Something is broken that restarting actors does not mend: the process should end. Must not block.
    std::function<void(const std::string& reason)> give_up;
    /// Whether new work may begin; any thread, must not block. Empty: always.
    std::function<bool()> may_begin{};
  };

  /// Starts the actors. `settings` and the parts must outlive the service.
  OrderService(const config::Config& settings, Parts parts);
  OrderService(const OrderService&) = delete;
  OrderService& operator=(const OrderService&) = delete;
  OrderService(OrderService&&) = delete;
  OrderService& operator=(OrderService&&) = delete;
  ~OrderService();

  /// Places an order with these lines, or with those of the customer's cart when there are none. With a key,
  /// a request that was answered before gets that answer again.
  void place(CustomerId customer, std::optional<std::vector<OrderLine>> lines, std::optional<RequestKey> key,
             Reply<PlacedOrder> reply);
  void change_status(StatusChange change, Reply<Order> reply);

  void find(OrderId id, Reply<std::optional<Order>> reply);
  void list(OrderQuery query, Reply<std::vector<Order>> reply, Reading reading = Reading::begins);
  void list_items(std::int64_t after, std::int32_t limit, Reply<std::vector<OrderItemRow>> reply,
                  Reading reading = Reading::begins);
  /// A page of the audit. Audits run one after another, and only a few may wait.
  void audit(AuditQuery query, Reply<AuditPage> reply);
  /// What was found undone at the start and since, and what became of it.
  [[nodiscard]] RecoveryReport recovery() const;
  /// Runs a cycle of the product: whatever is left to do about it is done by that. Errors: as of the step
  /// that failed; asking again may work.
  void attend(ProductId product, Reply<Attended> reply);
  /// Whether this instance can write to the database now, or could be within the last second. Does not queue
  /// up behind reads; all who ask share one look.
  void check_writable(Reply<Done> reply);

  /// Waits until nothing is in flight; false when the deadline passes first. The only call that blocks.
  bool drain(Deadline deadline);
  /// Ends the actors; what is still in flight is answered as lost. Waits at most a few seconds; false when
  /// some have not ended by then, since their database call has not. Then this must not be destroyed: it
  /// would wait for them, maybe for ever, since timers run no more. Idempotent.
  [[nodiscard]] bool stop();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace orders
