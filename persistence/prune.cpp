#include "persistence/prune.hpp"

#include "persistence/session.hpp"

namespace orders::persistence {

namespace {

// Only the beginning of a product's chain, as far as it is whole: each row continues the one before (or says
// that somebody else changed the stock), is settled, not in doubt, old, and none of those that an unsettled
// ledger goes back to. A ledger that is locked is being worked on, and is passed over for this time. A
// product that has more goes on in the next step.
constexpr const char* movements = R"sql(
WITH page AS MATERIALIZED (
  SELECT product_id FROM product_stock WHERE product_id > :p1::bigint ORDER BY product_id LIMIT :p2::int),
locked AS MATERIALIZED (
  SELECT p.product_id, coalesce((SELECT m.seq FROM stock_movements m
      WHERE m.product_id = p.product_id AND m.kind <> 'settle' AND (m.shown IS NULL OR m.kind = 'repair')
      ORDER BY m.seq DESC LIMIT 1), p.seq) AS seq,
    p.pruned_to, p.pruned_after FROM product_stock p JOIN page USING (product_id)
  WHERE p.seq > p.pruned_to + 1 ORDER BY p.product_id FOR UPDATE OF p SKIP LOCKED),
chain AS MATERIALIZED (
  SELECT l.product_id, m.seq, m.before, m.after, m.kind, lag(m.after, 1, l.pruned_after) OVER chain AS was,
    m.seq = l.pruned_to + row_number() OVER chain AND m.seq < l.seq AND m.state = 'applied'
      AND m.doubt_until IS NULL AND m.made_at < now() - :p4::bigint * interval '1 millisecond' AS old
  FROM locked l CROSS JOIN LATERAL (
    SELECT seq, before, after, kind, state, doubt_until, made_at FROM stock_movements m
    WHERE m.product_id = l.product_id ORDER BY seq LIMIT :p3::int) m
  WINDOW chain AS (PARTITION BY l.product_id ORDER BY m.seq)),
fit AS MATERIALIZED (
  SELECT product_id, seq, before, after, kind, was, bool_and(old AND (was IS NULL OR was = before
      OR kind IN ('foreign', 'gone'))) OVER (PARTITION BY product_id ORDER BY seq) AS fits
  FROM chain),
gone AS (
  DELETE FROM stock_movements m USING fit
  WHERE fit.fits AND m.product_id = fit.product_id AND m.seq = fit.seq RETURNING m.product_id),
sums AS (
  SELECT product_id, max(seq) AS last, (array_agg(before ORDER BY seq))[1] AS opening,
    (array_agg(after ORDER BY seq DESC))[1] AS after,
    coalesce(sum(before - was) FILTER (WHERE kind IN ('foreign', 'gone')), 0) AS others
  FROM fit WHERE fits GROUP BY product_id),
unfinished AS (
  SELECT product_id FROM fit WHERE fits GROUP BY product_id HAVING count(*) >= :p3::bigint),
kept AS (
  UPDATE product_stock p SET pruned_to = sums.last, pruned_after = sums.after,
    pruned_opening = coalesce(p.pruned_opening, sums.opening), pruned_foreign = p.pruned_foreign + sums.others
  FROM sums WHERE p.product_id = sums.product_id)
SELECT (SELECT count(*) FROM gone),
  coalesce((SELECT min(product_id) - 1 FROM unfinished), (SELECT max(product_id) FROM page), 0)::bigint,
  CASE WHEN EXISTS (SELECT FROM unfinished) THEN :p2::bigint ELSE (SELECT count(*) FROM page) END
)sql";

// A reservation is as old as the movement that gave its units back.
constexpr const char* reservations = R"sql(
WITH page AS MATERIALIZED (
  SELECT order_id, product_id, attempt, seq FROM reservations
  WHERE state = 'released' AND order_id > :p1::bigint
  ORDER BY order_id LIMIT :p2::int),
old AS MATERIALIZED (
  SELECT r.order_id, r.product_id, r.attempt FROM page
    JOIN reservations r USING (order_id, product_id, attempt)
    LEFT JOIN stock_movements m ON m.product_id = page.product_id AND m.seq = page.seq
  WHERE r.state = 'released' AND coalesce(m.made_at, '-infinity') < now() - :p3::bigint * interval '1 millisecond'
  ORDER BY r.order_id, r.product_id, r.attempt FOR UPDATE OF r SKIP LOCKED),
gone AS (
  DELETE FROM reservations r USING old
  WHERE r.order_id = old.order_id AND r.product_id = old.product_id AND r.attempt = old.attempt
    AND r.state = 'released' RETURNING r.order_id)
SELECT (SELECT count(*) FROM gone), coalesce((SELECT max(order_id) FROM page), 0), (SELECT count(*) FROM page)
)sql";

constexpr std::int64_t products_at_once = 20;
constexpr std::int64_t movements_of_each = 200;
constexpr std::int64_t reservations_at_once = 1'000;

PruneStep step_of(Session& session, const std::tuple<std::int64_t, std::int64_t, std::int64_t>& found,
                  std::int64_t page) {
  const auto& [removed, last, seen] = found;
  if (removed == 0) session.nothing_to_commit();
  return {removed, last, seen >= page};
}

}  // namespace

PruneStep prune_movements(Session& session, const PruneQuery& query) {
  using N = std::int64_t;
  return step_of(
      session,
      session.rows<N, N, N>(movements, query.after, products_at_once, movements_of_each, query.keep.count())
          .front(),
      products_at_once);
}

PruneStep prune_reservations(Session& session, const PruneQuery& query) {
  using N = std::int64_t;
  return step_of(
      session,
      session.rows<N, N, N>(reservations, query.after, reservations_at_once, query.keep.count()).front(),
      reservations_at_once);
}

}  // namespace orders::persistence
