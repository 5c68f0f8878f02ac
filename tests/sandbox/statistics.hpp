// What a service counts: requests, answers by status, and how many were under way at once, in all and for
// each route. Owned by a Service, shown by the control routes. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/sandbox/route.hpp"

namespace orders::sandbox {

class Statistics {
 public:
  void begin(const Route& route);
  /// An answer of this status leaves; 0 for none or a broken one.
  void answer(const Route& route, unsigned status);
  void end(const Route& route);
  [[nodiscard]] std::uint64_t in_flight() const { return all_.in_flight; }
  /// Forgets everything but what is under way.
  void reset();
  /// `{"count":..,"in_flight":..,"max_in_flight":..,"statuses":{"200":..},"routes":{"GET /products":{...}}}`.
  [[nodiscard]] std::string json(const RouteTable& table) const;

 private:
  struct Row {
    std::uint64_t count = 0;
    std::uint64_t in_flight = 0;
    std::uint64_t max_in_flight = 0;
    std::map<unsigned, std::uint64_t> statuses{};

    void begin();
    void reset();
    [[nodiscard]] std::string members() const;
  };

  Row all_;
  std::map<const Route*, Row> rows_;
};

}  // namespace orders::sandbox
