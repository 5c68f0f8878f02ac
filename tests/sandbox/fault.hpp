// Faults that a test orders at run time: which requests they meet, what becomes of the answer, and what
// becomes of the write. A FaultList belongs to one Service and is filled by the control routes. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/sandbox/route.hpp"

namespace orders::sandbox {

enum class Reply : std::uint8_t {
  normal,
  close,         ///< the connection ends without a byte
  hang,          ///< nothing, until the client goes away
  error,         ///< 500, text/plain
  not_found,     ///< the lie that there is no such row
  other_row,     ///< the right answer about another row
  garbage,       ///< bytes that are no HTTP
  invalid_json,  ///< 200 with a body that is cut JSON
  truncated,     ///< half of the body, then the connection ends
};

enum class Effect : std::uint8_t { now, never, later };

/// What happens to one request.
struct Fault {
  Reply reply = Reply::normal;
  Effect effect = Effect::now;
  std::chrono::milliseconds delay{0};                ///< before the request is handled
  std::chrono::milliseconds answer_delay{0};         ///< after it is handled, before the answer
  std::optional<std::chrono::milliseconds> after{};  ///< for Effect::later; none: when told to
};

/// Which requests a fault meets.
struct FaultRule {
  Fault fault{};
  const Route* route = nullptr;  ///< null: every route of the service
  std::optional<std::int64_t> id{};
  std::uint64_t skip = 0;  ///< that many matching requests pass first
  std::uint64_t count = std::numeric_limits<std::uint64_t>::max();
  double probability = 1;
  std::uint64_t seed = 1;
  std::uint64_t number = 0;  ///< given by the control routes
  std::uint64_t hits = 0;
};

/// As they are called in JSON: "normal", "500", "not_found", ...
std::optional<Reply> reply_named(std::string_view name);
std::string_view name_of(Reply reply);
std::optional<Effect> effect_named(std::string_view name);
std::string_view name_of(Effect effect);

class FaultList {
 public:
  void add(const FaultRule& rule);
  /// False if there is no such fault.
  bool remove(std::uint64_t number);
  void clear() { rules_.clear(); }
  /// The first fault that meets the call, counting it.
  std::optional<Fault> pick(const Call& call);
  [[nodiscard]] std::vector<FaultRule> rules() const;
  [[nodiscard]] std::size_t size() const { return rules_.size(); }

 private:
  struct Entry {
    FaultRule rule;
    std::mt19937_64 random;
  };
  std::vector<Entry> rules_;
};

}  // namespace orders::sandbox
