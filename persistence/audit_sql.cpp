#include "persistence/audit_sql.hpp"

#include "persistence/alive_epochs.hpp"

namespace orders::persistence {

namespace {

constexpr const char* alive = alive_epochs;

// Orders from 10000000001 on are ours; what an older installation sold was taken from the catalog before
// there was a ledger. A movement's difference to the one before is somebody else's where its kind says so,
// and otherwise a broken link. What was pruned (R16) is carried on in the ledger row.
constexpr const char* facts = R"sql(,
reserved AS (
  SELECT r.product_id, sum(r.quantity) FILTER (WHERE r.state = 'sold') AS sold,
    sum(r.quantity) FILTER (WHERE r.state = 'held') AS held,
    sum(r.quantity) FILTER (WHERE r.state = 'held' AND r.owner_epoch NOT IN (SELECT epoch FROM alive)) AS orphaned,
    sum(r.quantity) FILTER (WHERE r.state = 'owed') AS owed,
    sum(r.quantity) FILTER (WHERE r.state = 'released') AS released
  FROM reservations r JOIN page USING (product_id) GROUP BY r.product_id),
undecided AS (
  SELECT r.product_id,
    max(extract(epoch FROM now() - coalesce(o.updated_at, m.made_at, to_timestamp(0)))) AS longest
  FROM reservations r JOIN page USING (product_id)
    LEFT JOIN orders o ON o.id = r.order_id AND r.state = 'owed'
    LEFT JOIN stock_movements m ON m.product_id = r.product_id AND m.seq = r.seq AND r.state = 'held'
  WHERE r.state IN ('held', 'owed') GROUP BY r.product_id),
ordered AS (
  SELECT i.product_id, sum(i.quantity) AS quantity
  FROM order_items i JOIN page USING (product_id) JOIN orders o ON o.id = i.order_id
  WHERE NOT o.restocked AND o.id >= 10000000001 GROUP BY i.product_id),
links AS (
  SELECT m.product_id, m.seq, m.before, m.after, m.kind, m.made_at, m.doubt_until,
    lag(m.after, 1, page.pruned_after) OVER chain AS was, lag(m.seq, 1, page.pruned_to) OVER chain AS previous
  FROM stock_movements m JOIN page USING (product_id)
  WINDOW chain AS (PARTITION BY m.product_id ORDER BY m.seq)),
moved AS (
  SELECT product_id, sum(before) FILTER (WHERE previous = 0) AS opening,
    sum(before - was) FILTER (WHERE kind IN ('foreign', 'gone')) AS foreign_units,
    count(*) FILTER (WHERE seq <> previous + 1 OR (was <> before AND kind NOT IN ('foreign', 'gone'))) AS broken,
    string_agg(DISTINCT after::text, ' ') FILTER (WHERE doubt_until IS NOT NULL) AS doubts,
    extract(epoch FROM now() - max(made_at)) AS since
  FROM links GROUP BY product_id)
SELECT page.product_id::bigint, page.seq, page.quantity::bigint, (page.state = 'intended')::int::bigint,
  coalesce(ordered.quantity, 0)::bigint, coalesce(reserved.sold, 0)::bigint, coalesce(reserved.held, 0)::bigint,
  coalesce(reserved.orphaned, 0)::bigint, coalesce(reserved.owed, 0)::bigint, coalesce(reserved.released, 0)::bigint,
  coalesce(page.pruned_opening, moved.opening, page.quantity)::bigint,
  page.pruned_foreign + coalesce(moved.foreign_units, 0)::bigint,
  coalesce(moved.broken, 0) + (page.seq > 0 AND (last.after IS DISTINCT FROM page.quantity
    OR last.state IS DISTINCT FROM page.state))::int::bigint,
  coalesce(moved.doubts, ''), coalesce(moved.since, 0)::bigint, coalesce(undecided.longest, 0)::bigint,
  EXISTS (SELECT FROM alive)::int::bigint
FROM page LEFT JOIN reserved USING (product_id) LEFT JOIN undecided USING (product_id)
  LEFT JOIN ordered USING (product_id) LEFT JOIN moved USING (product_id)
  LEFT JOIN stock_movements last ON last.product_id = page.product_id AND last.seq = page.seq
ORDER BY page.product_id
)sql";

constexpr const char* counted =
    ", count(*) OVER (), count(*) FILTER (WHERE found.age > :p2::bigint) OVER () FROM found LIMIT :p1::int";

constexpr const char* orders_without_items = R"sql(
WITH found AS (
  SELECT o.id, extract(epoch FROM now() - o.created_at) AS age FROM orders o
  WHERE o.id >= 10000000001 AND NOT EXISTS (SELECT FROM order_items i WHERE i.order_id = o.id) ORDER BY o.id)
SELECT found.id, 0::bigint, 0::bigint, 0::bigint, found.age::bigint)sql";

// An order whose reservations have all been pruned is compared with the others of its products only.
constexpr const char* orders_that_differ = R"sql(
WITH lines AS (
  SELECT i.order_id, i.product_id, sum(i.quantity) AS quantity FROM order_items i JOIN orders o ON o.id = i.order_id
  WHERE NOT o.restocked AND o.id >= 10000000001 GROUP BY i.order_id, i.product_id),
sold AS (
  SELECT order_id, product_id, sum(quantity) AS quantity FROM reservations WHERE state = 'sold'
  GROUP BY order_id, product_id),
found AS (
  SELECT order_id, product_id, coalesce(lines.quantity, 0) AS units, coalesce(sold.quantity, 0) AS other, 0 AS age
  FROM lines FULL JOIN sold USING (order_id, product_id)
  WHERE lines.quantity IS DISTINCT FROM sold.quantity
    AND (sold.quantity IS NOT NULL OR EXISTS (SELECT FROM reservations r WHERE r.order_id = lines.order_id))
  ORDER BY order_id, product_id)
SELECT found.order_id, found.product_id::bigint, found.units::bigint, found.other::bigint, found.age::bigint)sql";

constexpr const char* orphaned_holds = R"sql(,
found AS (
  SELECT r.order_id, r.product_id, r.quantity, r.owner_epoch, 0 AS age FROM reservations r
  WHERE r.state = 'held' AND r.owner_epoch NOT IN (SELECT epoch FROM alive) ORDER BY r.order_id, r.product_id)
SELECT found.order_id, found.product_id::bigint, found.quantity::bigint, found.owner_epoch, found.age::bigint)sql";

constexpr const char* open_carts = R"sql(
WITH found AS (
  SELECT order_id, cart_id, extract(epoch FROM now() - ordered_at) AS age FROM cart_closings
  WHERE NOT closed ORDER BY ordered_at, cart_id)
SELECT found.order_id, 0::bigint, 0::bigint, found.cart_id, found.age::bigint)sql";

constexpr const char* unsettled_movements = R"sql(
WITH found AS (
  SELECT product_id, seq, after, extract(epoch FROM now() - made_at) AS age FROM stock_movements
  WHERE state = 'intended' ORDER BY product_id, seq)
SELECT 0::bigint, found.product_id::bigint, found.after::bigint, found.seq, found.age::bigint)sql";

constexpr const char* doubted_movements = R"sql(
WITH found AS (
  SELECT product_id, seq, after, extract(epoch FROM now() - made_at) AS age FROM stock_movements
  WHERE doubt_until IS NOT NULL ORDER BY product_id, seq)
SELECT 0::bigint, found.product_id::bigint, found.after::bigint, found.seq, found.age::bigint)sql";

constexpr const char* page = R"sql(
WITH page AS MATERIALIZED (
  SELECT product_id, seq, quantity, state, pruned_to, pruned_opening, pruned_after, pruned_foreign
  FROM product_stock WHERE product_id > :p1::int
  ORDER BY product_id LIMIT :p2::int), )sql";

constexpr const char* chosen = R"sql(
WITH page AS MATERIALIZED (
  SELECT product_id, seq, quantity, state, pruned_to, pruned_opening, pruned_after, pruned_foreign
  FROM product_stock WHERE product_id = ANY (:p1::int[])), )sql";

constexpr const char* counts = R"sql(
SELECT count(*), count(*) FILTER (WHERE NOT restocked), EXISTS (SELECT FROM alive)::int FROM orders
WHERE id >= 10000000001
)sql";

}  // namespace

const std::string& product_page_facts() {
  static const std::string sql = std::string(page) + alive + facts;
  return sql;
}

const std::string& chosen_product_facts() {
  static const std::string sql = std::string(chosen) + alive + facts;
  return sql;
}

const std::string& ledger_marks() {
  static const std::string sql =
      "SELECT product_id, seq, (state = 'intended')::int FROM product_stock WHERE product_id = ANY "
      "(:p1::int[]) "
      "ORDER BY product_id";
  return sql;
}

const std::string& order_counts() {
  static const std::string sql = std::string("WITH ") + alive + counts;
  return sql;
}

const std::vector<std::pair<FindingKind, std::string>>& finding_queries() {
  static const std::vector<std::pair<FindingKind, std::string>> all{
      {FindingKind::order_without_items, std::string(orders_without_items) + counted},
      {FindingKind::order_differs, std::string(orders_that_differ) + counted},
      {FindingKind::orphaned_hold, std::string("WITH ") + alive + orphaned_holds + counted},
      {FindingKind::cart_open, std::string(open_carts) + counted},
      {FindingKind::movement_unsettled, std::string(unsettled_movements) + counted},
      {FindingKind::movement_in_doubt, std::string(doubted_movements) + counted}};
  return all;
}

}  // namespace orders::persistence
