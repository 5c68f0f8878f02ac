// One order on its way: which products it holds, what it still waits for, and what happens next (rules R12 to
// R14). A plain state machine without clocks, threads or actors: the customer actor feeds it news and carries
// out its wishes through PlacementWork. Lives in one actor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/reply.hpp"
#include "domain/neighbours.hpp"
#include "domain/order_store.hpp"
#include "domain/stock_cycle.hpp"

namespace orders::actors {

struct HoldAnswer;
struct CartContents;

/// What a placement asks of its surroundings. News about each comes back through the placement's on_...()
/// functions.
class PlacementWork {
 public:
  virtual ~PlacementWork() = default;
  virtual void fetch_cart(OrderId order, CustomerId customer, Deadline deadline) = 0;
  virtual void hold(ProductId product, const Hold& hold, bool parks, Deadline deadline) = 0;
  virtual void release(ProductId product, HoldKey key, bool urgent) = 0;
  virtual void commit(const OrderCommit& order, Deadline deadline) = 0;
  virtual void close_cart(const OpenCart& cart) = 0;
  virtual void count_conflict() = 0;
  /// Whether the catalog can be asked for so many products and told about them before the deadline.
  virtual bool in_time(std::size_t products, Deadline deadline) {
    (void)products;
    (void)deadline;
    return true;
  }
};

class Placement {
 public:
  /// `key`: whose answer the order becomes.
  Placement(OrderId id, CustomerId customer, Deadline deadline, Reply<PlacedOrder> reply,
            std::size_t lines_max, std::optional<RequestKey> key = {});

  /// Begins with lines of a body, or by fetching the cart when there are none.
  void start(std::optional<std::vector<OrderLine>> lines, PlacementWork& work);

  void on_cart(Result<std::optional<CartContents>> cart, PlacementWork& work);
  void on_hold(ProductId product, std::int32_t attempt, const Result<HoldAnswer>& answer,
               PlacementWork& work);
  void on_released(ProductId product, std::int32_t attempt, bool done, PlacementWork& work);
  /// A release takes longer, because of `waiting_for`: the client need not wait for it.
  void on_release_delayed(ErrorCode waiting_for);
  void on_committed(Result<CommitOutcome> outcome, PlacementWork& work);
  void on_cart_closed();
  void on_deadline(PlacementWork& work);
  /// Nobody will feed news any more (the customer actor is dying): gives back whatever may be held. An order
  /// that is being written meanwhile wins or loses against that in the database, never both (rule R6).
  void abandon(PlacementWork& work);

  [[nodiscard]] OrderId id() const { return id_; }
  /// Whether the client still waits.
  [[nodiscard]] Wanted watch() const { return reply_.watch(); }
  [[nodiscard]] Deadline deadline() const { return deadline_; }
  [[nodiscard]] bool from_cart() const { return from_cart_; }
  [[nodiscard]] bool deadline_handled() const { return past_deadline_; }
  /// Its client has its answer, and what may be held for it is in the hands of the products' actors, or of
  /// the recovery if this process ends (rules R8 and R9).
  [[nodiscard]] bool only_gives_back() const { return phase_ == Phase::releasing && reply_.answered(); }
  /// Nothing is held, asked or unanswered any more: the placement can be forgotten.
  [[nodiscard]] bool finished() const { return phase_ == Phase::done; }

 private:
  enum class Phase : std::uint8_t { fetching_cart, holding, releasing, committing, closing_cart, done };
  enum class LegState : std::uint8_t { idle, asked, granted, refused, conflict, failed, releasing };

  /// One product of the order.
  struct Leg {
    ProductId product;
    std::int32_t quantity = 0;
    LegState state = LegState::idle;
    std::int32_t available = 0;
    bool in_catalog = true;
  };

  void begin(std::vector<OrderLine> lines, PlacementWork& work);
  bool skip_unwanted();
  void ask(Leg& leg, PlacementWork& work);
  void ask_all(PlacementWork& work);
  void ask_next_ascending(PlacementWork& work);
  void consider(PlacementWork& work);
  void commit(PlacementWork& work, Deadline deadline);
  /// Gives back whatever may be held, then answers `failure`, or begins again if there is none.
  void release_all(std::optional<Error> failure, PlacementWork& work);
  void after_release(PlacementWork& work);
  void answer_failure();
  void answer_and_finish(Error failure);
  [[nodiscard]] Leg* leg_of(ProductId product);
  [[nodiscard]] bool any(LegState state) const;
  [[nodiscard]] Error shortage() const;

  OrderId id_;
  CustomerId customer_;
  Deadline deadline_;
  Reply<PlacedOrder> reply_;
  std::size_t lines_max_;
  std::optional<RequestKey> key_;
  Phase phase_ = Phase::holding;
  std::vector<OrderLine> lines_;
  std::vector<Leg> legs_;
  std::int32_t attempt_ = 1;
  bool ascending_ = false;
  bool from_cart_ = false;
  bool past_deadline_ = false;
  std::optional<CartId> cart_;
  std::optional<Error> failure_;
  std::optional<Error> leg_error_;
  std::optional<Order> order_;
};

}  // namespace orders::actors
