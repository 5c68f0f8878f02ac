// A customer's requests with an Idempotency-Key that are under way (promise P5): the first of a key is looked
// up among the answers that are kept, and carried out if there is none; who comes with the same key meanwhile
// waits for its answer. Refusals are kept before anybody is told (rule R12: keeping one finds what another
// attempt has come to). A plain state machine like Placement: the customer actor feeds it news and carries
// out its wishes through KeyedWork. Lives in one actor; only Audience is for other threads too.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actors/protocol.hpp"
#include "domain/idempotency.hpp"

namespace orders::actors {

/// Those who wait for one answer, as far as the work for it needs to know: whether anybody still does. It
/// owns no Reply, so that whoever looks at it cannot keep an answer from being lost. Any thread.
class Audience {
 public:
  void add(Wanted listener);
  [[nodiscard]] bool wanted() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Wanted> listeners_;
};

/// What the book asks of its surroundings, for the request `id` of the key. News come back later through the
/// book's on_...() functions with the same two, never from within these.
class KeyedWork {
 public:
  virtual ~KeyedWork() = default;
  virtual void look_up(OrderId id, CustomerId customer, const RequestKey& key, Deadline deadline,
                       Wanted wanted) = 0;
  /// Places the order; its reply is to be replaced by one that comes back here.
  virtual void carry_out(PlaceOrder order, Wanted wanted) = 0;
  virtual void keep_refusal(OrderId id, const KeyedRefusal& refusal, Deadline deadline) = 0;
};

class KeyedOrders {
 public:
  /// Begins with the request, or lets it wait for the one of its key that is under way.
  void take(PlaceOrder order, KeyedWork& work);

  void on_found(const std::string& key, OrderId id, Result<std::optional<KeptAnswer>> found, KeyedWork& work);
  void on_answer(const std::string& key, OrderId id, Result<PlacedOrder> answer, KeyedWork& work);
  /// None: the refusal is kept; otherwise what was kept before, which is the answer then.
  void on_kept(const std::string& key, OrderId id, Result<std::optional<KeptAnswer>> kept);
  /// Lets go of those whose client has gone, and tells those whose deadline has passed.
  void on_tick(std::chrono::steady_clock::time_point now);

  [[nodiscard]] bool empty() const { return under_way_.empty(); }

 private:
  enum class Phase : std::uint8_t { looking_up, carried_out, keeping_refusal };

  /// A key under way: the request that is being carried out, and those that wait for its answer.
  struct Entry {
    Phase phase = Phase::looking_up;
    PlaceOrder first;
    std::deque<PlaceOrder> waiting;
    std::shared_ptr<Audience> audience;
    std::optional<Error> refusal;  ///< being kept
  };
  using Entries = std::map<std::string, Entry>;

  void begin(PlaceOrder order, std::deque<PlaceOrder> waiting, KeyedWork& work);
  /// The entry of that very request; end() when it is over.
  Entries::iterator entry_of(const std::string& key, OrderId id);
  /// The first one's client has gone before anything was held: the next one's turn.
  void pass_on(Entries::iterator at, KeyedWork& work);
  void answer_all(Entries::iterator at, const Result<PlacedOrder>& answer);

  Entries under_way_;
};

}  // namespace orders::actors
