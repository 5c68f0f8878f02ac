#include "persistence/idempotency.hpp"

#include <array>
#include <map>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "persistence/order_reads.hpp"
#include "persistence/session.hpp"
#include "persistence/sql_array.hpp"

namespace orders::persistence {

namespace {

using std::chrono::milliseconds;

// Ascending by key, so that two transactions never wait for each other; whoever is inserting the same key is
// waited for, and then found. An answer that has been kept for long enough makes room, whether or not it has
// been deleted yet.
// R6: inside the transaction that writes the order or keeps the refusal; the database decides who is first.
constexpr const char* claim = R"sql(
INSERT INTO idempotency AS kept
  (customer_id, key, fingerprint, order_id, refusal, detail, shortages, told_in, answered_at)
SELECT customer_id, key, sha256(convert_to(request, 'UTF8')), nullif(order_id, 0), nullif(refusal, ''), detail,
  shortages, told_in, now()
FROM unnest(:p1::int[], :p2::text[], :p3::text[], :p4::bigint[], :p5::text[], :p6::text[], :p7::text[], :p8::text[])
  AS c (customer_id, key, request, order_id, refusal, detail, shortages, told_in)
ORDER BY customer_id, key COLLATE "C"
ON CONFLICT (customer_id, key) DO UPDATE
SET fingerprint = excluded.fingerprint, order_id = excluded.order_id, refusal = excluded.refusal,
  detail = excluded.detail, shortages = excluded.shortages, told_in = excluded.told_in,
  answered_at = excluded.answered_at
WHERE kept.answered_at <= now() - :p9::bigint * interval '1 millisecond'
RETURNING customer_id, key
)sql";

constexpr const char* give_back = R"sql(
DELETE FROM idempotency i USING unnest(:p1::int[], :p2::text[]) AS c (customer_id, key)
WHERE i.customer_id = c.customer_id AND i.key = c.key
)sql";

constexpr const char* find = R"sql(
SELECT i.customer_id, i.key, (i.fingerprint = sha256(convert_to(c.request, 'UTF8')))::int, coalesce(i.order_id, 0),
  coalesce(i.refusal, ''), i.detail, i.shortages, i.told_in
FROM unnest(:p1::int[], :p2::text[], :p3::text[]) AS c (customer_id, key, request)
  JOIN idempotency i ON i.customer_id = c.customer_id AND i.key = c.key
WHERE i.answered_at > now() - :p4::bigint * interval '1 millisecond'
)sql";

// Several instances forget at the same time: none waits for a row that another has taken.
constexpr const char* forget = R"sql(
WITH old AS MATERIALIZED (
  SELECT customer_id, key FROM idempotency WHERE answered_at <= now() - :p1::bigint * interval '1 millisecond'
  ORDER BY answered_at LIMIT :p2::int FOR UPDATE SKIP LOCKED),
gone AS (
  DELETE FROM idempotency i USING old WHERE i.customer_id = old.customer_id AND i.key = old.key RETURNING 1)
SELECT count(*)::int FROM gone
)sql";

using Place = std::pair<std::int32_t, std::string>;

Place place_of(const KeyClaim& claimed) { return {claimed.customer.value, claimed.key->key}; }

/// What refusals are called in the database.
constexpr std::array<std::pair<ErrorCode, const char*>, 3> names{{
    {ErrorCode::insufficient_inventory, "insufficient_inventory"},
    {ErrorCode::no_active_cart, "no_active_cart"},
    {ErrorCode::empty_cart, "empty_cart"},
}};

std::string name_of(ErrorCode code) {
  for (const auto& [known, name] : names) {
    if (known == code) return name;
  }
  throw std::invalid_argument("a refusal that is not to be remembered");
}

ErrorCode code_of(const std::string& wanted) {
  for (const auto& [code, name] : names) {
    if (wanted == name) return code;
  }
  throw std::invalid_argument("a refusal of a kind this version does not know: " + wanted);
}

/// "1 5 2 1 9 1 0 0": product, requested, available and whether the catalog knows it, of each short line.
std::string written(const std::vector<Shortage>& shortages) {
  std::ostringstream text;
  for (const auto& line : shortages) {
    text << line.product.value << ' ' << line.requested << ' ' << line.available << ' '
         << (line.in_catalog ? 1 : 0) << ' ';
  }
  return text.str();
}

std::vector<Shortage> read_shortages(const std::string& text) {
  std::vector<Shortage> shortages;
  std::istringstream numbers(text);
  Shortage line;
  while (numbers >> line.product.value >> line.requested >> line.available >> line.in_catalog) {
    shortages.push_back(line);
  }
  return shortages;
}

/// The order as it was answered: items and times of its making never change, and so the status is all there
/// is to turn back.
void give_orders(Session& session, const std::map<OrderId, std::size_t>& places,
                 std::vector<std::optional<KeptAnswer>>& answers) {
  if (places.empty()) return;
  std::vector<OrderId> ids;
  ids.reserve(places.size());
  for (const auto& [id, place] : places) ids.push_back(id);
  for (auto& order : orders_by_id(session, ids)) {
    order.status = initial_status;
    order.updated_at = order.created_at;
    answers[places.at(order.id)]->order = std::move(order);
  }
}

}  // namespace

std::vector<bool> claim_keys(Session& session, const std::vector<KeyClaim>& claims, milliseconds kept_for) {
  SqlArray customers, keys, requests, orders, refusals, details, shortages, told_in;
  std::map<Place, std::size_t> places;
  for (const auto& claimed : claims) {
    if (!places.emplace(place_of(claimed), places.size()).second) {
      throw std::invalid_argument("a key stands twice in a batch");
    }
    customers.add(claimed.customer.value);
    keys.add(claimed.key->key);
    requests.add(claimed.key->request);
    orders.add(claimed.order.value);
    refusals.add(claimed.refusal != nullptr ? name_of(claimed.refusal->code) : std::string());
    details.add(claimed.refusal != nullptr ? claimed.refusal->detail : std::string());
    shortages.add(claimed.refusal != nullptr ? written(claimed.refusal->shortages) : std::string());
    told_in.add(claimed.key->request_id);
  }
  std::vector<bool> ours(claims.size());
  if (claims.empty()) return ours;
  for (auto& [customer, key] : session.rows<int, std::string>(
           claim, customers.text(), keys.text(), requests.text(), orders.text(), refusals.text(),
           details.text(), shortages.text(), told_in.text(), std::int64_t{kept_for.count()})) {
    ours[places.at({customer, key})] = true;
  }
  return ours;
}

void give_back_keys(Session& session, const std::vector<KeyClaim>& claims) {
  if (claims.empty()) return;
  SqlArray customers, keys;
  for (const auto& claimed : claims) {
    customers.add(claimed.customer.value);
    keys.add(claimed.key->key);
  }
  session.rows<>(give_back, customers.text(), keys.text());
}

std::vector<std::optional<KeptAnswer>> find_answers(Session& session, const std::vector<KeyClaim>& wanted,
                                                    milliseconds kept_for) {
  std::vector<std::optional<KeptAnswer>> answers(wanted.size());
  if (wanted.empty()) return answers;
  SqlArray customers, keys, requests;
  std::map<Place, std::size_t> places;
  for (std::size_t n = 0; n < wanted.size(); ++n) {
    places.emplace(place_of(wanted[n]), n);
    customers.add(wanted[n].customer.value);
    keys.add(wanted[n].key->key);
    requests.add(wanted[n].key->request);
  }
  std::map<OrderId, std::size_t> ordered;
  for (auto& [customer, key, same, order, refusal, detail, shortages, told_in] :
       session.rows<int, std::string, int, std::int64_t, std::string, std::string, std::string, std::string>(
           find, customers.text(), keys.text(), requests.text(), std::int64_t{kept_for.count()})) {
    const auto place = places.at({customer, key});
    KeptAnswer kept;
    kept.same_request = same != 0;
    if (refusal.empty()) {
      ordered.emplace(OrderId{order}, place);
    } else {
      kept.refusal = Error{code_of(refusal), std::move(detail), {}, read_shortages(shortages), told_in};
    }
    answers[place] = std::move(kept);
  }
  give_orders(session, ordered, answers);
  return answers;
}

std::vector<std::optional<KeptAnswer>> keep_refusals(Session& session, const std::vector<KeyedRefusal>& batch,
                                                     milliseconds kept_for) {
  std::vector<KeyClaim> claims;
  claims.reserve(batch.size());
  for (const auto& each : batch) claims.push_back({each.customer, &each.key, OrderId{0}, &each.refusal});
  const auto ours = claim_keys(session, claims, kept_for);
  std::vector<KeyClaim> taken;
  std::vector<std::size_t> places;
  for (std::size_t n = 0; n < claims.size(); ++n) {
    if (ours[n]) continue;
    taken.push_back(claims[n]);
    places.push_back(n);
  }
  std::vector<std::optional<KeptAnswer>> outcomes(batch.size());
  auto found = find_answers(session, taken, kept_for);
  for (std::size_t n = 0; n < places.size(); ++n) {
    // Not there any more: it expired between the two statements. What is kept then is nothing, and so said.
    outcomes[places[n]] = std::move(found[n]).value_or(KeptAnswer{});
  }
  return outcomes;
}

std::int32_t forget_answers(Session& session, std::int32_t limit, milliseconds kept_for) {
  return std::get<0>(session.rows<int>(forget, std::int64_t{kept_for.count()}, limit).at(0));
}

}  // namespace orders::persistence
