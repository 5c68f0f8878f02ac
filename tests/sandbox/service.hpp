// One of the two services: takes complete requests from its Server, lets each pass the queue of --serial, the
// service time, the ordered faults and the shared-cursor defect of --racy, and sees to it that it is answered
// and counted. One thread, that of the io_context.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "tests/sandbox/fault.hpp"
#include "tests/sandbox/later.hpp"
#include "tests/sandbox/route.hpp"
#include "tests/sandbox/statistics.hpp"

namespace orders::sandbox {

struct ServiceStyle {
  std::chrono::microseconds time{0};  ///< that every request takes
  bool serial = false;                ///< requests are handled one after another, as by a single worker
  bool racy = false;                  ///< overlapping requests disturb each other
  std::uint64_t seed = 1;
};

class Service {
 public:
  Service(boost::asio::io_context& context, std::vector<Route> routes, ServiceStyle style, LateWrites& late);

  /// A complete request; it will be answered, or not, as everything above says.
  void take(const std::shared_ptr<Connection>& connection);

  [[nodiscard]] const RouteTable& table() const { return table_; }
  FaultList& faults() { return faults_; }
  Statistics& statistics() { return statistics_; }

 private:
  using CallPtr = std::shared_ptr<Call>;

  void begin(const CallPtr& call);
  void run(const CallPtr& call);
  void handle(const CallPtr& call, const Fault& fault);
  void apply(const Outcome& outcome, const Fault& fault);
  void reply(const CallPtr& call, const Outcome& outcome, const Fault& fault);
  void answer(const CallPtr& call, const Answer& answer);
  void finish(const CallPtr& call);
  /// What the defect does to a request that overlapped with another one.
  Fault mischief(const Call& call);

  boost::asio::io_context& context_;
  RouteTable table_;
  ServiceStyle style_;
  LateWrites& late_;
  FaultList faults_;
  Statistics statistics_;
  std::unordered_set<CallPtr> under_way_;
  std::deque<CallPtr> waiting_;  // for their turn, with --serial
  bool running_ = false;         // one is having its turn
  std::mt19937_64 random_;
};

}  // namespace orders::sandbox
