#include "command/log.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <ctime>
#include <memory>
#include <mutex>
#include <poll.h>
#include <unistd.h>
#include <utility>

#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
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

/// Not through stdio: whoever flushes or closes a stream at the end would wait for the writer's lock on it.
class StandardError : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// Whether flush() has been carried out, which only end_log() asks for, after everything else.
  bool wait_flushed(std::chrono::milliseconds limit) {
    std::unique_lock lock(flushed_mutex_);
    return flushed_now_.wait_for(lock, limit, [this] { return flushed_; });
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& entry) override {
    line_.clear();
    formatter_->format(entry, line_);
    for (std::size_t done = 0; done < line_.size();) {
      const auto written = ::write(STDERR_FILENO, line_.data() + done, line_.size() - done);
      if (written < 0 && errno == EAGAIN) {
        pollfd full{STDERR_FILENO, POLLOUT, 0};
        (void)::poll(&full, 1, -1);
      } else if (written < 0 && errno != EINTR) {
        return;  // there is nowhere to say so
      }
      done += static_cast<std::size_t>(std::max<ssize_t>(written, 0));
    }
  }
  void flush_() override {
    const std::lock_guard lock(flushed_mutex_);
    flushed_ = true;
    flushed_now_.notify_all();
  }

 private:
  spdlog::memory_buf_t line_;
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
