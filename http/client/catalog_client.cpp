#include "http/client/catalog_client.hpp"

#include <utility>

#include <fmt/format.h>

#include "http/client/catalog_json.hpp"
#include "http/client/inquiry.hpp"

namespace orders::http {

namespace {

std::string target_of(ProductId product) { return fmt::format("/products/{}", product.value); }

Result<PutAnswer> result_of_put(const Outcome& outcome, const CatalogProduct& product) {
  std::string fault;
  const auto* answer = std::get_if<Answer>(&outcome);
  constexpr int precondition_failed = 412;
  if (answer != nullptr && answer->status == precondition_failed && !product.etag.empty())
    return PutAnswer::version_changed;
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    fault = failure->detail + (failure->sent ? " (sent)" : " (not sent)");
  } else {
    fault = fault_of_put(*answer, product);
  }
  if (fault.empty()) return PutAnswer::accepted;
  return Error{ErrorCode::catalog_unavailable,
               fmt::format("PUT {} with quantity {}: {}", target_of(product.id), product.quantity, fault)};
}

}  // namespace

void HttpCatalogClient::get(ProductId product, Deadline deadline, Got done) {
  Question question;
  question.service = Service::catalog;
  question.target = target_of(product);
  question.deadline = deadline;
  question.tries = tries_;
  question.error = ErrorCode::catalog_unavailable;
  Inquiry<CatalogProduct>::begin(
      http_, std::move(question), [product](const Answer& answer) { return judge_product(answer, product); },
      std::move(done));
}

void HttpCatalogClient::put(const CatalogProduct& product, Deadline deadline, PutDone done) {
  std::string fault;
  auto body = product_body(product, fault);
  if (!body) {
    done(Error{ErrorCode::catalog_unavailable,
               fmt::format("PUT {}: {}; not sent", target_of(product.id), fault)});
    return;
  }
  Call call;
  call.service = Service::catalog;
  call.method = Method::put;
  call.target = target_of(product.id);
  call.body = std::move(*body);
  call.if_match = product.etag;
  call.deadline = deadline;
  call.done = [product, done = std::move(done)](const Outcome& outcome) {
    done(result_of_put(outcome, product));
  };
  http_.submit(std::move(call));
}

CatalogTraffic HttpCatalogClient::traffic(std::size_t products) const {
  CatalogTraffic now;
  now.answering = http_.pace(Service::catalog).answering(std::chrono::steady_clock::now());
  now.wait = std::chrono::ceil<std::chrono::milliseconds>(
      http_.expected_wait(Service::catalog, 2 * products));  // a GET and a PUT each
  return now;
}

}  // namespace orders::http
