#include "http/server/server.hpp"

#include <csignal>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <pistache/reactor.h>
#include <spdlog/spdlog.h>

#include "http/server/acceptor.hpp"
#include "http/server/edge.hpp"
#include "http/server/socket.hpp"
#include "http/server/transport.hpp"

namespace orders::http {

namespace {

constexpr std::chrono::seconds end_limit{5};
constexpr std::chrono::milliseconds end_poll{1};

}  // namespace

class Server::Threads {
 public:
  explicit Threads(const std::shared_ptr<Edge>& edge);
  ~Threads();
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  Threads(Threads&&) = delete;
  Threads& operator=(Threads&&) = delete;

  void run();
  void stop_accepting() { acceptor_->stop(); }
  void look_up();
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  [[nodiscard]] bool all_ended() const;

  std::shared_ptr<Edge> edge_;
  std::uint16_t port_ = 0;
  std::vector<std::shared_ptr<Transport>> transports_;
  std::unique_ptr<Pistache::Aio::Reactor> reactor_;
  std::unique_ptr<Acceptor> acceptor_;
  bool running_ = false;
};

Server::Threads::Threads(const std::shared_ptr<Edge>& edge) : edge_(edge) {
  const config::Http& settings = edge->settings;
  Descriptor listener = listen_on(settings.host, settings.port);
  port_ = bound_port(listener.get());
  reactor_ = std::make_unique<Pistache::Aio::Reactor>();
  reactor_->init(Pistache::Aio::AsyncContext(settings.threads, "http"));
  const auto key = reactor_->addHandler(std::make_shared<Transport>(edge));
  std::vector<std::shared_ptr<Mailbox>> mailboxes;
  for (const auto& handler : reactor_->handlers(key)) {
    transports_.push_back(std::dynamic_pointer_cast<Transport>(handler));
    mailboxes.push_back(transports_.back()->mailbox());
  }
  acceptor_ = std::make_unique<Acceptor>(edge, std::move(listener), std::move(mailboxes));
}

void Server::Threads::run() {
  running_ = true;
  reactor_->run();
  acceptor_->start();
}

void Server::Threads::look_up() {
  for (const auto& transport : transports_) transport->mailbox()->post({});
}

bool Server::Threads::all_ended() const {
  for (const auto& transport : transports_) {
    if (!transport->ended()) return false;
  }
  return true;
}

Server::Threads::~Threads() {
  acceptor_->stop();
  if (running_) {
    // The transports close their connections themselves, on their threads, while their reactor is still
    // there.
    edge_->stopping = true;
    look_up();
    const Clock::time_point deadline = Clock::now() + end_limit;
    while (!all_ended() && Clock::now() < deadline) std::this_thread::sleep_for(end_poll);
    if (!all_ended()) spdlog::error("http: a reactor thread is blocked in a handler");
  }
  reactor_->shutdown();
  reactor_.reset();
}

Server::Server(const config::Http& settings, Handler handler, RenderError render)
    : edge_(std::make_shared<Edge>(settings, std::move(handler), std::move(render))) {}

Server::~Server() { stop(); }

void Server::start() {
  const config::Http& settings = edge_->settings;
  if (threads_ || edge_->stopping) throw std::runtime_error("the HTTP server was started before");
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  const std::size_t allowed = raise_descriptor_limit(settings.connections_max + descriptors_kept);
  edge_->connections_max = connections_within(allowed, settings.connections_max);
  if (edge_->connections_max == 0) {
    throw std::runtime_error(
        fmt::format("cannot serve HTTP: this process may open {} files, of which {} are needed for other "
                    "things than clients",
                    allowed, descriptors_kept));
  }
  if (edge_->connections_max < settings.connections_max) {
    spdlog::warn("this process may open {} files: at most {} clients can be connected instead of {}", allowed,
                 edge_->connections_max.load(), settings.connections_max);
  }
  try {
    auto threads = std::make_unique<Threads>(edge_);
    threads->run();
    threads_ = std::move(threads);
  } catch (const std::runtime_error& error) {
    const std::string reason = error.what();
    if (reason.rfind("cannot listen", 0) == 0) throw;
    throw std::runtime_error(
        fmt::format("cannot serve HTTP on {}:{}: {}", settings.host, settings.port, reason));
  }
}

std::uint16_t Server::port() const { return threads_ ? threads_->port() : std::uint16_t{0}; }

void Server::begin_drain() {
  edge_->draining = true;
  if (!threads_) return;
  threads_->stop_accepting();
  threads_->look_up();
}

bool Server::wait_drained(std::chrono::steady_clock::time_point deadline) {
  return edge_->wait_until_no_connection(deadline);
}

void Server::stop() {
  edge_->draining = true;
  threads_.reset();
}

const EdgeCounters& Server::counters() const { return edge_->counters; }

}  // namespace orders::http
