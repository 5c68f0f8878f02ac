// The product catalog over HTTP: GET and PUT /products/{id}, in both of its dialects. The catalog proxy actor
// calls it; main.cpp owns it and the HttpClient it uses, which must outlive its calls. Any thread; `done`
// runs as orders::CatalogClient and HttpClient::submit say.
#pragma once

#include <cstdint>

#include "domain/neighbours.hpp"
#include "http/client/http_client.hpp"

namespace orders::http {

class HttpCatalogClient final : public CatalogClient {
 public:
  /// `tries`: how often a GET is asked when its answer is an error or about another thing, 1 or more.
  HttpCatalogClient(HttpClient& http, std::uint32_t tries) : http_(http), tries_(tries) {}

  void get(ProductId product, Deadline deadline, Got done) override;
  /// A product with numbers that the catalog must never see (above 2147483647) is refused at once.
  void put(const CatalogProduct& product, Deadline deadline, PutDone done) override;
  [[nodiscard]] CatalogTraffic traffic(std::size_t products) const override;

 private:
  HttpClient& http_;
  std::uint32_t tries_;
};

}  // namespace orders::http
