#include "persistence/statement.hpp"

#include <cctype>

namespace orders::persistence {

namespace {

std::size_t largest_parameter(const std::string& sql) {
  std::size_t largest = 0;
  for (auto at = sql.find(":p"); at != std::string::npos; at = sql.find(":p", at + 2)) {
    std::size_t number = 0;
    for (auto digit = at + 2; digit < sql.size() && std::isdigit(static_cast<unsigned char>(sql[digit])) != 0;
         ++digit) {
      number = number * 10 + static_cast<std::size_t>(sql[digit] - '0');
    }
    largest = std::max(largest, number);
  }
  return largest;
}

}  // namespace

void Statement::prepare(soci::statement& statement, const std::string& sql,
                        std::vector<std::string>& values) {
  if (largest_parameter(sql) != values.size()) {
    throw std::logic_error("the statement names another number of parameters than it is given: " + sql);
  }
  for (std::size_t n = 0; n < values.size(); ++n) {
    statement.exchange(soci::use(values[n], "p" + std::to_string(n + 1)));
  }
  statement.prepare(sql, soci::details::st_repeatable_query);
  statement.define_and_bind();
}

}  // namespace orders::persistence
