#include "tests/chaos/world.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "tests/support/http_call.hpp"

namespace orders::chaos {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// How long a told orderd may take: its drain timeout, and what its writers may still wait for.
constexpr seconds end_limit{20};

/// Short times, so that much happens in a round.
const std::map<std::string, std::string>& quick() {
  static const std::map<std::string, std::string> settings{
      {"ORDERD_ORDERS__DEADLINE", "2s"},
      {"ORDERD_CATALOG__CALL_TIMEOUT", "400ms"},
      {"ORDERD_CATALOG__CONNECT_TIMEOUT", "300ms"},
      {"ORDERD_CATALOG__RETRY_MAX", "500ms"},
      {"ORDERD_CART__CALL_TIMEOUT", "400ms"},
      {"ORDERD_CART__CONNECT_TIMEOUT", "300ms"},
      {"ORDERD_CART__RETRY_MAX", "1s"},
      {"ORDERD_DATABASE__STATEMENT_TIMEOUT", "1500ms"},
      {"ORDERD_DATABASE__RECONNECT_MAX", "300ms"},
      {"ORDERD_HTTP__DRAIN_TIMEOUT", "1s"},
  };
  return settings;
}

std::vector<std::string> sandbox_arguments(const Options& options) {
  if (options.versions) return {"--etag"};
  if (!options.racy) return {};
  return {"--racy", "--seed", std::to_string(options.seed)};
}

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

/// "7:2,8:1": two of product 7, one of product 8.
std::vector<Line> lines_of(const std::string& text) {
  std::vector<Line> lines;
  for (const auto& line : parts_of(text, ',')) {
    lines.push_back({std::stoi(line), std::stoi(line.substr(line.find(':') + 1))});
  }
  return lines;
}

}  // namespace

World::World(const Options& options)
    : program_(options.program),
      versions_(options.versions),
      database_(cluster_.create_database()),
      sandbox_(sandbox_arguments(options)),
      port_(test::free_port()) {
  for (const auto& [name, port] : std::map<std::string, int>{{"catalog", sandbox_.catalog_port()},
                                                             {"cart", sandbox_.cart_port()},
                                                             {"database", cluster_.port()}}) {
    proxies_.emplace(name, std::make_unique<test::StallingProxy>(port));
  }
}

std::map<std::string, std::string> World::environment(bool through_proxies) const {
  auto environment = quick();
  for (const auto& [name, value] : settings_) environment[name] = value;
  const auto at = [](int port) { return "127.0.0.1:" + std::to_string(port); };
  const auto port_of = [&](const char* name, int direct) {
    return through_proxies ? proxies_.at(name)->port() : direct;
  };
  environment["ORDERD_CATALOG__VERSION_ETAGS"] = versions_ ? "true" : "false";
  environment["ORDERD_HTTP__PORT"] = std::to_string(port_);
  environment["ORDERD_DATABASE__URL"] =
      "postgresql://postgres@" + at(port_of("database", cluster_.port())) + "/" + database_;
  environment["ORDERD_CATALOG__URL"] = "http://" + at(port_of("catalog", sandbox_.catalog_port()));
  environment["ORDERD_CART__URL"] = "http://" + at(port_of("cart", sandbox_.cart_port()));
  return environment;
}

void World::start_orderd() {
  told_to_end_ = false;
  started_at_ = steady_clock::now();
  orderd_ = std::make_unique<test::Process>(std::vector<std::string>{program_},
                                            test::Process::Options{environment(true), log_file(), {}});
}

void World::kill_orderd() {
  orderd_->signal(SIGKILL);
  if (!orderd_->wait(seconds(10))) throw std::runtime_error("orderd does not die");
}

void World::terminate_orderd() {
  if (told_to_end_) return;
  orderd_->signal(SIGTERM);
  told_to_end_ = true;
  told_at_ = steady_clock::now();
}

std::string World::supervise() {
  const auto status = orderd_->wait(milliseconds(0));
  if (!status) {
    if (!told_to_end_ || steady_clock::now() - told_at_ < end_limit) return {};
    kill_orderd();
    start_orderd();
    return "orderd did not end within 20 s of SIGTERM";
  }
  auto fault = end_fault(*status);
  start_orderd();
  return fault;
}

/// An orderd that was told to end says 0. One that was not may end only because the sessions of the one
/// before it have not been noticed to be dead, as when the network stalls: whoever runs it starts it again.
std::string World::end_fault(int status) {
  if (told_to_end_ && status == 0) return {};
  // One that was told before it could listen to that has begun nothing, and dies of it as any program does.
  if (told_to_end_ && status == 128 + SIGTERM && told_at_ - started_at_ < seconds(1)) return {};
  const auto log = test::read_file(log_file());
  const auto last_words = log.substr(log.size() - std::min<std::size_t>(log.size(), 2'000));
  if (status == 1 && last_words.find("another instance is using this database") != std::string::npos)
    return {};
  return "orderd ended by itself with status " + std::to_string(status);
}

bool World::ready() const {
  try {
    return test::http_call("GET", url("/readyz"), {}, {}, seconds(2)).status == 200;
  } catch (const std::runtime_error&) {
    return false;
  }
}

void World::stop_database() {
  if (!database_runs_) return;
  cluster_.stop_immediate();
  database_runs_ = false;
}

void World::start_database() {
  if (database_runs_) return;
  cluster_.start();
  database_runs_ = true;
}

void World::end_sessions() {
  if (database_runs_) (void)cluster_.terminate_backends(database_);
}

std::vector<int> World::make_products(int count, int stock) {
  std::vector<int> products;
  for (int i = 0; i < count; ++i) {
    const auto reply = sandbox_.catalog(
        "POST", "/products", json{{"name", "Moby Dick"}, {"price", 12}, {"quantity", stock}}.dump());
    products.push_back(json::parse(reply.body).at("data").at("id").get<int>());
  }
  return products;
}

View World::look(const std::vector<int>& products, const std::vector<int>& cart_customers) {
  View view;
  const auto rows = cluster_.execute(
      "SELECT o.id, o.customer_id, o.status, "
      "coalesce(string_agg(i.product_id || ':' || i.quantity, ',' ORDER BY i.id), '') "
      "FROM orders o LEFT JOIN order_items i ON i.order_id = o.id GROUP BY o.id ORDER BY o.id",
      database_);
  for (const auto& row : parts_of(rows, '\n')) {
    auto columns = parts_of(row, '|');
    columns.resize(4);  // an order without lines ends with the separator
    view.orders[std::stoll(columns[0])] = {std::stoi(columns[1]), columns[2], lines_of(columns[3])};
  }
  for (const auto product : products) {
    if (const auto stock = sandbox_.stock(product)) view.stock[product] = *stock;
  }
  for (const auto customer : cart_customers) view.carts[customer] = sandbox_.cart_statuses(customer);
  return view;
}

AuditResult World::audit() {
  const auto file = folder_.path() + "/audit";
  test::write_file(file, "");
  const int status = test::run({program_, "audit", "--json"}, {environment(false), file, {}});
  AuditResult result;
  result.printed = test::read_file(file);
  // A warning may stand before it.
  const auto said = json::parse(
      result.printed.substr(std::min(result.printed.find("{\""), result.printed.size())), nullptr, false);
  result.clean = status == 0 && said.is_object() && said.value("under_way", -1) == 0;
  return result;
}

void World::order_cart_again(int customer) const {
  (void)test::http_call("POST", url("/orders/" + std::to_string(customer)), {},
                        {"Content-Type: application/json"}, seconds(10));
  for (int looks = 0; looks < 50 && sandbox_.cart_statuses(customer).front() == "Active"; ++looks) {
    std::this_thread::sleep_for(milliseconds(100));
  }
}

void World::keep_evidence(const std::string& folder) {
  std::filesystem::create_directories(folder);
  std::filesystem::copy(
      folder_.path(), folder,
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  for (const auto* table :
       {"orders", "order_items", "reservations", "product_stock", "stock_movements", "cart_closings"}) {
    try {
      test::write_file(folder + "/" + table + ".txt",
                       cluster_.execute(std::string("SELECT * FROM ") + table + " ORDER BY 1, 2", database_));
    } catch (const std::runtime_error& error) {
      test::write_file(folder + "/" + table + ".txt", error.what());
    }
  }
}

std::string World::stop() {
  std::string fault;
  if (orderd_) {
    told_to_end_ = true;
    const int status = orderd_->stop(end_limit);
    if (status != 0) fault = "orderd ended with status " + std::to_string(status) + " when it was told to";
  }
  const auto log = test::read_file(log_file());
  for (const auto* report : {"Sanitizer", "runtime error:"}) {
    if (log.find(report) != std::string::npos) fault += "; orderd's log has a sanitizer's report";
  }
  return fault;
}

}  // namespace orders::chaos
