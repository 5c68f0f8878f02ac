#include "config/check.hpp"

#include <algorithm>
#include <cctype>
#include <exception>
#include <variant>

#include "config/addresses.hpp"
#include "config/settings.hpp"
#include "config/value.hpp"

namespace orders::config {

namespace {

/// The status every order begins with (domain/order.hpp, which this folder must not know).
constexpr const char* first_status = "Ordered";

/// Collects faults; finds a setting's name by where its value stands, so that only the schema spells names.
class Rules {
 public:
  explicit Rules(const Config& config) : config_(config), settings_(settings_of(config_)) {}

  [[nodiscard]] const Config& config() const { return config_; }

  /// Of a value inside config().
  [[nodiscard]] const Setting& setting(const void* value) const {
    const auto* found = find_setting(settings_, value);
    if (found == nullptr) std::terminate();  // every value is in the schema: a test looks at each
    return *found;
  }

  template <class A, class B>
  void at_most(const A& small, const B& large) {
    if (small <= large) return;
    add(small, "must not be more than " + shown(large) + ", but is " + to_yaml(setting(&small)),
        &setting(&large));
  }

  template <class A, class B>
  void less(const A& small, const B& large) {
    if (small < large) return;
    add(small, "must be less than " + shown(large) + ", but is " + to_yaml(setting(&small)),
        &setting(&large));
  }

  template <class Value>
  void add(const Value& value, std::string detail, const Setting* other = nullptr) {
    faults_.push_back({setting(&value).path(), std::move(detail), other == nullptr ? "" : other->path()});
  }

  std::vector<Fault> take() { return std::move(faults_); }

 private:
  template <class Value>
  [[nodiscard]] std::string shown(const Value& value) const {
    return setting(&value).path() + " (" + to_yaml(setting(&value)) + ")";
  }

  Config config_;
  std::vector<Setting> settings_;
  std::vector<Fault> faults_{};
};

void check_statuses(Rules& rules, const Orders& orders) {
  if (orders.restock_on.count(first_status) != 0) {
    rules.add(orders.restock_on,
              std::string("must not list ") + first_status + ", the status every order begins with");
  }
  for (const auto& [from, to] : orders.transitions) {
    const bool leaves =
        std::any_of(to.begin(), to.end(), [&from = from](const std::string& next) { return next != from; });
    if (leaves && orders.restock_on.count(from) != 0) {
      rules.add(orders.transitions,
                "must not lead away from " + excerpt(from) + ", which gives the stock back and so is final",
                &rules.setting(&orders.restock_on));
    }
  }
}

void check_host(Rules& rules, const std::string& host) {
  const bool odd = std::any_of(host.begin(), host.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isgraph(byte) == 0 || c == '/';
  });
  if (host.empty() || odd) rules.add(host, "must be an address or a host name, such as 127.0.0.1");
}

}  // namespace

std::vector<Fault> check(const Config& config) {
  Rules rules(config);
  const auto& [http, database, catalog, cart, actors, orders, recovery, journal, cluster, log] =
      rules.config();
  check_host(rules, http.host);
  rules.at_most(http.target_bytes_max, http.header_bytes_max);
  rules.at_most(http.pending_bytes_max, http.pending_bytes_total_max);
  rules.less(orders.deadline, http.handler_timeout);
  rules.at_most(orders.parked_poll, orders.deadline);
  rules.at_most(database.reconnect_min, database.reconnect_max);
  rules.at_most(catalog.retry_min, catalog.retry_max);
  rules.at_most(catalog.connect_timeout, catalog.call_timeout);
  rules.at_most(catalog.call_timeout, catalog.doubt);
  rules.at_most(cart.retry_min, cart.retry_max);
  rules.at_most(cart.connect_timeout, cart.call_timeout);
  check_statuses(rules, orders);
  if (!database.password.value.empty() && has_password(database.url)) {
    rules.add(database.url, "must not contain a password when there is another one",
              &rules.setting(&database.password));
  }
  return rules.take();
}

std::vector<std::string> check_runnable(const Config& config) {
  const Rules rules(config);
  std::vector<std::string> missing;
  const auto need = [&](const std::string& value, const std::string& example) {
    if (!value.empty()) return;
    const auto& setting = rules.setting(&value);
    missing.push_back(setting.path() + ": is needed to run; set it in the file or as " + setting.variable() +
                      "=" + example);
  };
  need(rules.config().database.url, "postgresql://orderd@127.0.0.1:5432/orderd");
  need(rules.config().catalog.url, "http://127.0.0.1:8000");
  need(rules.config().cart.url, "http://127.0.0.1:8001");

  const auto give = [&](const auto& value, const std::string& text) {
    if (text.find(secret_shown) == std::string::npos) return;
    missing.push_back(rules.setting(&value).path() + ": has " + std::string(secret_shown) +
                      " where the password must be (settings are printed so)");
  };
  give(rules.config().database.url, rules.config().database.url);
  give(rules.config().database.password, rules.config().database.password.value);
  return missing;
}

}  // namespace orders::config
