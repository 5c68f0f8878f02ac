// The shopping cart service over HTTP: GET and PUT /carts/{customer}, GET /cart_items, in both of its
// dialects. The cart proxy actor calls it; main.cpp owns it and the HttpClient it uses, which must outlive
// its calls. Any thread; `done` runs as orders::CartClient and HttpClient::submit say.
#pragma once

#include <cstdint>
#include <vector>

#include "domain/neighbours.hpp"
#include "http/client/http_client.hpp"

namespace orders::http {

class HttpCartClient final : public CartClient {
 public:
  /// `tries`: how often a GET is asked when its answer is an error or about another thing, 1 or more.
  HttpCartClient(HttpClient& http, std::uint32_t tries) : http_(http), tries_(tries) {}

  void get_cart(CustomerId customer, Deadline deadline, GotCart done) override;
  void get_items(const std::vector<CartId>& carts, Deadline deadline, GotItems done) override;
  void close_cart(CustomerId customer, Deadline deadline, ClosedCart done) override;

 private:
  HttpClient& http_;
  std::uint32_t tries_;
};

}  // namespace orders::http
