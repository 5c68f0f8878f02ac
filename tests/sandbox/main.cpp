// The sandbox: the Product Catalog and the Shopping Cart in one program and one thread. README.md says how to
// use it.
#include <csignal>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "tests/sandbox/cart.hpp"
#include "tests/sandbox/catalog.hpp"
#include "tests/sandbox/control.hpp"
#include "tests/sandbox/first_products.hpp"
#include "tests/sandbox/options.hpp"
#include "tests/sandbox/server.hpp"
#include "tests/sandbox/service.hpp"
#include "tests/sandbox/state_file.hpp"

namespace orders::sandbox {

namespace {

void tidy_every_second(StateFile& state, boost::asio::steady_timer& timer) {
  timer.expires_after(std::chrono::seconds(1));
  timer.async_wait([&](boost::system::error_code stopped) {
    if (stopped) return;
    state.tidy();
    tidy_every_second(state, timer);
  });
}

Server::Handler handler_of(Control& control, Service& service) {
  return [&control, &service](const std::shared_ptr<Connection>& connection) {
    if (!control.take(connection)) service.take(connection);
  };
}

void print_port(const char* name, const Server& server) {
  std::cout << name << " http://127.0.0.1:" << server.port() << std::endl;
}

void run(const Options& options) {
  Store store;
  std::optional<StateFile> state;
  if (!options.state_file.empty()) state.emplace(options.state_file, store);
  if (store.empty() && !options.products_file.empty()) add_products_of(options.products_file, store);
  if (store.empty() && options.sample) add_sample_products(store);

  Catalog catalog_data(store, options.catalog);
  CartService cart_data(store, options.cart);
  boost::asio::io_context context(1);
  LateWrites late(context);
  Service catalog(context, catalog_data.routes(), options.service, late);
  Service cart(context, cart_data.routes(), options.service, late);
  Control control(context, {store, catalog_data, cart_data, catalog, cart, late});

  const Server catalog_server(context, options.catalog_port, options.idle_timeout,
                              handler_of(control, catalog));
  const Server cart_server(context, options.cart_port, options.idle_timeout, handler_of(control, cart));
  std::optional<Server> control_server;
  if (options.control_port) {
    control_server.emplace(context, *options.control_port, options.idle_timeout,
                           [&control](const auto& connection) { control.take_or_refuse(connection); });
  }
  boost::asio::signal_set signals(context, SIGTERM, SIGINT);
  signals.async_wait([&context](boost::system::error_code, int) { context.stop(); });
  boost::asio::steady_timer tidying(context);
  if (state) tidy_every_second(*state, tidying);

  print_port("catalog", catalog_server);
  print_port("cart", cart_server);
  if (control_server) print_port("control", *control_server);
  context.run();
  if (state) state->rewrite();
}

}  // namespace

}  // namespace orders::sandbox

int main(int argc, char** argv) {
  try {
    const auto options = orders::sandbox::read_options(argc, argv);
    if (options) orders::sandbox::run(*options);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "sandbox: " << error.what() << '\n';
    return 1;
  }
}
