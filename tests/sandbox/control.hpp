// The control routes, by which a test orders faults, reads statistics and acts as a foreign writer. They are
// on both services' ports, and on one of their own if wanted; their paths begin with /__, and README.md
// describes them. They are never delayed, counted or disturbed. One thread.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "tests/sandbox/cart.hpp"
#include "tests/sandbox/catalog.hpp"
#include "tests/sandbox/service.hpp"
#include "tests/sandbox/store.hpp"

namespace orders::sandbox {

/// What the control routes work on; everything outlives them.
struct Controlled {
  Store& store;
  Catalog& catalog_data;
  CartService& cart_data;
  Service& catalog;
  Service& cart;
  LateWrites& late;
};

class Control {
 public:
  Control(boost::asio::io_context& context, Controlled all) : context_(context), all_(all) {}

  /// Answers the request if it is for a control route; false if it is not.
  bool take(const std::shared_ptr<Connection>& connection);
  /// For a port of its own: whatever is no control route is 404.
  void take_or_refuse(const std::shared_ptr<Connection>& connection);

 private:
  Answer answer(const Request& request);
  Answer faults(const Request& request, std::string_view number);
  Answer add_fault(const Request& request);
  Answer list_faults();
  Answer statistics(const Request& request);
  Answer stock(const Request& request, std::string_view id);
  Answer carts(const Request& request, std::string_view customer);
  Answer add_to_cart(const Request& request, std::int64_t customer);
  Answer restart();

  boost::asio::io_context& context_;
  Controlled all_;
  std::uint64_t last_fault_ = 0;
};

}  // namespace orders::sandbox
