#include "tests/sandbox/sandbox_process.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace orders::test {

using nlohmann::json;

namespace {

std::vector<std::string> command(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{SANDBOX_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

/// The port in the line "name http://127.0.0.1:port", once that line is complete.
int printed_port(const std::string& output, const std::string& name) {
  const auto line = name + " http://127.0.0.1:";
  const auto at = output.find(line);
  if (at == std::string::npos || output.find('\n', at) == std::string::npos) return 0;
  return std::stoi(output.substr(at + line.size()));
}

}  // namespace

SandboxProcess::SandboxProcess(const std::vector<std::string>& arguments)
    : process_(command(arguments), {{}, folder_.path() + "/output", {}}) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (cart_port_ == 0) {
    const bool ended = !process_.running();
    const auto output = read_file(folder_.path() + "/output");
    catalog_port_ = printed_port(output, "catalog");
    cart_port_ = printed_port(output, "cart");
    if (cart_port_ != 0) break;
    if (ended || std::chrono::steady_clock::now() > end) {
      throw std::runtime_error("the sandbox did not start: " + output);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

std::string SandboxProcess::catalog_url() const {
  return "http://127.0.0.1:" + std::to_string(catalog_port_);
}
std::string SandboxProcess::cart_url() const { return "http://127.0.0.1:" + std::to_string(cart_port_); }

WireReply SandboxProcess::ask(int port, const std::string& method, const std::string& target,
                              const std::string& body, const Headers& headers) const {
  WireClient client(port);
  client.send(request_text(method, target, body, headers));
  if (auto reply = client.read(method == "HEAD")) return *reply;
  throw std::runtime_error("no answer to " + method + " " + target);
}

WireReply SandboxProcess::catalog(const std::string& method, const std::string& target,
                                  const std::string& body, const Headers& headers) const {
  return ask(catalog_port_, method, target, body, headers);
}

WireReply SandboxProcess::cart(const std::string& method, const std::string& target, const std::string& body,
                               const Headers& headers) const {
  return ask(cart_port_, method, target, body, headers);
}

void SandboxProcess::fault(const json& fault) const {
  const auto reply = catalog("POST", "/__faults", fault.dump());
  if (reply.status != 201) throw std::runtime_error("fault refused: " + reply.body);
}

void SandboxProcess::clear_faults() const {
  if (catalog("DELETE", "/__faults").status != 204) throw std::runtime_error("faults are not cleared");
}

json SandboxProcess::statistics() const { return json::parse(catalog("GET", "/__stats").body); }

std::optional<int> SandboxProcess::stock(int product) const {
  const auto reply = catalog("GET", "/__stock/" + std::to_string(product));
  if (reply.status == 404) return std::nullopt;
  return json::parse(reply.body).at("quantity").get<int>();
}

void SandboxProcess::set_stock(int product, int quantity) const {
  const auto reply =
      catalog("PUT", "/__stock/" + std::to_string(product), json{{"quantity", quantity}}.dump());
  if (reply.status != 200) throw std::runtime_error("stock not set: " + reply.body);
}

int SandboxProcess::land() const {
  return json::parse(catalog("POST", "/__land").body).at("landed").get<int>();
}

std::vector<std::string> SandboxProcess::cart_statuses(int customer) const {
  std::vector<std::string> out;
  const auto reply = json::parse(cart("GET", "/__carts/" + std::to_string(customer)).body);
  for (const auto& cart : reply.at("carts")) out.push_back(cart.at("status").get<std::string>());
  return out;
}

}  // namespace orders::test
