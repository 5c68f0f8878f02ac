// What the catalog's answers say, and the body of a PUT to it. Both dialects of the catalog: a product within
// "product_detail" or "updated_product", or on its own; "not found" as 404 or as 200 with a bare JSON string.
// Used by HttpCatalogClient; pure functions, any thread.
#pragma once

#include <optional>
#include <string>

#include "domain/stock_cycle.hpp"
#include "http/client/inquiry.hpp"

namespace orders::http {

/// The answer to GET /products/{asked}.
Judgement<CatalogProduct> judge_product(const Answer& answer, ProductId asked);

/// The body of the PUT; none, and `fault` says why, when the product must not be sent: the catalog does not
/// survive numbers above 2147483647, and JSON no text that is not UTF-8.
std::optional<std::string> product_body(const CatalogProduct& product, std::string& fault);

/// The answer to PUT /products/{put.id}: empty when it says that this very product has been updated; else why
/// not.
std::string fault_of_put(const Answer& answer, const CatalogProduct& put);

}  // namespace orders::http
