#include "http/server/edge.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "http/server/render.hpp"

namespace orders::http {

namespace {

std::uint64_t random_start() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

/// One-to-one over 64 bits, so that ids look random and never repeat.
std::uint64_t scramble(std::uint64_t number) {
  number = (number ^ (number >> 30U)) * 0xbf58476d1ce4e5b9U;
  number = (number ^ (number >> 27U)) * 0x94d049bb133111ebU;
  return number ^ (number >> 31U);
}

}  // namespace

Edge::Edge(const config::Http& http, Handler handle, RenderError render_error)
    : settings(http),
      handler(std::move(handle)),
      render(std::move(render_error)),
      low_water(std::min<std::size_t>(std::size_t{64} * 1024, http.pending_bytes_max / 2)),
      connections_max(http.connections_max),
      next_id_(random_start()) {}

std::string Edge::next_request_id() { return fmt::format("{:016x}", scramble(next_id_.fetch_add(1))); }

Response Edge::refusal(int status, const std::string& detail, const std::string& request_id) const {
  Response response;
  try {
    response = render ? render(status, detail, request_id) : default_problem(status, detail);
  } catch (const std::exception& error) {
    spdlog::error("rendering a {} failed: {}", status, error.what());
    response = default_problem(status, detail);
  } catch (...) {
    spdlog::error("rendering a {} failed", status);
    response = default_problem(status, detail);
  }
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

void Edge::connection_closed() {
  if (counters.open_connections.fetch_sub(1) != 1) return;
  // Taking the lock makes sure that a waiter either sees zero or is already waiting when it is notified.
  { const std::lock_guard lock(mutex_); }
  closed_.notify_all();
}

bool Edge::wait_until_no_connection(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return closed_.wait_until(lock, deadline, [this] { return counters.open_connections == 0; });
}

}  // namespace orders::http
