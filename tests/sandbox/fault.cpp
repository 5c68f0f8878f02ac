#include "tests/sandbox/fault.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace orders::sandbox {

namespace {

constexpr std::array<std::pair<std::string_view, Reply>, 9> reply_names{{
    {"normal", Reply::normal},
    {"close", Reply::close},
    {"hang", Reply::hang},
    {"500", Reply::error},
    {"not_found", Reply::not_found},
    {"other_row", Reply::other_row},
    {"garbage", Reply::garbage},
    {"invalid_json", Reply::invalid_json},
    {"truncated", Reply::truncated},
}};

constexpr std::array<std::pair<std::string_view, Effect>, 3> effect_names{{
    {"now", Effect::now},
    {"never", Effect::never},
    {"later", Effect::later},
}};

template <class Table, class Value>
std::string_view name_in(const Table& table, Value value) {
  for (const auto& [name, entry] : table) {
    if (entry == value) return name;
  }
  return {};
}

}  // namespace

std::optional<Reply> reply_named(std::string_view name) {
  for (const auto& [text, reply] : reply_names) {
    if (text == name) return reply;
  }
  return std::nullopt;
}

std::optional<Effect> effect_named(std::string_view name) {
  for (const auto& [text, effect] : effect_names) {
    if (text == name) return effect;
  }
  return std::nullopt;
}

std::string_view name_of(Reply reply) { return name_in(reply_names, reply); }
std::string_view name_of(Effect effect) { return name_in(effect_names, effect); }

void FaultList::add(const FaultRule& rule) { rules_.push_back({rule, std::mt19937_64(rule.seed)}); }

bool FaultList::remove(std::uint64_t number) {
  const auto found = std::find_if(rules_.begin(), rules_.end(),
                                  [number](const Entry& entry) { return entry.rule.number == number; });
  if (found == rules_.end()) return false;
  rules_.erase(found);
  return true;
}

std::optional<Fault> FaultList::pick(const Call& call) {
  for (auto& [rule, random] : rules_) {
    if (rule.route != nullptr && rule.route != call.route) continue;
    if (rule.id && (!call.id_is_number || *rule.id != call.id)) continue;
    if (rule.count == 0) continue;
    if (rule.skip > 0) {
      --rule.skip;
      continue;
    }
    if (rule.probability < 1 && std::uniform_real_distribution<>(0, 1)(random) >= rule.probability) continue;
    --rule.count;
    ++rule.hits;
    return rule.fault;
  }
  return std::nullopt;
}

std::vector<FaultRule> FaultList::rules() const {
  std::vector<FaultRule> out;
  for (const auto& entry : rules_) out.push_back(entry.rule);
  return out;
}

}  // namespace orders::sandbox
