#include "tests/sandbox/statistics.hpp"

#include <algorithm>

namespace orders::sandbox {

void Statistics::Row::begin() {
  ++count;
  max_in_flight = std::max(max_in_flight, ++in_flight);
}

void Statistics::Row::reset() {
  count = 0;
  max_in_flight = in_flight;
  statuses.clear();
}

std::string Statistics::Row::members() const {
  std::string out = R"("count":)" + std::to_string(count) + R"(,"in_flight":)" + std::to_string(in_flight) +
                    R"(,"max_in_flight":)" + std::to_string(max_in_flight) + R"(,"statuses":{)";
  for (const auto& [status, times] : statuses) {
    if (out.back() != '{') out += ',';
    out += "\"" + std::to_string(status) + "\":" + std::to_string(times);
  }
  return out + "}";
}

void Statistics::begin(const Route& route) {
  all_.begin();
  rows_[&route].begin();
}

void Statistics::answer(const Route& route, unsigned status) {
  ++all_.statuses[status];
  ++rows_[&route].statuses[status];
}

void Statistics::end(const Route& route) {
  --all_.in_flight;
  --rows_[&route].in_flight;
}

void Statistics::reset() {
  all_.reset();
  for (auto& [route, row] : rows_) row.reset();
}

std::string Statistics::json(const RouteTable& table) const {
  std::string out = "{" + all_.members() + R"(,"routes":{)";
  for (const auto& route : table.routes()) {
    const auto found = rows_.find(&route);
    if (out.back() != '{') out += ',';
    out += quoted(route.name()) + ":{" + (found == rows_.end() ? Row{} : found->second).members() + "}";
  }
  return out + "}}";
}

}  // namespace orders::sandbox
