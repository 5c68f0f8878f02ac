#include "tests/sandbox/state_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace orders::sandbox {

namespace {

constexpr std::size_t outdated_lines_min = 10'000;  // fewer are not worth writing the file anew

[[noreturn]] void fail(const std::string& what, const std::string& path) {
  throw std::runtime_error("cannot " + what + " " + path + ": " + std::strerror(errno));
}

void write_all(int file, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

StateFile::StateFile(std::string path, Store& store) : path_(std::move(path)), store_(store) {
  load();
  rewrite();
  store_.set_journal([this](std::string_view line) { append(line); });
}

StateFile::~StateFile() {
  store_.set_journal(nullptr);
  if (file_ >= 0) ::close(file_);
}

void StateFile::load() {
  std::ifstream in(path_, std::ios::binary);
  std::size_t number = 0;
  bool cut_short = false;
  for (std::string line; std::getline(in, line);) {
    ++number;
    // Only the last line may be half written; anything else means that this is not a file of ours.
    if (cut_short) throw std::runtime_error(path_ + ": line " + std::to_string(number - 1) + " is not a row");
    cut_short = !line.empty() && !store_.restore(line);
  }
  if (cut_short && number == 1) throw std::runtime_error(path_ + " is not a state file");
}

void StateFile::append(std::string_view line) {
  line_.assign(line).push_back('\n');
  write_all(file_, line_, path_);
  ++lines_;
}

void StateFile::tidy() {
  if (lines_ > 2 * store_.rows() + outdated_lines_min) rewrite();
}

void StateFile::rewrite() {
  const std::string beside = path_ + ".new";
  const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) fail("create", beside);
  if (file_ >= 0) ::close(file_);
  file_ = file;
  lines_ = 0;
  std::string text;
  store_.dump([&](std::string_view line) {
    text.append(line).push_back('\n');
    ++lines_;
  });
  write_all(file_, text, beside);
  if (std::rename(beside.c_str(), path_.c_str()) != 0) fail("rename to", path_);
}

}  // namespace orders::sandbox
