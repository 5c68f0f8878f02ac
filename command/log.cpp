#include "command/log.hpp"

#include <chrono>
#include <csignal>
#include <ctime>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace orders::command {

namespace {

constexpr std::size_t lines_waiting_max = 1'024;
constexpr std::chrono::seconds end_patience{1};

/// The text of an entry. Databases and neighbours put line breaks into what they say, and a client's words
/// might be made to look like lines of ours.
class OneLine : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& entry, const std::tm& /*time*/,
              spdlog::memory_buf_t& line) override {
    for (const char c : entry.payload) line.push_back(static_cast<unsigned char>(c) < ' ' ? ' ' : c);
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<OneLine>();
  }
};

/// The thread that writes. The logger has only a weak pointer to it, so it ends when this one goes.
using Writer = std::shared_ptr<spdlog::details::thread_pool>;

Writer& writer() {
  static Writer one;
  return one;
}

void leave_signals_to_others() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

void start_log(const std::string& level) {
  writer() = std::make_shared<spdlog::details::thread_pool>(lines_waiting_max, 1, leave_signals_to_others);
  spdlog::set_default_logger(
      std::make_shared<spdlog::async_logger>("orderd", std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                             writer(), spdlog::async_overflow_policy::overrun_oldest));
  auto lines = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  lines->add_flag<OneLine>('*').set_pattern("%Y-%m-%dT%H:%M:%S.%fZ %l %*");
  spdlog::set_formatter(std::move(lines));
  spdlog::set_level(spdlog::level::from_str(level));
}

bool end_log() {
  auto last = std::atomic_exchange(&writer(), Writer());
  if (!last) return true;
  std::promise<void> written;
  auto all = written.get_future();
  // Its end waits for what it has to write, and would wait for ever for a reader that has stopped reading.
  std::thread([last = std::move(last), written = std::move(written)]() mutable {
    last.reset();
    written.set_value();
  }).detach();
  return all.wait_for(end_patience) == std::future_status::ready;
}

}  // namespace orders::command
