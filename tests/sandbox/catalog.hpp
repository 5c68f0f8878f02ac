// The Product Catalog: its routes on a Store, in either dialect. Made once by main; its routes refer to it,
// so it must outlive the Service that has them. One thread.
#pragma once

#include <string>
#include <vector>

#include "tests/sandbox/body.hpp"
#include "tests/sandbox/route.hpp"
#include "tests/sandbox/store.hpp"

namespace orders::sandbox {

enum class Dialect {
  code,    ///< what the running services do: 200 and a JSON string for "not found"
  readme,  ///< what their documents promise: 404 and 400 with {"detail":"..."}
};

struct CatalogStyle {
  Dialect dialect = Dialect::code;
  bool unwrapped = false;  ///< GET sends the product without "product_detail" around it
  bool etag = false;       ///< a version ETag; If-Match is obeyed with 412
};

class Catalog {
 public:
  Catalog(Store& store, CatalogStyle style) : store_(store), style_(style) {}

  std::vector<Route> routes();
  /// After a value that no column can keep every request that needs the database is a 500, until this is
  /// called.
  void heal() { poisoned_ = false; }
  [[nodiscard]] bool poisoned() const { return poisoned_; }

 private:
  Outcome list() const;
  Outcome get(const Call& call) const;
  Outcome create(const Call& call);
  Outcome replace(const Call& call);
  Outcome remove(const Call& call) const;

  [[nodiscard]] Answer not_found(const Call& call) const;
  [[nodiscard]] Answer found(const Product& product) const;
  [[nodiscard]] Answer updated(const Product& product) const;
  [[nodiscard]] std::string etag_line(const Product& product) const;
  /// Reads name, price and quantity; gives the answer instead if they can't be used.
  std::optional<Answer> read_product(const Call& call, Product& product);

  Store& store_;
  CatalogStyle style_;
  bool poisoned_ = false;
};

}  // namespace orders::sandbox
