#include "tests/http/server/service.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace orders::test {

namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::size_t piece = 16'384;

std::string parameter(const http::Request& request, const std::string& name, const std::string& otherwise) {
  for (const auto& [key, value] : request.query) {
    if (key == name) return value;
  }
  return otherwise;
}

http::Response text(std::string body, int status = 200) {
  return {status, "text/plain", {}, std::move(body)};
}

/// Writes until more than one low-water mark waits, and goes on when it is told to.
class Writer : public std::enable_shared_from_this<Writer> {
 public:
  Writer(http::BodyStream stream, std::size_t bytes, std::atomic<int>& stopped)
      : stream_(std::move(stream)), left_(bytes), stopped_(stopped) {}

  void step() {
    for (int i = 0; i < 4 && left_ > 0; ++i) {
      const std::size_t size = std::min(left_, piece);
      if (!stream_.write(std::string(size, 's'))) {
        ++stopped_;
        return;
      }
      left_ -= size;
    }
    if (left_ == 0) return stream_.finish();
    stream_.when_drained([self = shared_from_this()] { self->step(); });
  }

 private:
  http::BodyStream stream_;
  std::size_t left_;
  std::atomic<int>& stopped_;
};

}  // namespace

Service::Service(const std::function<void(Settings&)>& change, http::RenderError render) {
  Settings settings;
  settings.port = 0;
  settings.connections_max = 200;
  if (change) change(settings);
  server_ = std::make_unique<http::Server>(
      settings,
      [this](http::Request request, http::Responder responder) {
        handle(std::move(request), std::move(responder));
      },
      std::move(render));
  server_->start();
  worker_ = std::thread([this] { run(); });
}

Service::~Service() {
  server_->stop();
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  worker_.join();
}

void Service::handle(http::Request request, http::Responder responder) {
  if (request.path == "/throw") throw std::runtime_error("secret");
  if (request.path == "/throw-int") throw 42;
  if (request.path == "/now") return responder.send(text("now"));
  {
    const std::lock_guard lock(mutex_);
    if (request.path == "/hold") {
      held_.push_back(std::move(responder));
    } else {
      jobs_.push_back({std::move(request), std::move(responder)});
    }
  }
  changed_.notify_all();
}

void Service::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
    if (ending_) break;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    answer(std::move(job));
    lock.lock();
  }
}

void Service::answer(Job job) {
  const http::Request& request = job.request;
  if (request.path == "/drop") return;
  if (request.path == "/stream" || request.path == "/flood" || request.path == "/cut" ||
      request.path == "/stall")
    return stream(std::move(job));
  if (request.path == "/echo") return job.responder.send(text(request.body));
  if (request.path == "/status")
    return job.responder.send(text("body", std::stoi(parameter(request, "code", "200"))));
  if (request.path == "/big") {
    return job.responder.send(text(std::string(std::stoul(parameter(request, "bytes", "0")), 'b')));
  }
  if (request.path == "/inject") {
    http::Response response = text("safe");
    response.headers = {
        {"X-Bad", "a\r\nX-Evil: 1"}, {"X Bad", "a"}, {"Content-Length", "1"}, {"X-Good", "b"}};
    return job.responder.send(std::move(response));
  }
  if (request.path == "/show") return job.responder.send(text(request.method + " " + request.id));
  job.responder.send(text("hello"));
}

void Service::stream(Job job) {
  const std::size_t bytes = std::stoul(parameter(job.request, "bytes", "0"));
  http::BodyStream stream = job.responder.stream(text(""));
  if (job.request.path == "/stream") {
    std::make_shared<Writer>(std::move(stream), bytes, writers_stopped_)->step();
    return;
  }
  if (job.request.path == "/cut" || job.request.path == "/stall") {
    stream.write("half of it");
    stream.keeps(bytes);
    if (job.request.path == "/stall") stalled_.push_back(std::move(stream));
    return;
  }
  for (std::size_t written = 0; written < bytes; written += piece) {
    if (!stream.write(std::string(piece, 'f'))) {
      ++writers_stopped_;
      return;
    }
  }
  stream.finish();
}

bool Service::wait_held(std::size_t count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return held_.size() >= count; });
}

std::vector<bool> Service::held_alive() {
  const std::lock_guard lock(mutex_);
  std::vector<bool> alive;
  for (const auto& responder : held_) alive.push_back(responder.alive());
  return alive;
}

void Service::release() {
  std::vector<http::Responder> held;
  {
    const std::lock_guard lock(mutex_);
    held.swap(held_);
  }
  for (auto& responder : held) responder.send(text("released"));
}

bool Service::wait_until(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace orders::test
