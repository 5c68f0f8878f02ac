// How errors look to clients: RFC 9457 problem details, one row of a table for each ErrorCode. Details of 5xx
// are fixed sentences, since the cause is nobody's business outside; it goes to the log with the request id.
// Pure functions, any thread.
#pragma once

#include <string>

#include "domain/error.hpp"
#include "http/server/exchange.hpp"

namespace orders::http {

/// What a client is told about an ErrorCode.
struct ProblemKind {
  ErrorCode code;
  int status;
  const char* slug;  ///< last part of the problem type
  const char* title;
  const char* fixed_detail;  ///< instead of Error::detail; nullptr: Error::detail is for the client
  int retry_after;           ///< seconds; 0: no Retry-After header
};

const ProblemKind& problem_kind(ErrorCode code);

/// Says, with the value "true", that an answer was first given to an earlier request.
inline constexpr const char* replayed_header = "Idempotency-Replayed";

/// The answer to a request that failed. `request_id` becomes "instance", unless the error was first told in
/// answer to another request: then it is the very same answer as then.
Response problem(const Error& error, const std::string& request_id);

/// A refusal of the edge itself (400, 408, 413 ...), which has no ErrorCode.
Response edge_problem(int status, const std::string& detail, const std::string& request_id);

}  // namespace orders::http
