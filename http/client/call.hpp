// One request to a neighbouring service and how it ended: what HttpClient is given and gives back. The
// catalog and cart clients build calls, Lane queues them, Transfer carries them out. Plain values; a call
// belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>

#include "domain/counters.hpp"
#include "domain/neighbours.hpp"

namespace orders::http {

/// The neighbours. Each has limits, a queue and counters of its own.
enum class Service : std::uint8_t { catalog, cart };
inline constexpr std::size_t services = 2;

enum class Method : std::uint8_t { get, put };

/// An HTTP answer, whatever its status: redirects are not followed, 5xx is an answer too.
struct Answer {
  int status = 0;
  std::string body{};
  std::string etag{};  ///< as sent, quotes included; empty when there was none
};

enum class FailureKind : std::uint8_t {
  refused,      ///< the queue is full
  stopped,      ///< the client is stopping or has stopped
  expired,      ///< its deadline passed, or came too near, while it waited for its turn
  timed_out,    ///< begun, but not answered within the time allowed
  oversized,    ///< the answer is larger than allowed
  unreachable,  ///< no connection, a connection that ended too early, or something that is not HTTP
};

/// Why there is no answer.
struct Failure {
  FailureKind kind = FailureKind::unreachable;
  bool sent = false;     ///< the service may have received the request; false: certainly not
  bool busy = false;     ///< refused or expired while the service was answering others
  std::string detail{};  ///< a sentence for the log
};

using Outcome = std::variant<Answer, Failure>;

struct Call {
  Service service = Service::catalog;
  Method method = Method::get;
  std::string target{};    ///< appended to the service's URL: begins with '/', may have a query
  std::string body{};      ///< JSON; PUT only
  std::string if_match{};  ///< an ETag as it was received (RFC 9110 section 13.1.1); empty: none; PUT only
  Deadline deadline{};  ///< a GET has ended by then; a PUT has begun by then, and its time limit counts from
                        ///< there: one cut off early would leave a doubt
  Deadline not_before{};  ///< GET: it is not sent earlier than this
  bool exclusive =
      false;  ///< it is sent only while nothing else of its service is under way, and nothing else with it
  /// Called exactly once, on the client's thread, or in submit() when refused at once. Must not block. What
  /// it throws is logged and dropped.
  std::function<void(Outcome)> done{};
};

/// What is counted for each service; any thread may read.
struct ClientCounters {
  Count calls{0};       ///< requests begun
  Gauge in_flight{0};   ///< begun, not ended
  Gauge queued{0};      ///< accepted, not begun
  Count timeouts{0};    ///< not answered in time, or expired in the queue
  Count errors{0};      ///< refused, ended without an answer for another reason, or answered 5xx
  Count retries{0};     ///< GETs sent again, for whatever reason
  Count mistrusted{0};  ///< answers about another thing, or not understood
};

}  // namespace orders::http
