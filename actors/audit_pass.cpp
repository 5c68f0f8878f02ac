#include "actors/audit_pass.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <unordered_map>

#include "actors/patience.hpp"

namespace orders {

namespace {

using Clock = std::chrono::steady_clock;

/// How often a product is looked at again because its ledger moved while the catalog was asked.
constexpr int looks_max = 5;
/// So many GETs without an answer in a row, and the rest of the page is not asked about.
constexpr std::size_t unanswered_max = 3;
constexpr std::int32_t findings_max = 100;

bool same(const ProductFacts& facts, const LedgerMark& mark) {
  return facts.seq == mark.seq && facts.intended == mark.intended;
}

std::vector<ProductId> ids(const std::vector<ProductFacts>& facts) {
  std::vector<ProductId> list;
  list.reserve(facts.size());
  for (const auto& product : facts) list.push_back(product.product);
  return list;
}

}  // namespace

Result<AuditPage> AuditPass::page(const AuditQuery& query) {
  auto facts = book_.products_after(query.after, query.limit + 1);
  if (!facts.ok()) return facts.error();
  AuditPage page;
  page.more = facts.value().size() > static_cast<std::size_t>(query.limit);
  if (page.more) facts.value().pop_back();
  auto audits = look(std::move(facts.value()), query.until);
  if (!audits.ok()) return audits.error();
  page.products = std::move(audits.value());
  for (const auto& product : page.products) page.sum.add(product);
  if (query.orders) {
    auto orders = book_.orders(findings_max, grace());
    if (!orders.ok()) return orders.error();
    page.orders = std::move(orders.value());
    page.sum.add(*page.orders);
  }
  return page;
}

/// Judges what stands still; what moved while the catalog was asked is looked at again.
Result<std::vector<ProductAudit>> AuditPass::look(std::vector<ProductFacts> facts, Deadline until) {
  std::vector<ProductAudit> audits;
  for (int look = 1; !facts.empty(); ++look) {
    auto sights = ask(facts, until);
    const auto marks = book_.marks(ids(facts));
    if (!marks.ok()) return marks.error();
    std::unordered_map<ProductId, LedgerMark> now;
    for (const auto& mark : marks.value()) now.emplace(mark.product, mark);
    std::vector<ProductId> again;
    for (std::size_t i = 0; i < facts.size(); ++i) {
      auto& sight = sights[i];
      const auto mark = now.find(facts[i].product);
      sight.moved = mark == now.end() || !same(facts[i], mark->second);
      const bool differs = sight.answered && sight.quantity != facts[i].quantity;
      if (differs && sight.moved && look < looks_max && Clock::now() < until) {
        again.push_back(facts[i].product);
      } else {
        audits.push_back(judge(std::move(facts[i]), sight, grace()));
      }
    }
    if (again.empty()) break;
    auto fresh = book_.products(again);
    if (!fresh.ok()) return fresh.error();
    facts = std::move(fresh.value());
  }
  std::sort(audits.begin(), audits.end(),
            [](const ProductAudit& a, const ProductAudit& b) { return a.facts.product < b.facts.product; });
  return audits;
}

/// A few at a time: an order's own calls wait behind no more than these.
std::vector<CatalogSight> AuditPass::ask(const std::vector<ProductFacts>& facts, Deadline until) {
  const std::size_t at_once = std::max<std::size_t>(1, settings_.catalog.max_in_flight / 4);
  std::vector<CatalogSight> sights;
  sights.reserve(facts.size());
  std::size_t unanswered = 0;
  while (sights.size() < facts.size() && unanswered < unanswered_max && Clock::now() < until) {
    const auto to = std::min(facts.size(), sights.size() + at_once);
    for (const auto& sight : ask_at_once(facts, sights.size(), to)) {
      unanswered = sight.answered ? 0 : unanswered + 1;
      sights.push_back(sight);
    }
  }
  sights.resize(facts.size());  // the rest: not answered
  return sights;
}

std::vector<CatalogSight> AuditPass::ask_at_once(const std::vector<ProductFacts>& facts, std::size_t from,
                                                 std::size_t to) {
  using Seen = Result<std::optional<CatalogProduct>>;
  std::vector<std::future<Seen>> answers;
  for (auto i = from; i < to; ++i) {
    auto promise = std::make_shared<std::promise<Seen>>();
    answers.push_back(promise->get_future());
    catalog_.get(facts[i].product, Clock::now() + settings_.orders.deadline,
                 [promise](Seen seen) { promise->set_value(std::move(seen)); });
  }
  std::vector<CatalogSight> sights;
  for (auto& answer : answers) {
    const auto seen = answer.get();  // every call ends by its deadline
    CatalogSight sight;
    sight.answered = seen.ok();
    if (seen.ok() && seen.value()) sight.quantity = seen.value()->quantity;
    sights.push_back(sight);
  }
  return sights;
}

/// An order is decided by its deadline, and what another process has left is found by a walk of the recovery.
/// What follows from either may take a cycle more.
std::chrono::seconds AuditPass::grace() const {
  const auto begun = std::max<std::chrono::milliseconds>(
      settings_.orders.deadline, actors::left_to_others + settings_.recovery.interval);
  return std::chrono::ceil<std::chrono::seconds>(begun + settings_.catalog.retry_max) +
         std::chrono::seconds(5);
}

}  // namespace orders
