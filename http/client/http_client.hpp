// The outgoing HTTP client: one thread that carries all calls to the catalog and the cart, on libcurl's multi
// interface. main.cpp owns it; HttpCatalogClient and HttpCartClient submit calls. submit() and counters() are
// for any thread; done callbacks run on the client's thread, one after another, and must not block. Every
// queue and wait has a limit: queue_max calls wait, max_in_flight are under way, and every call ends by its
// deadline, or a time limit after it.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <curl/curl.h>

#include "config/config.hpp"
#include "http/client/call.hpp"
#include "http/client/lane.hpp"
#include "http/client/pace.hpp"
#include "http/client/transfer.hpp"

namespace orders::http {

class HttpClient {
 public:
  /// Starts the thread. Throws std::runtime_error when libcurl or the thread cannot be started.
  HttpClient(const config::Neighbour& catalog, const config::Neighbour& cart);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  HttpClient(HttpClient&&) = delete;
  HttpClient& operator=(HttpClient&&) = delete;
  /// Stops.
  ~HttpClient();

  /// Takes the call and returns at once. call.done is called in here only when the queue is full or the
  /// client stopped.
  void submit(Call call);

  /// Ends every outstanding call with FailureKind::stopped and the thread with it; later calls are refused.
  /// May be called more than once, but not from a done callback.
  void stop();

  [[nodiscard]] ClientCounters& counters(Service service) { return side(service).counters; }
  [[nodiscard]] const Pace& pace(Service service) { return side(service).pace; }
  /// How long it takes, as things stand, until so many more calls have been answered. None when no call
  /// waits: then there is nothing to go by.
  [[nodiscard]] std::chrono::microseconds expected_wait(Service service, std::size_t more_calls);

 private:
  struct Side {
    explicit Side(const config::Neighbour& given) : settings(given), lane(given.max_in_flight) {}
    void make_idle();

    config::Neighbour settings;
    Lane lane;
    ClientCounters counters;
    Pace pace;
    std::vector<std::unique_ptr<Transfer>> transfers;  ///< max_in_flight at most
    std::vector<Transfer*> idle;
  };
  struct FreeMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };

  [[nodiscard]] Side& side(Service service) { return sides_.at(static_cast<std::size_t>(service)); }
  void run();
  /// One turn of the loop; false when it was told to stop.
  bool turn();
  bool take_submitted();
  void end_expired(Deadline now);
  void start_calls(Deadline now);
  void start(Side& side, Call call, Deadline now);
  bool finish_transfers();
  void finish(Transfer& transfer, CURLcode code);
  void end(Side& side, Transfer& transfer, Outcome outcome);
  void wait_for_events();
  void end_everything();

  std::unique_ptr<CURLM, FreeMulti> multi_;
  std::array<Side, services> sides_;
  std::mutex mutex_;
  std::vector<Call> submitted_;  ///< guarded by mutex_
  bool stopping_ = false;        ///< guarded by mutex_
  std::vector<Call> taken_;      ///< of the thread; kept for its memory
  std::mutex stop_mutex_;        ///< one stop() at a time
  std::thread thread_;
};

}  // namespace orders::http
