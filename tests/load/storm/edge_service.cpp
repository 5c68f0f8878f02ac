#include "tests/load/storm/edge_service.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace orders::storm {

namespace {

constexpr std::size_t piece = 16'384;

std::size_t number(const http::Request& request, const char* name) {
  for (const auto& [key, value] : request.query) {
    if (key == name) return std::strtoul(value.c_str(), nullptr, 10);
  }
  return 0;
}

http::Response text(std::string body) { return {200, "text/plain", {}, std::move(body)}; }

/// "/echo/abc" is {"echo", "abc"}.
std::pair<std::string, std::string> parts_of(const std::string& path) {
  const auto slash = path.find('/', 1);
  if (slash == std::string::npos) return {path.substr(std::min<std::size_t>(1, path.size())), ""};
  return {path.substr(1, slash - 1), path.substr(slash + 1)};
}

/// Writes as much as the client takes.
class Writer : public std::enable_shared_from_this<Writer> {
 public:
  Writer(http::BodyStream stream, std::string token, std::size_t bytes)
      : stream_(std::move(stream)), token_(std::move(token)), bytes_(bytes) {}

  void step() {
    for (int i = 0; i < 4 && written_ < bytes_; ++i) {
      const auto size = std::min(bytes_ - written_, piece);
      if (!stream_.write(marked_text(token_, written_, size))) return;
      written_ += size;
    }
    if (written_ == bytes_) return stream_.finish();
    stream_.when_drained([self = shared_from_this()] { self->step(); });
  }

 private:
  http::BodyStream stream_;
  const std::string token_;
  const std::size_t bytes_;
  std::size_t written_ = 0;
};

}  // namespace

std::string marked_text(const std::string& token, std::size_t from, std::size_t bytes) {
  const auto line = token + "\n";
  std::string out;
  out.reserve(bytes + line.size());
  out = line.substr(from % line.size());
  while (out.size() < bytes) out += line;
  out.resize(bytes);
  return out;
}

EdgeService::EdgeService(const config::Http& settings, std::size_t threads)
    : server_(settings, [this](http::Request request, http::Responder responder) {
        take(std::move(request), std::move(responder));
      }) {
  server_.start();
  for (std::size_t n = 0; n < threads; ++n) threads_.emplace_back([this] { work(); });
}

EdgeService::~EdgeService() {
  server_.stop();
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool EdgeService::drain(std::chrono::milliseconds limit) {
  server_.begin_drain();
  return server_.wait_drained(Clock::now() + limit);
}

void EdgeService::take(http::Request request, http::Responder responder) {
  if (request.path == "/livez") {
    return responder.send({200, "application/json", {}, R"({"status":"live"})"});
  }
  if (request.path == "/state") return responder.send(text(state()));
  const auto due = Clock::now() + std::chrono::microseconds(number(request, "us"));
  {
    const std::lock_guard lock(mutex_);
    jobs_.push({due, std::move(request), std::move(responder)});
  }
  changed_.notify_one();
}

void EdgeService::work() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (jobs_.empty()) {
      changed_.wait(lock);
    } else if (const auto due = jobs_.top().due; due > Clock::now()) {
      changed_.wait_until(lock, due);
    } else {
      // The queue only shows its elements as constant, since their order must not change; it is popped at
      // once.
      Job job = std::move(const_cast<Job&>(jobs_.top()));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
      jobs_.pop();
      lock.unlock();
      answer(std::move(job));
      lock.lock();
    }
  }
}

void EdgeService::answer(Job job) {
  if (!job.responder.alive()) return;  // as actors do: nobody waits for it any more
  const auto [kind, token] = parts_of(job.request.path);
  if (kind == "drop") return;
  const auto bytes = number(job.request, "bytes");
  if (kind == "big") return job.responder.send(text(marked_text(token, 0, bytes)));
  if (kind == "stream") {
    return std::make_shared<Writer>(job.responder.stream(text("")), token, bytes)->step();
  }
  auto body = token + "\n" + job.request.body;
  if (kind == "stamped") body += std::to_string(Clock::now().time_since_epoch().count());
  job.responder.send(text(std::move(body)));
}

std::string EdgeService::state() const {
  const auto& counted = server_.counters();
  std::string out;
  const auto line = [&out](const char* name, std::uint64_t value) {
    out += std::string(name) + " " + std::to_string(value) + "\n";
  };
  line("open_connections", counted.open_connections);
  line("in_flight", counted.in_flight);
  line("pending_bytes", counted.pending_bytes);
  line("receiving_bytes", counted.receiving_bytes);
  line("accepted", counted.accepted);
  line("rejected", counted.rejected);
  line("requests", counted.requests);
  line("responses", counted.responses);
  line("slow_dropped", counted.slow_dropped);
  line("timeouts_header", counted.timeouts_header);
  line("timeouts_body", counted.timeouts_body);
  line("timeouts_idle", counted.timeouts_idle);
  line("timeouts_write", counted.timeouts_write);
  line("late_answers", counted.late_answers);
  line("parse_errors", counted.parse_errors);
  line("handler_exceptions", counted.handler_exceptions);
  return out;
}

}  // namespace orders::storm
