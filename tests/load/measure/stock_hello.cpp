// The smallest server that Pistache itself offers (Http::Endpoint with a handler), to measure the edge
// against. Prints its port, ends at SIGTERM.
#include <csignal>
#include <iostream>

#include <pistache/endpoint.h>

namespace {

class Hello : public Pistache::Http::Handler {
 public:
  HTTP_PROTOTYPE(Hello)

  void onRequest(const Pistache::Http::Request& /*request*/,
                 Pistache::Http::ResponseWriter response) override {
    response.send(Pistache::Http::Code::Ok, R"({"status":"live"})", MIME(Application, Json));
  }
};

}  // namespace

int main() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  Pistache::Http::Endpoint endpoint(Pistache::Address(Pistache::Ipv4::loopback(), Pistache::Port(0)));
  endpoint.init(Pistache::Http::Endpoint::options().threads(1).flags(
      Pistache::Flags<Pistache::Tcp::Options>(Pistache::Tcp::Options::ReuseAddr) |
      Pistache::Tcp::Options::NoDelay));
  endpoint.setHandler(Pistache::Http::make_handler<Hello>());
  endpoint.serveThreaded();
  std::cout << "listening on " << endpoint.getPort() << std::endl;
  int signal = 0;
  sigwait(&stop, &signal);
  endpoint.shutdown();
  return 0;
}
