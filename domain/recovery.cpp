#include "domain/recovery.hpp"

#include <algorithm>

namespace orders {

namespace {

void add(RecoveryCounts& sum, const RecoveryCounts& counts) {
  sum.unsettled += counts.unsettled;
  sum.orphaned_holds += counts.orphaned_holds;
  sum.orphaned_units += counts.orphaned_units;
  sum.owed += counts.owed;
  sum.owed_units += counts.owed_units;
  sum.doubts += counts.doubts;
  sum.carts_to_close += counts.carts_to_close;
}

}  // namespace

bool RecoveryCounts::nothing() const {
  return unsettled == 0 && orphaned_holds == 0 && owed == 0 && doubts == 0 && carts_to_close == 0;
}

std::string RecoveryCounts::text() const {
  const auto n = [](std::int64_t number) { return std::to_string(number); };
  return n(unsettled) + " movements sent again, " + n(orphaned_holds) + " orphaned holds (" +
         n(orphaned_units) + " units) and " + n(owed) + " reservations of cancelled orders (" +
         n(owed_units) + " units) given back, " + n(doubts) + " PUTs in doubt watched, " + n(carts_to_close) +
         " carts to close";
}

void RecoveryReports::started(Timestamp now) {
  const std::lock_guard<std::mutex> guard(mutex_);
  // A recovery that died and was begun again goes on with the same report.
  if (report_.started_at == Timestamp()) report_.started_at = now;
}

void RecoveryReports::finished(Timestamp now) {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (!report_.finished_at) report_.finished_at = now;
}

void RecoveryReports::carts(std::int64_t to_close) {
  const std::lock_guard<std::mutex> guard(mutex_);
  report_.at_start.carts_to_close = to_close;
}

void RecoveryReports::product(const ProductRecovery& product, const RecoveryCounts& counts, bool first_walk) {
  const std::lock_guard<std::mutex> guard(mutex_);
  add(first_walk ? report_.at_start : report_.later, counts);
  auto& list = report_.products;
  const auto listed = std::find_if(list.begin(), list.end(), [&](const ProductRecovery& known) {
    return known.product == product.product;
  });
  if (listed != list.end()) {
    if (!product.notable && listed->resolved) return;
    listed->unsettled |= product.unsettled;
    listed->orphaned_holds = std::max(listed->orphaned_holds, product.orphaned_holds);
    listed->owed = std::max(listed->owed, product.owed);
    listed->doubts = std::max(listed->doubts, product.doubts);
    listed->resolution = product.resolution;
    listed->resolved = product.resolved;
  } else if (!product.notable && !first_walk) {
    return;  // the audits of doubts would fill the list
  } else if (list.size() < products_max) {
    list.push_back(product);
  } else if (!counts.nothing()) {
    ++report_.products_left_out;
  }
}

void RecoveryReports::walked(std::int64_t unresolved) {
  const std::lock_guard<std::mutex> guard(mutex_);
  ++report_.walks;
  report_.unresolved = unresolved;
}

RecoveryReport RecoveryReports::copy() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return report_;
}

}  // namespace orders
