#include "tests/sandbox/options.hpp"

#include <stdexcept>

#include <boost/program_options.hpp>

#include "tests/support/program_options.hpp"

namespace orders::sandbox {

namespace po = boost::program_options;

namespace {

po::options_description description() {
  po::options_description all(
      "Usage: sandbox [options]\n\nThe Product Catalog and the Shopping Cart, for trying and "
      "testing orderd.\n\nOptions",
      100);
  auto add = all.add_options();
  add("help,h", "print this and end");
  add("catalog-port", po::value<std::uint16_t>()->default_value(0),
      "port of the catalog; 0: any free one, printed");
  add("cart-port", po::value<std::uint16_t>()->default_value(0),
      "port of the cart; 0: any free one, printed");
  add("control-port", po::value<std::uint16_t>(),
      "a port with the control routes only (they are on the other two ports anyway)");
  add("dialect", po::value<std::string>()->default_value("code"),
      "code: what the running services do; readme: what their documents promise");
  add("products", po::value<std::string>()->default_value(""),
      "JSON file with products to begin with: [{\"name\",\"price\",\"quantity\"},...]");
  add("sample", "begin with a few sample products");
  add("state", po::value<std::string>()->default_value(""),
      "file that keeps all data; what it has wins over --products and --sample");
  add("inline-items", po::value<std::string>()->implicit_value("in")->default_value("none"),
      "GET /carts/{id} has the items in the cart (in) or beside it (beside)");
  add("unwrapped-product", "GET /products/{id} has the product without \"product_detail\" around it");
  add("etag", "version ETags; If-Match is obeyed (412)");
  add("serial", "each service handles one request at a time, the others wait");
  add("racy", "requests that overlap disturb each other, as in the real services");
  add("service-time-us", po::value<std::uint32_t>(),
      "microseconds that each request takes (default 0; 1000 with --racy)");
  add("idle-timeout-ms", po::value<std::uint32_t>()->default_value(5000),
      "idle connections are closed after this");
  add("seed", po::value<std::uint64_t>()->default_value(1), "of the randomness of --racy");
  return all;
}

Dialect dialect_named(const std::string& name) {
  if (name == "code") return Dialect::code;
  if (name == "readme") return Dialect::readme;
  throw std::runtime_error("--dialect must be code or readme, not " + name);
}

InlineItems inline_items_named(const std::string& name) {
  if (name == "none") return InlineItems::none;
  if (name == "in") return InlineItems::in_cart;
  if (name == "beside") return InlineItems::beside_cart;
  throw std::runtime_error("--inline-items must be in or beside, not " + name);
}

}  // namespace

std::optional<Options> read_options(int argc, const char* const* argv) {
  const auto told = test::given_options(argc, argv, description());
  if (!told) return std::nullopt;
  const auto& given = *told;
  Options options;
  options.catalog_port = given["catalog-port"].as<std::uint16_t>();
  options.cart_port = given["cart-port"].as<std::uint16_t>();
  if (given.count("control-port") != 0) options.control_port = given["control-port"].as<std::uint16_t>();
  options.catalog.dialect = dialect_named(given["dialect"].as<std::string>());
  options.catalog.unwrapped = given.count("unwrapped-product") != 0;
  options.catalog.etag = given.count("etag") != 0;
  options.cart.dialect = options.catalog.dialect;
  options.cart.items = inline_items_named(given["inline-items"].as<std::string>());
  options.service.serial = given.count("serial") != 0;
  options.service.racy = given.count("racy") != 0;
  options.service.seed = given["seed"].as<std::uint64_t>();
  // Requests of no duration hardly ever overlap.
  options.service.time = std::chrono::microseconds(options.service.racy ? 1000 : 0);
  if (given.count("service-time-us") != 0) {
    options.service.time = std::chrono::microseconds(given["service-time-us"].as<std::uint32_t>());
  }
  options.idle_timeout = std::chrono::milliseconds(given["idle-timeout-ms"].as<std::uint32_t>());
  options.products_file = given["products"].as<std::string>();
  options.sample = given.count("sample") != 0;
  options.state_file = given["state"].as<std::string>();
  return options;
}

}  // namespace orders::sandbox
