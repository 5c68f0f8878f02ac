#include "tests/load/measure/large_table.hpp"

#include <stdexcept>

namespace orders::test {

void fill_large_table(const PostgresCluster& cluster, const std::string& database) {
  const auto orders = std::to_string(large_table_orders);
  const auto items = std::to_string(items_of_each);
  // psql and not PostgresCluster::execute, which gives up too early for this.
  const int status = run({"/usr/lib/postgresql/15/bin/psql", "--no-psqlrc", "--quiet",
                          "--set=ON_ERROR_STOP=1", "--dbname=" + cluster.url(database),
                          "--command=INSERT INTO orders (id, customer_id, status) "
                          "SELECT 10000000000 + n, n % 1000 + 1, 'Shipped' FROM generate_series(1, " +
                              orders + ") s (n)",
                          "--command=INSERT INTO order_items (product_id, quantity, order_id) "
                          "SELECT i, 1, 10000000000 + n FROM generate_series(1, " +
                              orders +
                              ") s (n), "
                              "generate_series(1, " +
                              items + ") t (i)",
                          "--command=UPDATE order_id_blocks SET next_id = 20000000001",
                          "--command=VACUUM ANALYZE orders, order_items"},
                         {}, std::chrono::minutes(10));
  if (status != 0) throw std::runtime_error("the large table could not be made");
}

}  // namespace orders::test
