#include "tests/load/options.hpp"

#include <stdexcept>

#include <boost/program_options.hpp>

#include "tests/support/program_options.hpp"

namespace orders::load {

namespace po = boost::program_options;

namespace {

constexpr double seconds_max = 86'400;
constexpr std::uint32_t connections_max = 20'000;

po::options_description description() {
  po::options_description all(
      "Usage: orderd-load --url URL [options]\n\nPlaces orders (POST /orders/{customer_id}) from many "
      "connections at a time, each as fast\nas it gets answers. Exit status: 0; 1 after transport "
      "errors or 5xx answers; 2 if it could not run.\n\nOptions",
      110);
  auto add = all.add_options();
  add("help,h", "print this and end");
  add("url", po::value<std::string>(), "where orderd is, e.g. http://127.0.0.1:8080");
  add("connections", po::value<std::uint32_t>()->default_value(64), "orders that are under way at a time");
  add("seconds", po::value<double>()->default_value(10), "how long to measure");
  add("orders", po::value<std::uint64_t>()->default_value(0),
      "end earlier, after so many orders; 0: by time only");
  add("warmup", po::value<double>()->default_value(0), "seconds before that, which are not counted");
  add("timeout", po::value<double>()->default_value(30), "seconds until an unanswered request is an error");
  add("lines", po::value<std::uint32_t>()->default_value(3), "lines of an order, each of another product");
  add("quantity", po::value<std::int32_t>()->default_value(1), "units of every line");
  add("products", po::value<std::uint32_t>()->default_value(100), "products 1 to N are ordered, at random");
  add("customers", po::value<std::uint32_t>()->default_value(1000), "customers 1 to N place orders");
  add("seed", po::value<std::uint64_t>()->default_value(1), "of the random choices");
  add("catalog-url", po::value<std::string>(), "where the catalog is, for --prepare-stock");
  add("prepare-stock", po::value<std::int32_t>(),
      "give every product this stock first; products that are missing are made, and those that there are by "
      "then are "
      "ordered instead of 1 to N");
  add("from-carts", "fill the customer's cart, then order without items");
  add("cart-url", po::value<std::string>(), "where the cart is, for --from-carts");
  add("keys", "send an Idempotency-Key with every order");
  add("keep-every", po::value<std::uint32_t>()->default_value(0),
      "keep the answer of every N-th order placed");
  add("keep-file", po::value<std::string>()->default_value(""), "where to keep them, one JSON object a line");
  add("json", "print the result as JSON");
  add("allow-errors", "exit with 0 also after transport errors and 5xx answers");
  return all;
}

std::chrono::milliseconds seconds(const po::variables_map& given, const char* name, bool zero_allowed) {
  const double value = given[name].as<double>();
  if (!(value <= seconds_max) || value < 0 || (value < 0.001 && !zero_allowed)) {
    throw std::runtime_error(std::string("--") + name + " is out of range");
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(value * 1000));
}

void check(bool holds, const char* rule) {
  if (!holds) throw std::runtime_error(rule);
}

void check(const Options& options) {
  check(options.connections >= 1 && options.connections <= connections_max,
        "--connections must be 1 to 20000");
  check(options.products >= 1 && options.products <= 1'000'000, "--products must be 1 to 1000000");
  check(options.customers >= 1 && options.customers <= 2'147'483'647, "--customers must be 1 to 2147483647");
  check(options.lines >= 1 && options.lines <= options.products, "--lines must be 1 to --products");
  check(options.quantity >= 1, "--quantity must be at least 1");
  check(!options.prepare_stock || options.catalog, "--prepare-stock needs --catalog-url");
  check(!options.prepare_stock || *options.prepare_stock >= 0, "--prepare-stock must not be negative");
  check(!options.from_carts || options.cart, "--from-carts needs --cart-url");
  // Each connection has customers of its own then, or two would fill one cart.
  check(!options.from_carts || options.customers >= options.connections,
        "--from-carts needs --customers >= --connections");
  check((options.keep_every == 0) == options.keep_file.empty(),
        "--keep-every and --keep-file need each other");
}

std::string joined(int argc, const char* const* argv) {
  std::string command;
  for (int i = 0; i < argc; ++i) command.append(i == 0 ? "" : " ").append(argv[i]);
  return command;
}

std::optional<Url> url(const po::variables_map& given, const char* name) {
  if (given.count(name) == 0) return std::nullopt;
  return parse_url(given[name].as<std::string>());
}

}  // namespace

std::optional<Options> read_options(int argc, const char* const* argv) {
  const auto told = test::given_options(argc, argv, description());
  if (!told) return std::nullopt;
  const auto& given = *told;
  check(given.count("url") != 0, "--url is needed");
  Options options;
  options.url = *url(given, "url");
  options.connections = given["connections"].as<std::uint32_t>();
  options.duration = seconds(given, "seconds", false);
  options.orders = given["orders"].as<std::uint64_t>();
  options.warmup = seconds(given, "warmup", true);
  options.timeout = seconds(given, "timeout", false);
  options.lines = given["lines"].as<std::uint32_t>();
  options.quantity = given["quantity"].as<std::int32_t>();
  options.products = given["products"].as<std::uint32_t>();
  options.customers = given["customers"].as<std::uint32_t>();
  options.seed = given["seed"].as<std::uint64_t>();
  options.catalog = url(given, "catalog-url");
  if (given.count("prepare-stock") != 0) options.prepare_stock = given["prepare-stock"].as<std::int32_t>();
  options.cart = url(given, "cart-url");
  options.from_carts = given.count("from-carts") != 0;
  options.idempotency_keys = given.count("keys") != 0;
  options.keep_every = given["keep-every"].as<std::uint32_t>();
  options.keep_file = given["keep-file"].as<std::string>();
  options.json = given.count("json") != 0;
  options.allow_errors = given.count("allow-errors") != 0;
  options.command = joined(argc, argv);
  check(options);
  return options;
}

}  // namespace orders::load
