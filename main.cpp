// Composition root of orderd: settings, then the database, then the neighbours, the actors and the server,
// each given to the next; then wait for a signal and stop in the opposite order. The only file that knows
// every folder.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "command/audit.hpp"
#include "command/log.hpp"
#include "command/service.hpp"
#include "config/load.hpp"
#include "config/options.hpp"
#include "config/print.hpp"
#include "http/metrics.hpp"
#include "http/problem.hpp"
#include "http/routes.hpp"
#include "http/server/server.hpp"
#include "http/server/socket.hpp"
#include "persistence/instance.hpp"
#include "persistence/opening.hpp"

namespace {

using namespace orders;  // NOLINT(google-build-using-namespace): the composition root speaks of everything

constexpr int exit_failed = 1;         // could not start, or gave up
constexpr int exit_unusable = 2;       // wrong arguments or settings
constexpr int exit_second_signal = 3;  // told to stop twice: stopped without waiting

/// How long an instance that has lost the database to another one tries to get it back before it ends.
constexpr std::chrono::seconds superseded_patience{60};
constexpr std::chrono::seconds opening_stops_within{1};

/// SIGTERM and SIGINT, blocked in every thread and taken by whoever waits for them here.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }

  /// Whether one has come so far; it is not forgotten by asking.
  bool arrived() {
    const timespec now{0, 0};
    if (!arrived_) arrived_ = sigtimedwait(&set_, nullptr, &now) > 0;
    return arrived_;
  }
  void wait() {
    int signal = 0;
    if (!arrived_) sigwait(&set_, &signal);
  }
  /// From here on, another signal ends the process at once, after `last_words`.
  void end_at_next(std::function<void()> last_words) {
    std::thread([set = set_, last_words = std::move(last_words)] {
      int signal = 0;
      sigwait(&set, &signal);
      spdlog::error("told to stop a second time: ending at once");
      last_words();
      command::leave(exit_second_signal);
    }).detach();
  }

 private:
  sigset_t set_{};
  bool arrived_ = false;
};

/// An empty pointer: could not, and the log says why. To bring a schema up to date may take minutes, or wait
/// as long for somebody's lock: whoever tells us to stop does not wait for that. It is undone when the
/// connection is lost.
std::unique_ptr<persistence::Instance> open_database(const config::Config& settings, StopSignals& signals) {
  std::atomic<bool> stop{false};
  auto opening = std::async(std::launch::async, [&] {
    return persistence::open_database(
        settings.database, settings.cluster.enabled, [&stop] { return stop.load(); },
        std::chrono::steady_clock::time_point::max());
  });
  while (opening.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready) {
    if (!signals.arrived()) continue;
    stop = true;
    if (opening.wait_for(opening_stops_within) == std::future_status::ready) break;
    spdlog::info("stopped while the database was being prepared");
    command::leave(0);
  }
  auto opened = opening.get();
  if (opened.ok()) return std::move(opened.value());
  if (opened.error().code == ErrorCode::shutting_down) {
    spdlog::info("{}", opened.error().detail);
  } else {
    spdlog::error("the database cannot be used: {}", opened.error().detail);
  }
  return nullptr;
}

/// Whoever balances between instances is told first, and has a while to notice.
void drain_begins(const config::Http& settings, http::Surroundings& surroundings, http::Server& server) {
  surroundings.draining = true;
  if (settings.drain_grace.count() > 0) {
    spdlog::info("told to stop: not ready any more, new requests are still taken for {} ms",
                 settings.drain_grace.count());
    std::this_thread::sleep_for(settings.drain_grace);
  }
  spdlog::info("stopping: requests in flight may finish within {} ms", settings.drain_timeout.count());
  server.begin_drain();
}

int serve(const config::Config& settings, StopSignals& signals) {
  std::atomic<bool> gave_up{false};  // outlives whoever may say so
  const auto give_up = [&gave_up](const std::string& reason) {
    spdlog::critical("giving up: {}", reason);
    gave_up = true;
    ::kill(::getpid(), SIGTERM);
  };
  const auto instance = open_database(settings, signals);
  if (!instance) return signals.arrived() ? 0 : exit_failed;  // to be told to stop is no failure
  instance->when_superseded(superseded_patience, give_up);

  command::Service service(settings, *instance, give_up);
  http::Metrics metrics(service.counters(), service.client().counters(http::Service::catalog),
                        service.client().counters(http::Service::cart));

  http::Surroundings surroundings{settings, service.orders(), metrics};
  const http::Routes routes(surroundings);
  http::Server server(
      settings.http,
      [&routes](http::Request request, http::Responder responder) {
        routes.dispatch(std::move(request), std::move(responder));
      },
      http::edge_problem);
  metrics.watch(server.counters());
  server.start();
  spdlog::info("orderd listens on http://{}:{}", settings.http.host, server.port());

  signals.wait();
  // Half an answer must not look like a whole one to whoever reads until the end.
  signals.end_at_next([port = server.port()] { http::reset_when_closed(port); });
  drain_begins(settings.http, surroundings, server);
  const auto deadline = std::chrono::steady_clock::now() + settings.http.drain_timeout;
  const bool drained = service.orders().drain(deadline) && server.wait_drained(deadline);
  if (!drained)
    spdlog::warn("the drain timeout passed with requests in flight; the journal keeps what they began");
  // The actors end before the server, which carries their answers.
  const int status = gave_up ? exit_failed : 0;
  if (!service.stop()) {
    http::reset_when_closed(server.port());
    command::leave(status);
  }
  server.stop();
  spdlog::info("stopped");
  return status;
}

int run(const std::vector<std::string>& arguments) {
  const auto parsed = config::parse_options(arguments);
  if (const auto* wrong = std::get_if<std::string>(&parsed)) {
    std::cerr << "orderd: " << *wrong << "\n" << config::usage();
    return exit_unusable;
  }
  const auto& options = std::get<config::Options>(parsed);
  switch (options.action) {
    case config::Action::print_help:
      std::cout << config::usage();
      return 0;
    case config::Action::print_version:
      std::cout << "orderd " << ORDERD_VERSION << "\n";
      return 0;
    case config::Action::print_config_docs:
      std::cout << config::document();
      return 0;
    default:
      break;
  }
  auto loaded = config::load(options.config_file, config::process_environment());
  if (options.action != config::Action::print_config) config::require_runnable(loaded);
  for (const auto& error : loaded.errors) std::cerr << "orderd: " << error << "\n";
  if (!loaded.ok()) return exit_unusable;
  if (options.action == config::Action::check_config) return 0;
  if (options.action == config::Action::print_config) {
    std::cout << config::print(loaded.config);
    return 0;
  }
  command::start_log(loaded.config.log.level);
  if (options.action == config::Action::audit) {
    return options.repair ? command::repair(loaded.config, options.json)
                          : command::audit(loaded.config, options.json);
  }
  StopSignals signals;
  return serve(loaded.config, signals);
}

}  // namespace

int main(int count, char** arguments) {
  int status = exit_failed;
  try {
    status = run({arguments + 1, arguments + count});
  } catch (const std::exception& broken) {
    std::cerr << "orderd: " << broken.what() << "\n";
  }
  if (!command::end_log()) command::leave(status);
  return status;
}
