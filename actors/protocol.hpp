// The vocabulary of the actors: every message, every typed interface, every CAF macro. Messages are
// imperatives or news; what expects an answer carries a Reply, which also tells when the answer is lost. All
// of it stays in this process. Included by the actors only; http/ talks to actors/order_service.hpp, which
// knows no CAF.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/audit_pass.hpp"
#include "actors/reply.hpp"
#include "domain/neighbours.hpp"
#include "domain/order_store.hpp"
#include "domain/stock_journal.hpp"

namespace orders::actors {

// ---- orders
// -------------------------------------------------------------------------------------------------------

/// A client wants an order. `id` is 0 until the registry gives it one.
struct PlaceOrder {
  OrderId id{0};
  CustomerId customer;
  std::optional<std::vector<OrderLine>> lines;  ///< none: take them from the customer's cart
  std::optional<RequestKey> key{};  ///< set when the answer is to be given again to whoever brings the key
  Deadline deadline;
  Reply<PlacedOrder> reply;
};

/// True: its client left, and it has been answered so. For orders that hold nothing yet.
inline bool skip_unwanted(const PlaceOrder& order) {
  if (order.reply.wanted()) return false;
  order.reply(Error{ErrorCode::client_gone, "the client left before anything was held for it"});
  return true;
}

struct ChangeStatus {
  StatusChange change;
  Deadline deadline;
  Reply<Order> reply;
};

// ---- stock
// --------------------------------------------------------------------------------------------------------

struct HoldAnswer {
  HoldVerdict verdict = HoldVerdict::undecided;
  std::int32_t available = 0;     ///< refused: what there is
  bool in_catalog = true;         ///< refused: false when the catalog does not know the product
  std::optional<Error> unheld{};  ///< undecided: why, and that certainly nothing is held for it
};

/// Ends a hold that no movement can have taken: there is nothing to be given back.
inline HoldAnswer nothing_held(Error why) {
  HoldAnswer answer;
  answer.unheld = std::move(why);
  return answer;
}

/// Reserve units of a product for an order (rule R13: `parks` in the ascending phase only).
struct HoldUnits {
  ProductId product;
  Hold hold;
  bool parks = false;
  Deadline deadline;
  Reply<HoldAnswer> reply;
};

/// Give back what that attempt of that order holds of the product, if it holds anything; takes an undecided
/// hold out of the queue. Answered once the units are in the ledger and the catalog has been told (or could
/// not be).
struct ReleaseUnits {
  ProductId product;
  HoldKey key;
  bool urgent =
      false;  ///< the order is past its deadline: call `delayed` at once if it is not released at once
  Reply<Done> reply;
  /// Called when it will take longer, with what is being waited for: once at most.
  std::function<void(ErrorCode)> delayed;
};

/// Run a cycle: it settles what is unsettled, gives back what is named here, and compares the catalog with
/// the ledger (rule R10). Answered when the catalog shows the ledger's quantity. Errors: as of the step that
/// failed; the asker asks again.
struct Attend {
  ProductId product;
  std::vector<HoldKey> releases;  ///< of orphans and cancelled orders; others are passed over
  Reply<Attended> reply;
};

// ---- persistence
// --------------------------------------------------------------------------------------------------

/// Errors: storage_unavailable; contended: another instance has its turn at the product (rule R15).
struct ReadLedger {
  ProductId product;
  bool turn = false;  ///< take the turn first
  Reply<std::optional<Ledger>> reply;
};

/// This instance has done with the product for now; others may have their turn.
struct EndTurn {
  ProductId product;
};

/// One cycle's part of a T_intent. Errors: storage_unavailable and internal mean that nothing was written; an
/// unknown outcome is never answered, but repeated until it is known (rule R7).
struct RecordCycle {
  CycleRequest cycle;
  Reply<CycleResult> reply;
};

struct MarkApplied {
  Ledger row;
  Reply<Done> reply;
};

/// One order's part of a T_order. Errors as for RecordCycle, and timed_out: the deadline passed before it was
/// begun.
struct CommitOrder {
  OrderCommit order;
  Deadline deadline;
  Reply<CommitOutcome> reply;
};

/// Remember a refusal under its key. Answered with what was remembered under it before, if anything was.
/// Errors as for CommitOrder.
struct KeepRefusal {
  KeyedRefusal refusal;
  Deadline deadline;
  Reply<std::optional<KeptAnswer>> reply;
};

struct StoreStatus {
  StatusChange change;
  Deadline deadline;
  Reply<StatusOutcome> reply;
};

struct ReserveIds {
  Reply<IdBlock> reply;
};

struct RecordClosedCart {
  CartKey cart;
  Reply<Done> reply;
};

/// A page of the audit.
struct RunAudit {
  AuditQuery query;
  Reply<AuditPage> reply;
};

/// Something to read, run on a reader's thread with its store. What it answers goes through a Reply it holds.
struct Query {
  std::function<void(OrderStore&)> run;
};

// ---- carts
// --------------------------------------------------------------------------------------------------------

struct CartContents {
  CartId id;
  std::vector<CartLine> lines;
};

/// The customer's active cart with its lines; none when there is no active cart that has not been ordered
/// yet.
struct FetchCart {
  CustomerId customer;
  Deadline deadline;
  Reply<std::optional<CartContents>> reply;
};

/// Mark the cart as ordered: tried until it is done. Answered after the first try, however it went.
struct CloseCart {
  OpenCart cart;
  Reply<Done> reply;
};

// ---- life of actors
// -----------------------------------------------------------------------------------------------

/// From a parent to a child that has not been used for a while: ask to retire if you have nothing to do.
struct RetireIfIdle {};
/// From a child to its parent: I have nothing to do, and have seen `handled` messages of yours.
template <class Key>
struct AskToRetire {
  Key key;
  std::uint64_t handled = 0;
};
/// From a parent to a child: nothing more will be sent to you; end.
struct Retire {};
/// To oneself, after a while.
struct Tick {};
/// To oneself: take what has queued up.
struct Flush {};

/// News that a child gets about what it asked for, on its own thread: Replies post one of these.
struct Call {
  std::function<void()> run;
};

using Registry =
    caf::typed_actor<caf::reacts_to<PlaceOrder>, caf::reacts_to<ChangeStatus>,
                     caf::reacts_to<AskToRetire<CustomerId>>, caf::reacts_to<Call>, caf::reacts_to<Tick>>;

/// One for each active customer.
using Customer = caf::typed_actor<caf::reacts_to<PlaceOrder>, caf::reacts_to<Call>, caf::reacts_to<Tick>,
                                  caf::reacts_to<RetireIfIdle>, caf::reacts_to<Retire>>;

/// The catalog proxy: knows the actor of each active product.
using Catalog =
    caf::typed_actor<caf::reacts_to<HoldUnits>, caf::reacts_to<ReleaseUnits>, caf::reacts_to<Attend>,
                     caf::reacts_to<AskToRetire<ProductId>>, caf::reacts_to<Tick>>;

/// One for each active product: runs its cycles.
using Product = caf::typed_actor<caf::reacts_to<HoldUnits>, caf::reacts_to<ReleaseUnits>,
                                 caf::reacts_to<Attend>, caf::reacts_to<Call>, caf::reacts_to<Tick>,
                                 caf::reacts_to<RetireIfIdle>, caf::reacts_to<Retire>>;

/// Finds what was left undone and has it done, on a thread of its own.
using Recovery = caf::typed_actor<caf::reacts_to<Call>, caf::reacts_to<Tick>>;

/// The cart proxy.
using CartProxy = caf::typed_actor<caf::reacts_to<FetchCart>, caf::reacts_to<CloseCart>, caf::reacts_to<Call>,
                                   caf::reacts_to<Tick>>;

/// Writes T_intents, on a thread of its own.
using IntentWriter =
    caf::typed_actor<caf::reacts_to<ReadLedger>, caf::reacts_to<EndTurn>, caf::reacts_to<RecordCycle>,
                     caf::reacts_to<MarkApplied>, caf::reacts_to<Flush>>;

/// Writes T_orders and everything else about orders, on a thread of its own.
using OrderWriter =
    caf::typed_actor<caf::reacts_to<CommitOrder>, caf::reacts_to<KeepRefusal>, caf::reacts_to<StoreStatus>,
                     caf::reacts_to<ReserveIds>, caf::reacts_to<RecordClosedCart>, caf::reacts_to<Flush>>;

/// Reads, on a thread of its own.
using Reader = caf::typed_actor<caf::reacts_to<Query>>;

/// Audits, on a thread of its own.
using Auditor = caf::typed_actor<caf::reacts_to<RunAudit>>;

}  // namespace orders::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::PlaceOrder)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::ChangeStatus)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::HoldUnits)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::ReleaseUnits)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::Attend)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::ReadLedger)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::EndTurn)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::RecordCycle)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::MarkApplied)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::CommitOrder)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::KeepRefusal)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::StoreStatus)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::ReserveIds)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::RecordClosedCart)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::Query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::RunAudit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::FetchCart)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::CloseCart)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::RetireIfIdle)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::AskToRetire<orders::CustomerId>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::AskToRetire<orders::ProductId>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::Retire)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::Tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::Flush)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orders::actors::Call)
