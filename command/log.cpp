#include "command/log.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <ctime>
#include <memory>
#include <mutex>
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

/// Tells when it has been flushed, which only end_log() asks for, after everything else.
class StandardError : public spdlog::sinks::stderr_sink_mt {
 public:
  void flush() override {
    spdlog::sinks::stderr_sink_mt::flush();
    const std::lock_guard lock(flushed_mutex_);
    flushed_ = true;
    flushed_now_.notify_all();
  }
  bool wait_flushed(std::chrono::milliseconds limit) {
    std::unique_lock lock(flushed_mutex_);
    return flushed_now_.wait_for(lock, limit, [this] { return flushed_; });
  }

 private:
  std::mutex flushed_mutex_;
  std::condition_variable flushed_now_;
  bool flushed_ = false;
};

/// Never destroyed: whoever logs to the last finds the thread, and its end would wait for a reader.
struct Writer {
  std::shared_ptr<StandardError> out = std::make_shared<StandardError>();
  std::shared_ptr<spdlog::details::thread_pool> thread;
};
std::atomic<Writer*> writer{nullptr};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void leave_signals_to_others() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

void start_log(const std::string& level) {
  auto* log = new Writer;
  log->thread = std::make_shared<spdlog::details::thread_pool>(lines_waiting_max, 1, leave_signals_to_others);
  spdlog::set_default_logger(std::make_shared<spdlog::async_logger>(
      "orderd", log->out, log->thread, spdlog::async_overflow_policy::overrun_oldest));
  auto lines = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  lines->add_flag<OneLine>('*').set_pattern("%Y-%m-%dT%H:%M:%S.%fZ %l %*");
  spdlog::set_formatter(std::move(lines));
  spdlog::set_level(spdlog::level::from_str(level));
  writer = log;
}

bool end_log() {
  auto* log = writer.load();
  if (log == nullptr) return true;
  spdlog::default_logger_raw()->flush();
  return log->out->wait_flushed(end_patience);
}

}  // namespace orders::command
