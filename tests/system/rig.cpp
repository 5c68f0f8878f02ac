#include "tests/system/rig.hpp"

#include <csignal>
#include <stdexcept>
#include <thread>

#include <boost/test/unit_test.hpp>

namespace orders::test {

using nlohmann::json;

Rig::Rig() : Rig(Options{}) {}

Rig::Rig(Options options)
    : options_(std::move(options)),
      cluster_(options_.cluster != nullptr ? *options_.cluster : PostgresCluster::shared()),
      database_(cluster_.create_database()),
      sandbox_(options_.sandbox),
      port_(free_port()) {
  if (options_.start) start();
}

Rig::~Rig() {
  if (!orderd_) return;
  orderd_->stop(std::chrono::seconds(30));
  const auto said = log();
  for (const auto* report : {"Sanitizer", "runtime error:"}) {
    const auto at = said.find(report);
    if (at != std::string::npos) BOOST_ERROR("orderd's log has a report: " << said.substr(at, 4'000));
  }
}

std::map<std::string, std::string> Rig::environment() const {
  auto environment = options_.settings;
  environment.emplace("ORDERD_HTTP__PORT", std::to_string(port_));
  environment.emplace("ORDERD_DATABASE__URL", cluster_.url(database_));
  environment.emplace("ORDERD_CATALOG__URL", sandbox_.catalog_url());
  environment.emplace("ORDERD_CART__URL", sandbox_.cart_url());
  return environment;
}

void Rig::start() {
  orderd_ = std::make_unique<Process>(std::vector<std::string>{ORDERD_PROGRAM},
                                      Process::Options{environment(), folder_.path() + "/log", {}});
  const bool up = eventually([this] { return !orderd_->running() || ready(); }, std::chrono::seconds(30));
  if (!up || !orderd_->running()) throw std::runtime_error("orderd did not start:\n" + log());
}

std::string Rig::metric(const std::string& name) const {
  const auto text = call("GET", "/metrics").body;
  const auto at = text.find("\n" + name + " ");
  if (at == std::string::npos) return "";
  const auto begin = at + name.size() + 2;
  return text.substr(begin, text.find('\n', begin) - begin);
}

bool Rig::ready() const {
  try {
    return call("GET", "/readyz").status == 200;
  } catch (const std::runtime_error&) {
    return false;
  }
}

void Rig::kill_and_restart() {
  orderd_->signal(SIGKILL);
  if (!orderd_->wait(std::chrono::seconds(10))) throw std::runtime_error("orderd does not die");
  start();
}

HttpReply Rig::call(const std::string& method, const std::string& target, const std::string& body) const {
  return http_call(method, "http://127.0.0.1:" + std::to_string(port_) + target, body,
                   {"Content-Type: application/json", "Expect:"});
}

HttpReply Rig::keyed_post(int customer, const std::string& key, const std::string& body, int port) const {
  return http_call(
      "POST",
      "http://127.0.0.1:" + std::to_string(port == 0 ? port_ : port) + "/orders/" + std::to_string(customer),
      body, {"Content-Type: application/json", "Expect:", "Idempotency-Key: " + key});
}

std::string Rig::query(const std::string& sql) const {
  auto text = cluster_.execute(sql, database_);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

HttpReply Rig::post(int customer, const std::string& body) const {
  return call("POST", "/orders/" + std::to_string(customer), body);
}

std::string Rig::lines(const std::vector<std::pair<int, int>>& products) {
  json items = json::array();
  for (const auto& [product, quantity] : products)
    items.push_back({{"product_id", product}, {"quantity", quantity}});
  return json{{"items", items}}.dump();
}

void Rig::fill(int orders, int items) const {
  const auto count = std::to_string(orders);
  (void)query(
      "INSERT INTO orders (id, customer_id, status) SELECT 10000000000 + n, n % 50 + 1, 'Shipped' "
      "FROM generate_series(1, " +
      count + ") AS s (n)");
  (void)query(
      "INSERT INTO order_items (product_id, quantity, order_id) SELECT i, 1, 10000000000 + n "
      "FROM generate_series(1, " +
      count + ") AS s (n), generate_series(1, " + std::to_string(items) + ") AS t (i) ORDER BY n, i");
  (void)query("UPDATE order_id_blocks SET next_id = 20000000001");
}

std::string Rig::url(const std::string& target) const {
  return "http://127.0.0.1:" + std::to_string(port_) + target;
}

int Rig::product(int stock) const {
  const auto reply = sandbox_.catalog("POST", "/products",
                                      json{{"name", "Moby Dick"}, {"price", 12}, {"quantity", stock}}.dump());
  return json::parse(reply.body).at("data").at("id").get<int>();
}

void Rig::add_to_cart(int customer, int product, int quantity) const {
  const auto reply = sandbox_.cart("POST", "/carts/" + std::to_string(customer),
                                   json{{"product_id", product}, {"quantity", quantity}}.dump());
  if (reply.status != 201) throw std::runtime_error("the cart refused: " + reply.body);
}

int Rig::sold(int product) const {
  return std::stoi(
      query("SELECT coalesce(sum(i.quantity), 0) FROM order_items i JOIN orders o ON o.id = i.order_id "
            "WHERE NOT o.restocked AND i.product_id = " +
            std::to_string(product)));
}

bool Rig::settles(std::chrono::milliseconds limit) const {
  return eventually(
      [this] {
        if (query("SELECT count(*) FROM reservations WHERE state IN ('held', 'owed')") != "0") return false;
        std::string rows = query("SELECT product_id || ' ' || quantity FROM product_stock");
        for (std::size_t at = 0; at < rows.size();) {
          const auto end = rows.find('\n', at);
          const auto row = rows.substr(at, end - at);
          const auto gap = row.find(' ');
          if (sandbox_.stock(std::stoi(row)) != std::stoi(row.substr(gap + 1))) return false;
          at = end == std::string::npos ? rows.size() : end + 1;
        }
        return true;
      },
      limit);
}

void at_once(int count, const std::function<void(int)>& act) {
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) threads.emplace_back(act, i);
  for (auto& thread : threads) thread.join();
}

json parsed(const HttpReply& reply) { return json::parse(reply.body, nullptr, false); }

}  // namespace orders::test
