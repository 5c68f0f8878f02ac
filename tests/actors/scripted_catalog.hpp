// The catalog that scripted_ports.hpp speaks of, and carts that are never there. Locked, since actors call
// from several threads.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "domain/neighbours.hpp"

namespace orders::test {

/// One product's catalog: GET shows `shown`; PUTs are noted and applied unless the next outcome says
/// otherwise.
class ScriptedCatalog : public CatalogClient {
 public:
  void get(ProductId product, Deadline, Got done) override {
    const std::lock_guard<std::mutex> guard(mutex);
    ++gets;
    if (get_hangs) return hanging.push_back(std::move(done));
    if (get_fails) return done(Error{ErrorCode::catalog_unavailable, "scripted"});
    if (unknown) return done(std::optional<CatalogProduct>());
    CatalogProduct seen;
    seen.id = product;
    seen.name = "Moby Dick";
    seen.quantity = shown;
    if (versioned) seen.etag = '"' + std::to_string(version) + '"';
    done(std::optional<CatalogProduct>(seen));
  }

  void put(const CatalogProduct& product, Deadline, PutDone done) override {
    const std::lock_guard<std::mutex> guard(mutex);
    puts.push_back(product.quantity);
    if (others_write_before > 0) {
      --others_write_before;
      shown -= others_take;
      ++version;
    }
    if (!product.etag.empty() && product.etag != '"' + std::to_string(version) + '"') {
      if (meanwhile) meanwhile();
      return done(PutAnswer::version_changed);
    }
    if (puts_to_fail > 0) {
      --puts_to_fail;
      if (meanwhile) meanwhile();
      return done(Error{ErrorCode::catalog_unavailable, "scripted"});
    }
    shown = product.quantity;
    ++version;
    done(PutAnswer::accepted);
  }

  /// What hangs ends without an answer.
  void let_go() {
    std::vector<Got> all;
    {
      const std::lock_guard<std::mutex> guard(mutex);
      all.swap(hanging);
    }
    for (const auto& done : all) done(Error{ErrorCode::catalog_unavailable, "scripted"});
  }

  std::mutex mutex;
  bool get_hangs = false;
  std::vector<Got> hanging;
  std::int32_t shown = 0;
  bool versioned = false;  ///< it sends version ETags
  int version = 1;
  int others_write_before = 0;  ///< so many PUTs: somebody else was there first
  std::int32_t others_take = 0;
  bool get_fails = false;
  bool unknown = false;  ///< it does not know the product
  int puts_to_fail = 0;
  std::function<void()> meanwhile;  ///< happens while a PUT fails or is refused
  int gets = 0;
  std::vector<std::int32_t> puts;
};

class NoCarts : public CartClient {
 public:
  void get_cart(CustomerId, Deadline, GotCart done) override {
    done(Error{ErrorCode::cart_unavailable, "none here"});
  }
  void get_items(const std::vector<CartId>&, Deadline, GotItems done) override {
    done(Error{ErrorCode::cart_unavailable, "none here"});
  }
  void close_cart(CustomerId, Deadline, ClosedCart done) override {
    done(Error{ErrorCode::cart_unavailable, "none here"});
  }
};

}  // namespace orders::test
