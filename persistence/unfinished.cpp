#include "persistence/unfinished.hpp"

#include <string>
#include <unordered_map>

#include "persistence/alive_epochs.hpp"
#include "persistence/session.hpp"
#include "persistence/sql_array.hpp"

namespace orders::persistence {

namespace {

// So many reservations of a product are given back in one go; the others follow in the next walk.
constexpr std::int64_t reservations_max = 500;

// An orphan: its owner's lock is free, or it is our own and older than any order of ours can be (R9). Being
// wrong about it is safe: an order is only written while its holds are held (R6).
constexpr const char* orphaned = R"sql(r.state = 'held' AND CASE WHEN r.owner_epoch = :p3::bigint
    THEN coalesce(m.made_at, '-infinity') <= now() - :p4::bigint * interval '1 millisecond'
    ELSE r.owner_epoch NOT IN (SELECT epoch FROM alive) END)sql";

constexpr const char* settling = R"sql(r.state = 'owed' AND
    coalesce(o.updated_at, '-infinity') <= now() - :p5::bigint * interval '1 millisecond')sql";

// Each arm reads its partial index in the order of products and stops at the limit.
std::string products_sql() {
  return std::string("WITH ") + alive_epochs + R"sql(
SELECT product_id FROM (
  (SELECT product_id FROM stock_movements
   WHERE state = 'intended' AND product_id > :p1::int AND made_at <= now() - :p5::bigint * interval '1 millisecond'
   ORDER BY product_id LIMIT :p2::int)
  UNION
  (SELECT product_id FROM product_stock
   WHERE next_audit IS NOT NULL AND product_id > :p1::int AND (:p6::bool OR next_audit <= now())
   ORDER BY product_id LIMIT :p2::int)
  UNION
  (SELECT DISTINCT r.product_id FROM reservations r LEFT JOIN orders o ON o.id = r.order_id
   WHERE r.product_id > :p1::int AND )sql" +
         settling + R"sql( ORDER BY r.product_id LIMIT :p2::int)
  UNION
  (SELECT DISTINCT r.product_id FROM reservations r
     LEFT JOIN stock_movements m ON m.product_id = r.product_id AND m.seq = r.seq
   WHERE r.product_id > :p1::int AND )sql" +
         orphaned + R"sql( ORDER BY r.product_id LIMIT :p2::int)) AS found
ORDER BY product_id LIMIT :p2::int)sql";
}

enum Fact : int { unsettled = 1, doubted = 2, orphan = 3, owed = 4 };

// (fact, product, order, attempt, quantity or number)
std::string details_sql() {
  return std::string("WITH ") + alive_epochs + R"sql(,
page AS MATERIALIZED (SELECT product_id FROM unnest(:p1::int[]) AS u (product_id))
SELECT 1, m.product_id, 0::bigint, 0, 0::bigint FROM page JOIN stock_movements m USING (product_id)
WHERE m.state = 'intended'
UNION ALL
SELECT 2, m.product_id, 0::bigint, 0, count(*) FROM page JOIN stock_movements m USING (product_id)
WHERE m.doubt_until IS NOT NULL GROUP BY m.product_id
UNION ALL
SELECT 3, page.product_id, found.order_id, found.attempt, found.quantity FROM page CROSS JOIN LATERAL (
  SELECT r.order_id, r.attempt, r.quantity::bigint AS quantity FROM reservations r
    LEFT JOIN stock_movements m ON m.product_id = r.product_id AND m.seq = r.seq
  WHERE r.product_id = page.product_id AND )sql" +
         orphaned + R"sql( ORDER BY r.order_id, r.attempt LIMIT :p2::int) AS found
UNION ALL
SELECT 4, page.product_id, found.order_id, found.attempt, found.quantity FROM page CROSS JOIN LATERAL (
  SELECT r.order_id, r.attempt, r.quantity::bigint AS quantity FROM reservations r
    LEFT JOIN orders o ON o.id = r.order_id
  WHERE r.product_id = page.product_id AND )sql" +
         settling + R"sql( ORDER BY r.order_id, r.attempt LIMIT :p2::int) AS found)sql";
}

void note(Unfinished& product, int fact, const Hold& hold, std::int64_t number) {
  switch (fact) {
    case unsettled:
      product.unsettled = true;
      break;
    case doubted:
      product.doubts = number;
      break;
    case orphan:
      product.orphans.push_back(hold);
      break;
    default:
      product.owed.push_back(hold);
      break;
  }
}

}  // namespace

std::vector<Unfinished> find_unfinished(Session& session, const UnfinishedQuery& query, std::int64_t epoch) {
  static const std::string products = products_sql();
  static const std::string details = details_sql();
  std::vector<Unfinished> found;
  std::unordered_map<ProductId, std::size_t> places;
  SqlArray ids;
  for (const auto& [id] :
       session.rows<int>(products.c_str(), query.after.value, query.limit, epoch, query.forgotten.count(),
                         query.age.count(), query.all_doubts ? "t" : "f")) {
    places.emplace(ProductId{id}, found.size());
    found.emplace_back();
    found.back().product = ProductId{id};
    ids.add(id);
  }
  if (found.empty()) return found;
  for (const auto& [fact, id, order, attempt, number] :
       session.rows<int, int, std::int64_t, int, std::int64_t>(details.c_str(), ids.text(), reservations_max,
                                                               epoch, query.forgotten.count(),
                                                               query.age.count())) {
    const Hold hold{{OrderId{order}, attempt}, static_cast<std::int32_t>(number)};
    note(found[places.at(ProductId{id})], fact, hold, number);
  }
  for (auto& product : found) {
    product.more = product.orphans.size() >= static_cast<std::size_t>(reservations_max) ||
                   product.owed.size() >= static_cast<std::size_t>(reservations_max);
  }
  return found;
}

}  // namespace orders::persistence
