#include "persistence/doubt_audit.hpp"

#include <algorithm>

#include "persistence/session.hpp"
#include "persistence/sql_array.hpp"

namespace orders::persistence {

namespace {

// A doubt ends with the audit whose GET was begun after its time: until then, what the catalog shows may have
// been written within the time. now() is the start of the transaction, so `at` is never later than the GET.
constexpr const char* note = R"sql(
WITH asked AS MATERIALIZED (
  SELECT product_id, CASE WHEN gone THEN 'infinity' ELSE now() - age * interval '1 millisecond' END AS at
  FROM unnest(:p1::int[], :p2::bigint[], :p4::bool[]) AS a (product_id, age, gone)),
over AS (
  UPDATE stock_movements m SET doubt_until = NULL FROM asked
  WHERE m.product_id = asked.product_id AND m.doubt_until <= asked.at),
newest AS (
  SELECT m.product_id, max(m.doubt_until) AS until FROM asked JOIN stock_movements m USING (product_id)
  WHERE m.doubt_until > asked.at GROUP BY m.product_id)
UPDATE product_stock p SET next_audit = CASE WHEN newest.until IS NULL THEN NULL ELSE least(newest.until,
  now() + least(interval '1 hour', greatest(interval '1 second',
    now() - newest.until + :p3::bigint * interval '1 millisecond'))) END
FROM asked LEFT JOIN newest USING (product_id) WHERE p.product_id = asked.product_id
)sql";

}  // namespace

void note_doubt_audits(Session& session, const std::vector<DoubtAudit>& audits,
                       std::chrono::milliseconds doubt) {
  if (audits.empty()) return;
  SqlArray products, ages, gone;
  const auto now = std::chrono::steady_clock::now();
  for (const auto& audit : audits) {
    const auto age = std::chrono::ceil<std::chrono::milliseconds>(now - audit.asked_at);
    products.add(audit.product.value);
    gone.add(audit.gone);
    ages.add(std::int64_t{std::max<std::int64_t>(age.count(), 0)});
  }
  session.rows<>(note, products.text(), ages.text(), doubt.count(), gone.text());
}

}  // namespace orders::persistence
