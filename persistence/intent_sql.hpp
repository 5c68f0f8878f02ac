// The statements of T_intent, in the order in which they are run, with the locks they take; for intent.cpp
// only. Constants, any thread.
#pragma once

namespace orders::persistence::intent_sql {

// Locks: ledger rows ascending by product, then reservations ascending by (order, product, attempt). T_order
// and T_cancel (order_commit.cpp, order_status.cpp) take reservations in the same order and never a ledger
// row, so no two of these transactions can wait for each other.

inline constexpr const char* seed = R"sql(
INSERT INTO product_stock (product_id, seq, quantity, state, name, price)
SELECT product_id, 0, quantity, 'applied', name, price
FROM unnest(:p1::int[], :p2::int[], :p3::text[], :p4::bigint[]) AS seen (product_id, quantity, name, price)
ORDER BY product_id
ON CONFLICT (product_id) DO NOTHING
)sql";

inline constexpr const char* lock = R"sql(
SELECT product_id, seq, quantity, (state = 'intended')::int, name, price, coalesce(next_audit <= now(), false)::int
FROM product_stock WHERE product_id = ANY (:p1::int[]) ORDER BY product_id FOR UPDATE
)sql";

// The movements of a ledger that is not settled (R5): each that was decided on an unsettled one continues it,
// and what the catalog may show begins anew with each that was put on top of somebody else's edit. Holds of
// before that are as undecided as the others.
inline constexpr const char* unsettled = R"sql(
WITH begun AS MATERIALIZED (
  SELECT asked.product_id, first.seq, first.base, unsettled.since
  FROM unnest(:p1::int[]) AS asked (product_id) CROSS JOIN LATERAL (
    SELECT m.seq, coalesce(m.shown, m.before) AS base FROM stock_movements m
    WHERE m.product_id = asked.product_id AND m.kind <> 'settle' ORDER BY m.seq DESC LIMIT 1) first
  CROSS JOIN LATERAL (
    SELECT m.seq AS since FROM stock_movements m
    WHERE m.product_id = asked.product_id AND m.kind <> 'settle' AND (m.shown IS NULL OR m.kind = 'repair')
    ORDER BY m.seq DESC LIMIT 1) unsettled),
held AS MATERIALIZED (
  SELECT product_id, sum(r.quantity) AS units FROM begun JOIN reservations r USING (product_id)
  WHERE r.state = 'held' AND r.seq >= begun.since GROUP BY product_id),
sent AS MATERIALIZED (
  SELECT product_id, bool_or(m.conditional)::int AS conditional FROM begun JOIN stock_movements m USING (product_id)
  WHERE m.seq >= begun.since GROUP BY product_id)
SELECT DISTINCT begun.product_id, begun.since, begun.base, m.after, coalesce(held.units, 0)::bigint, sent.conditional
FROM begun JOIN sent ON sent.product_id = begun.product_id
  JOIN stock_movements m ON m.product_id = begun.product_id AND m.seq >= begun.seq
  LEFT JOIN held ON held.product_id = begun.product_id
)sql";

// Holds of those movements for whose units somebody else left nothing, the youngest orders' first; given back
// as in R8. Should this wait for a T_order that waits for us, PostgreSQL ends one of the two, and it is
// begun again.
inline constexpr const char* give_up = R"sql(
WITH queued AS MATERIALIZED (
  SELECT r.order_id, r.product_id, r.attempt, r.quantity, asked.units
  FROM unnest(:p1::int[], :p2::bigint[], :p3::bigint[]) AS asked (product_id, seq, units)
    JOIN reservations r ON r.product_id = asked.product_id AND r.state = 'held' AND r.seq >= asked.seq
  ORDER BY r.order_id, r.product_id, r.attempt FOR UPDATE OF r),
chosen AS (
  SELECT order_id, product_id, attempt, sum(quantity) OVER before_it - quantity < units AS given_up
  FROM queued WINDOW before_it AS (PARTITION BY product_id ORDER BY order_id DESC, attempt DESC))
UPDATE reservations r SET state = 'released', seq = ledger.seq + 1
FROM chosen JOIN product_stock ledger USING (product_id)
WHERE chosen.given_up AND r.order_id = chosen.order_id AND r.product_id = chosen.product_id
  AND r.attempt = chosen.attempt AND r.state = 'held'
RETURNING r.product_id, r.order_id, r.attempt, r.quantity
)sql";

// One statement for everything to be known under the ledger's locks: what the releases give back (R8: only
// what comes back from the UPDATE counts), which holds are reserved already (R7) and which late PUTs may
// still land (R5). Units for which the catalog has no room stay owed (R17).
inline constexpr const char* facts = R"sql(
WITH queued AS MATERIALIZED (
  SELECT r.order_id, r.product_id, r.attempt, r.quantity
  FROM (
      SELECT order_id, product_id, attempt
      FROM unnest(:p1::bigint[], :p2::int[], :p3::int[]) AS asked (order_id, product_id, attempt)
    UNION
      SELECT order_id, product_id, attempt FROM reservations
      WHERE product_id = ANY (:p8::int[]) AND state IN ('held', 'owed')) AS k
    JOIN reservations r USING (order_id, product_id, attempt)
  WHERE r.state IN ('held', 'owed')
  ORDER BY r.order_id, r.product_id, r.attempt FOR UPDATE OF r),
fitting AS (
  SELECT q.order_id, q.product_id, q.attempt, sum(q.quantity) OVER upto <= room.units AS fits
  FROM queued q JOIN unnest(:p9::int[], :p10::bigint[]) AS room (product_id, units) USING (product_id)
  WINDOW upto AS (PARTITION BY q.product_id ORDER BY q.order_id, q.attempt)),
gone AS (
  UPDATE reservations r SET state = CASE WHEN fitting.fits THEN 'released' ELSE 'owed' END,
    seq = CASE WHEN fitting.fits THEN ledger.seq + 1 ELSE r.seq END
  FROM fitting JOIN product_stock ledger USING (product_id)
  WHERE r.order_id = fitting.order_id AND r.product_id = fitting.product_id AND r.attempt = fitting.attempt
    AND r.state IN ('held', 'owed')
  RETURNING r.product_id, r.quantity, fitting.fits)
SELECT 1, product_id, 0::bigint, 0, quantity FROM gone WHERE fits
UNION ALL
SELECT 2, r.product_id, r.order_id, r.attempt, 0
FROM unnest(:p4::bigint[], :p5::int[], :p6::int[]) AS k (order_id, product_id, attempt)
  JOIN reservations r USING (order_id, product_id, attempt)
WHERE r.state <> 'released'
UNION ALL
SELECT DISTINCT 3, product_id, 0::bigint, 0, after
FROM stock_movements WHERE product_id = ANY (:p7::int[]) AND doubt_until IS NOT NULL
)sql";

// A movement that was decided on an unsettled one gives that one a doubt, which nobody takes back before its
// time, and is compared with the catalog soon (R4, R5); not if the PUTs of both carry If-Match, since with
// the second the first can't land any more. A hold that stands as released (somebody took its
// owner for dead) is reserved anew; its units were given back before.
inline constexpr const char* write = R"sql(
WITH changes AS MATERIALIZED (
  SELECT * FROM unnest(:p1::int[], :p2::bigint[], :p3::int[], :p4::int[], :p5::text[], :p6::text[], :p7::bool[],
                       :p8::text[], :p9::bigint[], :p16::bool[], :p17::int[])
    AS c (product_id, seq, before, after, state, kind, unsettled, name, price, conditional, shown)),
moved AS (
  INSERT INTO stock_movements (product_id, seq, before, after, state, kind, conditional, shown)
  SELECT product_id, seq, before, after, state, kind, conditional, shown FROM changes),
settled AS (
  UPDATE stock_movements m SET state = 'applied',
    doubt_until = CASE WHEN c.unsettled AND NOT (m.conditional AND c.conditional)
      THEN greatest(m.doubt_until, now() + :p10::bigint * interval '1 millisecond') ELSE m.doubt_until END
  FROM changes c WHERE m.product_id = c.product_id AND m.seq = c.seq - 1 AND m.state = 'intended'
  RETURNING m.product_id, m.doubt_until),
held AS (
  INSERT INTO reservations AS r (order_id, product_id, attempt, quantity, owner_epoch, seq, state)
  SELECT h.order_id, h.product_id, h.attempt, h.quantity, :p15::bigint, c.seq, 'held'
  FROM unnest(:p11::bigint[], :p12::int[], :p13::int[], :p14::int[]) AS h (order_id, product_id, attempt, quantity)
    JOIN changes c USING (product_id)
  ON CONFLICT (order_id, product_id, attempt) DO UPDATE
    SET state = 'held', quantity = excluded.quantity, owner_epoch = excluded.owner_epoch, seq = excluded.seq
    WHERE r.state = 'released')
UPDATE product_stock p SET seq = c.seq, quantity = c.after, state = c.state, name = c.name, price = c.price,
  next_audit = CASE WHEN c.unsettled AND settled.doubt_until IS NOT NULL THEN now() + interval '1 second'
    ELSE p.next_audit END
FROM changes c LEFT JOIN settled USING (product_id) WHERE p.product_id = c.product_id
)sql";

// R12: what there would be if every undecided hold of other orders came back, in one snapshot.
inline constexpr const char* possible = R"sql(
WITH held AS (
  SELECT product_id, sum(quantity) AS quantity FROM reservations
  WHERE product_id = ANY (:p1::int[]) AND state = 'held' GROUP BY product_id)
SELECT k.place, ledger.quantity + coalesce(held.quantity, 0) - coalesce(
    (SELECT sum(own.quantity) FROM reservations own
     WHERE own.order_id = k.order_id AND own.product_id = k.product_id AND own.state = 'held'), 0)
FROM unnest(:p1::int[], :p2::bigint[]) WITH ORDINALITY AS k (product_id, order_id, place)
  JOIN product_stock ledger USING (product_id) LEFT JOIN held USING (product_id)
)sql";

}  // namespace orders::persistence::intent_sql
