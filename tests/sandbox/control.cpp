#include "tests/sandbox/control.hpp"

#include <utility>

#include <boost/asio/post.hpp>

#include "tests/sandbox/body.hpp"
#include "tests/sandbox/fault_json.hpp"

namespace orders::sandbox {

namespace {

constexpr std::string_view mark = "/__";

Answer refused(unsigned status, const std::string& why) { return detail_answer(status, why); }

/// "/__name/rest" -> name and rest.
std::pair<std::string_view, std::string_view> parts(std::string_view path) {
  path.remove_prefix(mark.size());
  const auto slash = path.find('/');
  return {path.substr(0, slash),
          slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1)};
}

}  // namespace

bool Control::take(const std::shared_ptr<Connection>& connection) {
  if (connection->request().path.substr(0, mark.size()) != mark) return false;
  boost::asio::post(context_, [this, connection] { connection->answer(answer(connection->request())); });
  return true;
}

void Control::take_or_refuse(const std::shared_ptr<Connection>& connection) {
  if (take(connection)) return;
  boost::asio::post(context_, [connection] { connection->answer(detail_answer(404, "Not Found")); });
}

Answer Control::answer(const Request& request) {
  const auto [name, rest] = parts(request.path);
  const bool post = request.method == "POST";
  if (name == "faults") return faults(request, rest);
  if (name == "stats") return statistics(request);
  if (name == "stock") return stock(request, rest);
  if (name == "carts") return carts(request, rest);
  if (name == "land" && post)
    return json_answer(200, R"({"landed":)" + std::to_string(all_.late.land()) + "}");
  if (name == "restart" && post) return restart();
  return refused(404, "no such control route");
}

Answer Control::faults(const Request& request, std::string_view number) {
  if (request.method == "GET" && number.empty()) return list_faults();
  if (request.method == "POST" && number.empty()) return add_fault(request);
  if (request.method != "DELETE") return refused(405, "GET, POST or DELETE");
  if (number.empty()) {
    all_.catalog.faults().clear();
    all_.cart.faults().clear();
    return no_content_answer();
  }
  const auto wanted = static_cast<std::uint64_t>(parse_integer(number).value_or(0));
  const bool removed = all_.catalog.faults().remove(wanted) || all_.cart.faults().remove(wanted);
  return removed ? no_content_answer() : refused(404, "no such fault");
}

Answer Control::add_fault(const Request& request) {
  Faults422 troubles;
  const Body body(request, troubles);
  if (!troubles.empty()) return troubles.answer();
  OrderedFault fault;
  const auto trouble = read_fault(body.json(), all_.catalog, all_.cart, fault);
  if (!trouble.empty()) return refused(422, trouble);
  if (fault.service->faults().size() >= 1000) return refused(422, "too many faults");
  fault.rule.number = ++last_fault_;
  fault.service->faults().add(fault.rule);
  return json_answer(201, R"({"fault":)" + std::to_string(last_fault_) + "}");
}

Answer Control::list_faults() {
  std::string out = R"({"faults":[)";
  const auto add = [&out](Service& service, std::string_view name) {
    for (const auto& rule : service.faults().rules()) {
      if (out.back() != '[') out += ',';
      out += fault_json(rule, name);
    }
  };
  add(all_.catalog, "catalog");
  add(all_.cart, "cart");
  return json_answer(200, out + "]}");
}

Answer Control::statistics(const Request& request) {
  if (request.method == "DELETE") {
    all_.catalog.statistics().reset();
    all_.cart.statistics().reset();
    return no_content_answer();
  }
  if (request.method != "GET") return refused(405, "GET or DELETE");
  return json_answer(200, R"({"catalog":)" + all_.catalog.statistics().json(all_.catalog.table()) +
                              R"(,"cart":)" + all_.cart.statistics().json(all_.cart.table()) +
                              R"(,"late_writes":)" + std::to_string(all_.late.waiting()) + "}");
}

Answer Control::stock(const Request& request, std::string_view id) {
  const auto* row = all_.store.product(parse_integer(id).value_or(0));
  if (row == nullptr) return refused(404, "no such product");
  auto product = *row;
  if (request.method == "PUT") {
    Faults422 troubles;
    Body body(request, troubles);
    const bool add = body.is_object() && body.json().HasMember("add");
    const auto number = body.integer(add ? "add" : "quantity");
    if (!troubles.empty()) return troubles.answer();
    if (!fits_column(number) || !fits_column(number + (add ? product.quantity : 0))) {
      return refused(422, "the quantity would not fit its column");
    }
    product.quantity = number + (add ? product.quantity : 0);
    all_.store.put_product(product);
  } else if (request.method != "GET") {
    return refused(405, "GET or PUT");
  }
  return json_answer(200, product_json(product));
}

Answer Control::carts(const Request& request, std::string_view customer) {
  const auto id = parse_integer(customer);
  if (!id) return refused(404, "a customer id is needed");
  if (request.method == "POST") return add_to_cart(request, *id);
  if (request.method != "GET") return refused(405, "GET or POST");
  std::string out = R"({"carts":[)";
  for (const auto& cart : all_.store.carts_of(*id)) {
    if (out.back() != '[') out += ',';
    out += R"({"id":)" + std::to_string(cart.id) + R"(,"customer_id":)" + std::to_string(cart.customer) +
           R"(,"status":)" + quoted(cart.status) + "}";
  }
  return json_answer(200, out + "]}");
}

Answer Control::add_to_cart(const Request& request, std::int64_t customer) {
  Faults422 troubles;
  Body body(request, troubles);
  const auto product = body.integer("product_id");
  const auto quantity = body.integer("quantity");
  if (!troubles.empty()) return troubles.answer();
  if (!fits_column(customer) || !fits_column(quantity)) return refused(422, "it would not fit its column");
  all_.store.add_item(customer, product, quantity);
  return json_answer(201, R"({"message":"Item added to cart successfully"})");
}

Answer Control::restart() {
  const bool needed = all_.catalog_data.poisoned() || all_.cart_data.poisoned();
  all_.catalog_data.heal();
  all_.cart_data.heal();
  return json_answer(200, needed ? R"({"healed":true})" : R"({"healed":false})");
}

}  // namespace orders::sandbox
