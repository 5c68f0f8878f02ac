#include "tests/load/report.hpp"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace orders::load {

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

double milliseconds(std::chrono::microseconds value) { return static_cast<double>(value.count()) / 1000; }

double orders_per_second(const Results& results) {
  return static_cast<double>(results.placed_in_time) * 1000 / static_cast<double>(results.duration.count());
}

std::string latency_line(const char* name, const Latencies& values) {
  return fmt::format("{:<14} p50 {:.2f} ms, p90 {:.2f} ms, p99 {:.2f} ms, max {:.2f} ms\n", name,
                     milliseconds(values.percentile(0.5)), milliseconds(values.percentile(0.9)),
                     milliseconds(values.percentile(0.99)), milliseconds(values.max()));
}

void write_latencies(Writer& writer, const char* name, const Latencies& values) {
  writer.Key(name);
  writer.StartObject();
  writer.Key("p50");
  writer.Double(milliseconds(values.percentile(0.5)));
  writer.Key("p90");
  writer.Double(milliseconds(values.percentile(0.9)));
  writer.Key("p99");
  writer.Double(milliseconds(values.percentile(0.99)));
  writer.Key("max");
  writer.Double(milliseconds(values.max()));
  writer.EndObject();
}

}  // namespace

bool has_errors(const Results& results) {
  if (!results.transport_errors.empty() || results.cart_refusals != 0) return true;
  return results.answers.lower_bound(500) != results.answers.end();
}

std::string text_report(const Options& options, const Results& results) {
  std::string out = options.command + "\n";
  out += fmt::format("{:<14} {:.1f} (201 answers within {:.1f} s)\n", "orders/s", orders_per_second(results),
                     static_cast<double>(results.duration.count()) / 1000);
  out += fmt::format("{:<14}", "answers");
  for (const auto& [status, count] : results.answers) out += fmt::format(" {}: {}", status, count);
  out += "\n" + latency_line("latency", results.latencies) +
         latency_line("latency of 201", results.placed_latencies);
  out += fmt::format("{:<14}", "errors");
  for (const auto& [kind, count] : results.transport_errors) out += fmt::format(" {}: {}", kind, count);
  if (results.cart_refusals != 0) out += fmt::format(" cart refusals: {}", results.cart_refusals);
  if (results.transport_errors.empty() && results.cart_refusals == 0) out += " none";
  return out + "\n";
}

std::string json_report(const Options& options, const Results& results) {
  rapidjson::StringBuffer text;
  Writer writer(text);
  writer.SetMaxDecimalPlaces(3);
  writer.StartObject();
  writer.Key("command");
  writer.String(options.command.c_str(), static_cast<rapidjson::SizeType>(options.command.size()));
  writer.Key("connections");
  writer.Uint(options.connections);
  writer.Key("seconds");
  writer.Double(static_cast<double>(results.duration.count()) / 1000);
  writer.Key("orders_per_second");
  writer.Double(orders_per_second(results));
  writer.Key("answers");
  writer.StartObject();
  for (const auto& [status, count] : results.answers) {
    writer.Key(std::to_string(status).c_str());
    writer.Uint64(count);
  }
  writer.EndObject();
  write_latencies(writer, "latency_ms", results.latencies);
  write_latencies(writer, "latency_of_201_ms", results.placed_latencies);
  writer.Key("transport_errors");
  writer.StartObject();
  for (const auto& [kind, count] : results.transport_errors) {
    writer.Key(kind.c_str());
    writer.Uint64(count);
  }
  writer.EndObject();
  writer.Key("cart_refusals");
  writer.Uint64(results.cart_refusals);
  writer.EndObject();
  return std::string(text.GetString(), text.GetSize()) + "\n";
}

}  // namespace orders::load
