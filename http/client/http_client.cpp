#include "http/client/http_client.hpp"

#include <algorithm>
#include <csignal>
#include <pthread.h>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <spdlog/spdlog.h>

namespace orders::http {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// The longest the thread sleeps when nothing is due.
constexpr milliseconds poll_max{1'000};

CURLM* make_multi() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM* multi = ready == CURLE_OK ? curl_multi_init() : nullptr;
  if (multi == nullptr) throw std::runtime_error("libcurl cannot be started");
  return multi;
}

void deliver(Call call, Outcome outcome) {
  try {
    call.done(std::move(outcome));
  } catch (const std::exception& fault) {
    spdlog::error("outgoing http: whoever waited for {} threw: {}", call.target, fault.what());
  } catch (...) {
    spdlog::error("outgoing http: whoever waited for {} threw", call.target);
  }
}

void deliver_unsent(Call call, FailureKind kind, std::string_view why, bool busy = false) {
  deliver(std::move(call), Failure{kind, false, busy, std::string(why)});
}

/// Signals are for the threads that wait for them.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

HttpClient::HttpClient(const config::Neighbour& catalog, const config::Neighbour& cart)
    : multi_(make_multi()), sides_{Side(catalog), Side(cart)} {
  const auto connections = std::uint64_t{catalog.max_in_flight} + cart.max_in_flight;
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS,
                    static_cast<long>(std::min<std::uint64_t>(connections, 65'536)));
  curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, long{CURLPIPE_NOTHING});
  thread_ = std::thread([this] { run(); });
}

HttpClient::~HttpClient() { stop(); }

void HttpClient::submit(Call call) {
  Side& its = side(call.service);
  auto refusal = FailureKind::refused;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) {
      refusal = FailureKind::stopped;
    } else if (its.counters.queued < its.settings.queue_max) {
      ++its.counters.queued;
      submitted_.push_back(std::move(call));
      // The thread takes all at once, so only the first has to wake it.
      if (submitted_.size() == 1) curl_multi_wakeup(multi_.get());
      return;
    }
  }
  ++its.counters.errors;
  deliver_unsent(std::move(call), refusal,
                 refusal == FailureKind::stopped ? "the client has stopped" : "too many calls are waiting",
                 refusal == FailureKind::refused && its.pace.answering(steady_clock::now()));
}

std::chrono::microseconds HttpClient::expected_wait(Service service, std::size_t more_calls) {
  const Side& its = side(service);
  const auto queued = its.counters.queued.load();
  if (queued <= 0) return std::chrono::microseconds(0);
  // Whoever asks for a product will have something to tell about it, too: what waits comes back once more.
  const auto calls = 2 * queued + its.counters.in_flight + static_cast<std::int64_t>(more_calls);
  return its.pace.typical() * calls / std::max(its.settings.max_in_flight, 1U);
}

void HttpClient::stop() {
  const std::lock_guard<std::mutex> one(stop_mutex_);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  curl_multi_wakeup(multi_.get());
  if (thread_.joinable()) thread_.join();
}

void HttpClient::run() {
  block_signals();
  pthread_setname_np(pthread_self(), "http-client");
  bool going = true;
  while (going) {
    try {
      going = turn();
    } catch (const std::exception& fault) {  // out of memory, most likely
      spdlog::error("outgoing http: {}", fault.what());
      std::this_thread::sleep_for(milliseconds(10));
    }
  }
  end_everything();
}

bool HttpClient::turn() {
  if (!take_submitted()) return false;
  const auto now = steady_clock::now();
  end_expired(now);
  start_calls(now);
  int running = 0;
  const CURLMcode code = curl_multi_perform(multi_.get(), &running);
  if (code != CURLM_OK) throw std::runtime_error(curl_multi_strerror(code));
  // What has ended makes room, and its callbacks may have submitted more: look again before sleeping.
  if (!finish_transfers()) wait_for_events();
  return true;
}

bool HttpClient::take_submitted() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) return false;
    taken_.swap(submitted_);
  }
  for (auto& call : taken_) {
    Lane& lane = side(call.service).lane;
    lane.add(std::move(call));
  }
  taken_.clear();
  return true;
}

void HttpClient::end_expired(Deadline now) {
  for (auto& its : sides_) {
    // What cannot be answered in time any more is not begun: it would keep others from theirs.
    for (auto& call : its.lane.take_expired(now + its.pace.least())) {
      --its.counters.queued;
      ++its.counters.timeouts;
      deliver_unsent(std::move(call), FailureKind::expired,
                     "its deadline passed while it waited for its turn", its.pace.answering(now));
    }
  }
}

void HttpClient::start_calls(Deadline now) {
  for (auto& its : sides_) {
    while (auto call = its.lane.next(now)) {
      --its.counters.queued;
      start(its, std::move(*call), now);
    }
  }
}

/// Makes sure that a transfer is idle.
void HttpClient::Side::make_idle() {
  if (!idle.empty()) return;
  idle.reserve(transfers.size() + 1);
  transfers.push_back(std::make_unique<Transfer>(settings));
  idle.push_back(transfers.back().get());
}

void HttpClient::start(Side& side, Call call, Deadline now) {
  ++side.counters.calls;
  ++side.counters.in_flight;
  try {
    side.make_idle();
  } catch (const std::exception& fault) {
    ++side.counters.errors;
    --side.counters.in_flight;
    side.lane.ended();
    deliver_unsent(std::move(call), FailureKind::unreachable, fault.what());
    return;
  }
  Transfer& transfer = *side.idle.back();
  side.idle.pop_back();
  try {
    transfer.begin(std::move(call), now);
    const CURLMcode code = curl_multi_add_handle(multi_.get(), transfer.handle());
    if (code != CURLM_OK) throw std::runtime_error(curl_multi_strerror(code));
  } catch (const std::exception& fault) {
    end(side, transfer, transfer.failure(FailureKind::unreachable, fault.what()));
  }
}

bool HttpClient::finish_transfers() {
  bool any = false;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    any = true;
    const CURLcode code = message->data.result;  // the message does not outlive the handle's removal
    finish(Transfer::of(message->easy_handle), code);
  }
  return any;
}

void HttpClient::finish(Transfer& transfer, CURLcode code) {
  Side& its = side(transfer.call().service);
  curl_multi_remove_handle(multi_.get(), transfer.handle());
  const auto now = steady_clock::now();
  if (transfer.may_begin_again(code, now)) {
    ++its.counters.retries;
    transfer.begin_again(now);
    if (curl_multi_add_handle(multi_.get(), transfer.handle()) == CURLM_OK) return;
  }
  end(its, transfer, transfer.outcome(code));
}

void HttpClient::end(Side& side, Transfer& transfer, Outcome outcome) {
  const auto now = steady_clock::now();
  const auto took = now - transfer.begun();
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    const bool timed_out = failure->kind == FailureKind::timed_out;
    ++(timed_out ? side.counters.timeouts : side.counters.errors);
    // One that was cut off by its own deadline says nothing about the service.
    if (!timed_out || took + milliseconds(10) >= side.settings.call_timeout) side.pace.failed(now);
  } else if (std::get<Answer>(outcome).status >= 500) {
    ++side.counters.errors;
    side.pace.failed(now);
  } else {
    side.pace.answered(took, now);
  }
  Call call = transfer.release();
  side.idle.push_back(&transfer);
  side.lane.ended();
  --side.counters.in_flight;
  deliver(std::move(call), std::move(outcome));
}

void HttpClient::wait_for_events() {
  auto until = steady_clock::now() + poll_max;
  for (const auto& its : sides_) {
    if (const auto event = its.lane.next_event()) until = std::min(until, *event);
  }
  // Rounded up: waking a little too early would spin.
  const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
  const int wait = static_cast<int>(std::max(left, milliseconds(0)).count());
  const CURLMcode code = curl_multi_poll(multi_.get(), nullptr, 0, wait, nullptr);
  if (code != CURLM_OK) throw std::runtime_error(curl_multi_strerror(code));
}

void HttpClient::end_everything() {
  constexpr std::string_view why = "the client is stopping";
  for (auto& its : sides_) {
    for (auto& transfer : its.transfers) {
      if (!transfer->busy()) continue;
      curl_multi_remove_handle(multi_.get(), transfer->handle());
      end(its, *transfer, transfer->failure(FailureKind::stopped, why));
    }
  }
  std::vector<Call> submitted;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    submitted.swap(submitted_);
  }
  for (auto& its : sides_) {
    for (auto& call : its.lane.take_all()) submitted.push_back(std::move(call));
  }
  for (auto& call : submitted) {
    auto& counters = side(call.service).counters;
    --counters.queued;
    ++counters.errors;
    deliver_unsent(std::move(call), FailureKind::stopped, why);
  }
}

}  // namespace orders::http
