// A prepared statement: texts go in by scalar binding, columns of typed values come out. Kept by a Session
// between calls and destroyed before its connection. Belongs to the session's thread. What SOCI 4.0.3 needs
// to be right is here:
//   - parameters are bound once as single texts: scalar bindings send new values at each run, vector bindings
//   the old;
//   - result vectors are made full size before every run and fetch: an empty result leaves them empty, and
//   then the next
//     run would throw;
//   - a run that fails leaves its parameters' buffers behind, and the next one would forget them: they are
//   freed;
//   - a parameter that the text does not have would silently be ignored, so the two are compared when
//   preparing.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <soci/soci.h>

namespace orders::persistence {

/// Any prepared statement.
class Statement {
 public:
  virtual ~Statement() = default;
  Statement() = default;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

 protected:
  /// Binds `values` as :p1, :p2 and so on and prepares; throws std::logic_error when the text names others.
  static void prepare(soci::statement& statement, const std::string& sql, std::vector<std::string>& values);
};

/// Columns: any of std::int64_t, int, std::string; none of them NULL (use coalesce), or soci_error is thrown.
template <class... Columns>
class TypedStatement : public Statement {
 public:
  /// Prepares (one round trip). Throws soci_error.
  TypedStatement(soci::session& session, const std::string& sql, std::size_t parameters)
      : values_(parameters), statement_(session) {
    statement_.alloc();
    full_size();
    std::apply([this](auto&... column) { (statement_.exchange(soci::into(column)), ...); }, columns_);
    prepare(statement_, sql, values_);
  }

  /// Runs it once (one round trip, whatever the number of rows). Throws soci_error.
  std::vector<std::tuple<Columns...>> run(std::vector<std::string> values) {
    if (values.size() != values_.size()) throw std::logic_error("another number of parameters than prepared");
    // Moved one by one: SOCI keeps the addresses of these very strings.
    for (std::size_t n = 0; n < values.size(); ++n) values_[n] = std::move(values[n]);
    try {
      return executed();
    } catch (...) {
      statement_.undefine_and_bind();
      statement_.define_and_bind();
      throw;
    }
  }

 private:
  static constexpr std::size_t rows_at_a_time = 256;

  std::vector<std::tuple<Columns...>> executed() {
    std::vector<std::tuple<Columns...>> rows;
    if constexpr (sizeof...(Columns) == 0) {
      statement_.execute(true);
    } else {
      full_size();
      for (bool more = statement_.execute(true); more; more = statement_.fetch()) {
        take(rows, std::index_sequence_for<Columns...>{});
        full_size();
      }
    }
    return rows;
  }

  void full_size() {
    std::apply([](auto&... column) { (column.resize(rows_at_a_time), ...); }, columns_);
  }

  template <std::size_t... Index>
  void take(std::vector<std::tuple<Columns...>>& rows, std::index_sequence<Index...>) {
    const std::size_t count = std::get<0>(columns_).size();
    rows.reserve(rows.size() + count);
    for (std::size_t n = 0; n < count; ++n) rows.emplace_back(std::move(std::get<Index>(columns_)[n])...);
  }

  std::vector<std::string> values_;
  std::tuple<std::vector<Columns>...> columns_;
  soci::statement statement_;  // last: it points into the others
};

}  // namespace orders::persistence
