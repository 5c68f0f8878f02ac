#include "http/client/cart_client.hpp"

#include <utility>

#include <fmt/format.h>

#include "http/client/cart_json.hpp"
#include "http/client/inquiry.hpp"

namespace orders::http {

namespace {

Question question_for(std::string target, Deadline deadline, std::uint32_t tries) {
  Question question;
  question.service = Service::cart;
  question.target = std::move(target);
  question.deadline = deadline;
  question.tries = tries;
  question.error = ErrorCode::cart_unavailable;
  return question;
}

Result<Done> result_of_closing(const Outcome& outcome, const std::string& target) {
  std::string fault;
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    fault = failure->detail + (failure->sent ? " (sent)" : " (not sent)");
  } else {
    fault = fault_of_closing(std::get<Answer>(outcome));
  }
  if (fault.empty()) return Done{};
  return Error{ErrorCode::cart_unavailable, fmt::format("PUT {}: {}", target, fault)};
}

}  // namespace

void HttpCartClient::get_cart(CustomerId customer, Deadline deadline, GotCart done) {
  Inquiry<Cart>::begin(
      http_, question_for(fmt::format("/carts/{}", customer.value), deadline, tries_),
      [customer](const Answer& answer) { return judge_cart(answer, customer); }, std::move(done));
}

void HttpCartClient::get_items(const std::vector<CartId>& carts, Deadline deadline, GotItems done) {
  using Rows = std::vector<CartItemRow>;
  Inquiry<Rows>::begin(
      http_, question_for("/cart_items", deadline, tries_),
      [carts](const Answer& answer) { return judge_items(answer, carts); },
      [done = std::move(done)](Result<std::optional<Rows>> got) {
        if (!got.ok()) return done(std::move(got.error()));
        done(std::move(got.value()).value_or(Rows{}));  // judge_items never says "none"
      });
}

void HttpCartClient::close_cart(CustomerId customer, Deadline deadline, ClosedCart done) {
  Call call;
  call.service = Service::cart;
  call.method = Method::put;
  // The services in use read the query and ignore the body; their documents promise it the other way round.
  call.target = fmt::format("/carts/{}?status=Ordered", customer.value);
  call.body = R"({"status":"Ordered"})";
  call.deadline = deadline;
  call.done = [target = call.target, done = std::move(done)](const Outcome& outcome) {
    done(result_of_closing(outcome, target));
  };
  http_.submit(std::move(call));
}

}  // namespace orders::http
