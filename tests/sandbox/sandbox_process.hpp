// The sandbox as a child process, for tests: starts it on free ports, sends requests to its two services,
// orders faults and looks at its data. For the sandbox's own tests, system tests and chaos runs. The const
// methods may be called from any thread; the destructor kills it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/sandbox/wire_client.hpp"
#include "tests/support/process.hpp"

namespace orders::test {

class SandboxProcess {
 public:
  /// Starts it with these further arguments and waits until it listens; throws std::runtime_error if it does
  /// not.
  explicit SandboxProcess(const std::vector<std::string>& arguments = {});

  [[nodiscard]] int catalog_port() const { return catalog_port_; }
  [[nodiscard]] int cart_port() const { return cart_port_; }
  [[nodiscard]] std::string catalog_url() const;
  [[nodiscard]] std::string cart_url() const;
  Process& process() { return process_; }

  using Headers = std::map<std::string, std::string>;
  /// Each request on a connection of its own; throws std::runtime_error when there is no answer.
  WireReply catalog(const std::string& method, const std::string& target, const std::string& body = {},
                    const Headers& headers = {}) const;
  WireReply cart(const std::string& method, const std::string& target, const std::string& body = {},
                 const Headers& headers = {}) const;

  /// Adds a fault (README.md has the members); throws std::runtime_error if it is refused.
  void fault(const nlohmann::json& fault) const;
  void clear_faults() const;
  [[nodiscard]] nlohmann::json statistics() const;
  /// The quantity in the catalog, none if it has no such product. Not a request to the catalog: nothing
  /// disturbs it.
  [[nodiscard]] std::optional<int> stock(int product) const;
  /// A foreign writer's change.
  void set_stock(int product, int quantity) const;
  /// Lets the late writes land; how many there were.
  [[nodiscard]] int land() const;
  /// The statuses of all carts the customer ever had, oldest first.
  [[nodiscard]] std::vector<std::string> cart_statuses(int customer) const;

 private:
  [[nodiscard]] WireReply ask(int port, const std::string& method, const std::string& target,
                              const std::string& body, const Headers& headers) const;

  TemporaryFolder folder_;
  Process process_;
  int catalog_port_ = 0;
  int cart_port_ = 0;
};

}  // namespace orders::test
