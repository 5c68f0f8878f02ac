// orderd-load: places orders as fast as orderd takes them and says how fast that was (orderd-load --help).
#include <exception>
#include <iostream>
#include <numeric>
#include <vector>

#include "tests/load/options.hpp"
#include "tests/load/prepare.hpp"
#include "tests/load/report.hpp"
#include "tests/load/run.hpp"

namespace {

int load(const orders::load::Options& options) {
  using namespace orders::load;
  std::vector<std::int32_t> products(options.products);
  std::iota(products.begin(), products.end(), 1);
  if (options.prepare_stock) products = prepare_stock(options);
  const auto results = run(options, products);
  std::cout << (options.json ? json_report(options, results) : text_report(options, results)) << std::flush;
  return has_errors(results) && !options.allow_errors ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto options = orders::load::read_options(argc, argv);
    return options ? load(*options) : 0;
  } catch (const std::exception& error) {
    std::cerr << "orderd-load: " << error.what() << '\n';
    return 2;
  }
}
