#include "tests/support/process.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include "tests/support/loopback.hpp"

namespace orders::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (text.rfind("ORDERD_", 0) == 0) continue;  // whoever runs the tests may run an orderd of their own
    if (added.count(text.substr(0, text.find('='))) == 0) all.push_back(text);
  }
  for (const auto& [name, value] : added) all.push_back(name + "=" + value);
  return all;
}

}  // namespace

Process::Process(const std::vector<std::string>& command) : Process(command, Options{}) {}

Process::Process(const std::vector<std::string>& command, const Options& options) {
  std::vector<std::string> words;
  if (!options.run_as.empty() && geteuid() == 0) {
    words = {"setpriv", "--reuid=" + options.run_as, "--regid=" + options.run_as, "--init-groups", "--"};
  }
  words.insert(words.end(), command.begin(), command.end());
  auto environment = environment_with(options.environment);

  posix_spawn_file_actions_t files{};
  posix_spawn_file_actions_init(&files);
  const std::string output = options.output.empty() ? "/dev/null" : options.output;
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  posix_spawnattr_t attributes{};
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);

  const int failed = posix_spawnp(&pid_, words.front().c_str(), &files, &attributes, pointers(words).data(),
                                  pointers(environment).data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) {
    pid_ = -1;
    throw std::system_error(failed, std::generic_category(), "cannot start " + words.front());
  }
}

Process::Process(Process&& other) noexcept : pid_(other.pid_), status_(other.status_) { other.pid_ = -1; }

Process::~Process() {
  if (pid_ > 0 && !status_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

long Process::resident_bytes() const {
  std::istringstream pages(read_file("/proc/" + std::to_string(pid_) + "/statm"));
  long total = 0;
  long resident = 0;
  pages >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

void Process::signal(int number) const {
  if (pid_ > 0 && !status_) ::kill(pid_, number);
}

std::optional<int> Process::wait(milliseconds limit) {
  const auto end = steady_clock::now() + limit;
  while (!status_) {
    int raw = 0;
    if (::waitpid(pid_, &raw, WNOHANG) == pid_) {
      status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    } else if (steady_clock::now() >= end) {
      return std::nullopt;
    } else {
      std::this_thread::sleep_for(milliseconds(5));
    }
  }
  return status_;
}

bool Process::running() { return !wait(milliseconds(0)); }

int Process::stop(milliseconds limit) {
  signal(SIGTERM);
  if (const auto status = wait(limit)) return *status;
  signal(SIGKILL);
  return wait(std::chrono::seconds(30)).value_or(-1);
}

int run(const std::vector<std::string>& command, const Process::Options& options, milliseconds limit) {
  Process process(command, options);
  if (const auto status = process.wait(limit)) return *status;
  throw std::runtime_error(command.front() + " did not end in time");
}

int free_port() {
  const auto taken = listen_on_loopback(1);
  ::close(taken.descriptor);
  return taken.port;
}

bool wait_for_port(int port, milliseconds limit) {
  const auto end = steady_clock::now() + limit;
  do {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(port);
    const bool open = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    if (open) return true;
    std::this_thread::sleep_for(milliseconds(10));
  } while (steady_clock::now() < end);
  return false;
}

TemporaryFolder::TemporaryFolder() {
  auto pattern = (std::filesystem::temp_directory_path() / "orderd-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw std::system_error(errno, std::generic_category(), "mkdtemp");
  std::filesystem::permissions(pattern, std::filesystem::perms(0755));  // other users' servers run in it
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace orders::test
