// Keeps a Store in a file, one JSON row a line. Every change is appended before it is answered, so the data
// survive a kill -9; the file is written anew (beside it, then renamed over it) at start, at stop, and
// whenever more than half of it has become outdated. One thread. What cannot be written is thrown as
// std::runtime_error.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tests/sandbox/store.hpp"

namespace orders::sandbox {

class StateFile {
 public:
  /// Loads the file into `store` if it exists, and from then on follows the store's changes.
  StateFile(std::string path, Store& store);
  ~StateFile();
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;
  StateFile(StateFile&&) = delete;
  StateFile& operator=(StateFile&&) = delete;

  /// To be called about once a second: writes the file anew if that is worth it.
  void tidy();
  /// Writes the file anew.
  void rewrite();

 private:
  void load();
  void append(std::string_view line);

  std::string path_;
  Store& store_;
  int file_ = -1;
  std::size_t lines_ = 0;  ///< in the file
  std::string line_;
};

}  // namespace orders::sandbox
