// What a killed process, a dead instance or an unanswered PUT leaves behind, product by product, and the
// report of how it was resolved. persistence/unfinished finds it, actors/recovery has it done, GET /recovery
// and the log tell it. Plain values; RecoveryReports may be used from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "domain/ids.hpp"
#include "domain/order.hpp"
#include "domain/stock_cycle.hpp"

namespace orders {

/// What is left to do about a product (rule R10: all of it is done by an ordinary cycle).
struct Unfinished {
  ProductId product;
  bool unsettled = false;     ///< its last movement may not have reached the catalog
  std::vector<Hold> orphans;  ///< held by a process that is gone (rule R9)
  std::vector<Hold> owed;     ///< of cancelled orders
  std::int64_t doubts = 0;    ///< PUTs of ours that may still land
  bool more = false;          ///< there are further orphans or owed units than were read
};

/// Which products to look for.
struct UnfinishedQuery {
  ProductId after{0};
  std::int32_t limit = 0;
  /// Unsettled movements and owed units that are younger are left to whoever is at work on them.
  std::chrono::milliseconds age{0};
  /// Holds of this very process that are older than any of its orders can be: nobody is left to give them
  /// back.
  std::chrono::milliseconds forgotten{0};
  bool all_doubts = false;  ///< every product in doubt; otherwise those whose next audit is due (rule R5)
};

/// What a cycle that was asked for from outside has come to.
struct Attended {
  bool gone = false;      ///< the catalog does not know the product; nothing was done
  bool repaired = false;  ///< a late write of our own was found and overwritten
  bool foreign = false;   ///< somebody else's change was found and followed
  std::int32_t quantity = 0;
};

/// How much of each kind was found and dealt with.
struct RecoveryCounts {
  std::int64_t unsettled = 0;  ///< movements whose PUT was sent again, or found to be in the catalog
  std::int64_t orphaned_holds = 0;
  std::int64_t orphaned_units = 0;
  std::int64_t owed = 0;  ///< reservations of cancelled orders
  std::int64_t owed_units = 0;
  std::int64_t doubts = 0;  ///< PUTs that may still land, compared with what the catalog shows
  std::int64_t carts_to_close = 0;

  [[nodiscard]] bool nothing() const;
  /// "2 movements sent again, 3 orphaned holds (7 units) given back, ..."
  [[nodiscard]] std::string text() const;
};

/// What was found about one product, and what became of it.
struct ProductRecovery {
  ProductId product;
  bool unsettled = false;
  std::int64_t orphaned_holds = 0;
  std::int64_t owed = 0;
  std::int64_t doubts = 0;
  std::string resolution;
  bool resolved = true;  ///< false: it could not be dealt with yet
  bool notable = true;   ///< false: it was only looked at, and nothing was found
};

struct RecoveryReport {
  Timestamp started_at;
  std::optional<Timestamp> finished_at;  ///< none: it is still under way
  RecoveryCounts at_start;
  RecoveryCounts later;  ///< found by the walks since
  std::int64_t walks = 0;
  std::int64_t unresolved = 0;            ///< products of the last walk that could not be dealt with yet
  std::vector<ProductRecovery> products;  ///< the first ones
  std::int64_t products_left_out = 0;
};

/// The report while it is being written: one writer, any number of readers.
class RecoveryReports {
 public:
  static constexpr std::size_t products_max = 200;

  void started(Timestamp now);
  void finished(Timestamp now);
  void carts(std::int64_t to_close);
  /// A product was dealt with, or could not be: `counts` is what to add, if anything. What is not notable
  /// does not replace what was told before.
  void product(const ProductRecovery& product, const RecoveryCounts& counts, bool first_walk);
  void walked(std::int64_t unresolved);

  [[nodiscard]] RecoveryReport copy() const;

 private:
  mutable std::mutex mutex_;
  RecoveryReport report_;
};

}  // namespace orders
