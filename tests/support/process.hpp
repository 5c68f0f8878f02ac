// Child processes for tests: started with an argument list (no shell), output kept in a file, ended by id.
// Not thread-safe; one object belongs to one test. The destructor kills what still runs.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace orders::test {

class Process {
 public:
  struct Options {
    std::map<std::string, std::string> environment{};  ///< added to ours
    std::string output{};                              ///< file that gets stdout and stderr; empty: /dev/null
    std::string run_as{};                              ///< user to become when we are root (through setpriv)
  };

  /// Throws std::system_error when the program cannot be started.
  Process(const std::vector<std::string>& command, const Options& options);
  explicit Process(const std::vector<std::string>& command);
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  [[nodiscard]] pid_t id() const { return pid_; }
  /// What it occupies of the machine's memory just now; 0 when it does not run.
  [[nodiscard]] long resident_bytes() const;
  void signal(int number) const;
  /// Its exit status, 128 + N when signal N ended it; none if it still runs after `limit`.
  std::optional<int> wait(std::chrono::milliseconds limit);
  [[nodiscard]] bool running();
  /// SIGTERM, then SIGKILL after `limit`; its exit status.
  int stop(std::chrono::milliseconds limit = std::chrono::seconds(10));

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
};

/// Runs to the end and returns its exit status; throws std::runtime_error after `limit`.
int run(const std::vector<std::string>& command, const Process::Options& options = {},
        std::chrono::milliseconds limit = std::chrono::seconds(60));

/// A TCP port that was free on 127.0.0.1 a moment ago.
int free_port();

/// Waits until something accepts connections on 127.0.0.1:port; false when `limit` passes.
bool wait_for_port(int port, std::chrono::milliseconds limit = std::chrono::seconds(20));

/// An empty folder under the system's temporary one, removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  TemporaryFolder(TemporaryFolder&&) = delete;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);

}  // namespace orders::test
