#include "tests/sandbox/fault_json.hpp"

#include <initializer_list>

namespace orders::sandbox {

namespace {

std::string_view text(const rapidjson::Value& value) { return {value.GetString(), value.GetStringLength()}; }

/// Reads members one by one; the first one that cannot be used ends it.
class Reader {
 public:
  explicit Reader(const rapidjson::Value& json) : json_(json) {}

  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  void fail(const std::string& why) {
    if (trouble_.empty()) trouble_ = why;
  }

  /// The member if it is there.
  const rapidjson::Value* member(const char* name) {
    const auto found = json_.FindMember(name);
    return found == json_.MemberEnd() ? nullptr : &found->value;
  }

  std::string_view string(const char* name) {
    const auto* value = member(name);
    if (value == nullptr) return {};
    if (value->IsString()) return text(*value);
    fail(std::string(name) + " must be a string");
    return {};
  }

  std::optional<std::uint64_t> whole(const char* name) {
    const auto* value = member(name);
    if (value == nullptr) return std::nullopt;
    if (value->IsUint64() && value->GetUint64() <= limit) return value->GetUint64();
    fail(std::string(name) + " must be a whole number from 0 on");
    return std::nullopt;
  }

  std::optional<std::chrono::milliseconds> milliseconds(const char* name) {
    const auto number = whole(name);
    if (!number) return std::nullopt;
    return std::chrono::milliseconds(*number);
  }

  void only(std::initializer_list<std::string_view> names) {
    for (const auto& entry : json_.GetObject()) {
      bool known = false;
      for (const auto name : names) known = known || text(entry.name) == name;
      if (!known) fail("unknown member " + std::string(text(entry.name)));
    }
  }

 private:
  static constexpr std::uint64_t limit = 1'000'000'000'000;  // far from overflowing as microseconds

  const rapidjson::Value& json_;
  std::string trouble_;
};

void read_target(Reader& reader, Service& catalog, Service& cart, OrderedFault& fault) {
  const auto route = reader.string("route");
  const auto service = reader.string("service");
  if (!route.empty()) {
    fault.service = catalog.table().find(route) != nullptr ? &catalog : &cart;
    fault.rule.route = fault.service->table().find(route);
    if (fault.rule.route == nullptr) reader.fail("no such route: " + std::string(route));
  } else if (service == "catalog" || service == "cart") {
    fault.service = service == "cart" ? &cart : &catalog;
  } else {
    reader.fail(R"(either "route" or "service" ("catalog" or "cart") is needed)");
  }
  if (const auto* id = reader.member("id")) {
    if (id->IsInt64()) {
      fault.rule.id = id->GetInt64();
    } else {
      reader.fail("id must be a whole number");
    }
  }
}

void read_behaviour(Reader& reader, Fault& fault) {
  if (reader.member("answer") != nullptr) {
    const auto reply = reply_named(reader.string("answer"));
    if (!reply) reader.fail("no such answer");
    fault.reply = reply.value_or(Reply::normal);
  }
  if (reader.member("apply") != nullptr) {
    const auto effect = effect_named(reader.string("apply"));
    if (!effect) reader.fail(R"(apply must be "now", "never" or "later")");
    fault.effect = effect.value_or(Effect::now);
  }
  fault.delay = reader.milliseconds("delay_ms").value_or(fault.delay);
  fault.answer_delay = reader.milliseconds("answer_delay_ms").value_or(fault.answer_delay);
  fault.after = reader.milliseconds("after_ms");
}

void check_lies(Reader& reader, const FaultRule& rule) {
  const auto reply = rule.fault.reply;
  if (reply != Reply::not_found && reply != Reply::other_row) return;
  const auto* route = rule.route;
  const bool possible =
      route != nullptr && (reply == Reply::not_found ? bool(route->not_found) : bool(route->other_row));
  if (!possible) reader.fail("this answer needs a \"route\" that has it");
}

}  // namespace

std::string read_fault(const rapidjson::Value& json, Service& catalog, Service& cart, OrderedFault& fault) {
  Reader reader(json);
  reader.only({"route", "service", "id", "answer", "apply", "after_ms", "delay_ms", "answer_delay_ms", "skip",
               "count", "probability", "seed"});
  read_target(reader, catalog, cart, fault);
  read_behaviour(reader, fault.rule.fault);
  fault.rule.skip = reader.whole("skip").value_or(fault.rule.skip);
  fault.rule.count = reader.whole("count").value_or(fault.rule.count);
  fault.rule.seed = reader.whole("seed").value_or(fault.rule.seed);
  if (const auto* probability = reader.member("probability")) {
    if (probability->IsNumber() && probability->GetDouble() >= 0 && probability->GetDouble() <= 1) {
      fault.rule.probability = probability->GetDouble();
    } else {
      reader.fail("probability must be from 0 to 1");
    }
  }
  check_lies(reader, fault.rule);
  return reader.trouble();
}

std::string fault_json(const FaultRule& rule, std::string_view service) {
  std::string out = R"({"fault":)" + std::to_string(rule.number) + R"(,"service":)" + quoted(service);
  if (rule.route != nullptr) out += R"(,"route":)" + quoted(rule.route->name());
  if (rule.id) out += R"(,"id":)" + std::to_string(*rule.id);
  out += R"(,"answer":)" + quoted(name_of(rule.fault.reply)) + R"(,"apply":)" +
         quoted(name_of(rule.fault.effect));
  return out + R"(,"hits":)" + std::to_string(rule.hits) + "}";
}

}  // namespace orders::sandbox
