// Requests and answers as the sandbox's services see them, and the few shapes of answer that the two real
// services have. The server fills a Request from the wire and writes an Answer to it. Plain values;
// everything in the sandbox runs in one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace orders::sandbox {

/// Views into the connection's buffers: valid until the request is answered or the connection object is gone.
struct Request {
  std::string_view method;
  std::string_view path;   ///< percent-encoded, without the query
  std::string_view query;  ///< what follows the first '?'
  std::string_view host;
  std::string_view content_type;
  std::string_view if_match;
  std::string_view body;
};

struct Answer {
  unsigned status = 200;
  std::string body{};
  std::shared_ptr<const std::string> shared_body{};  ///< sent instead of `body`, without copying it
  std::string headers{};                             ///< further header lines, each ended by CR LF
  bool json = true;                                  ///< text/plain otherwise
  bool close = false;                                ///< the connection ends after it, unannounced

  [[nodiscard]] std::string_view text() const { return shared_body ? *shared_body : body; }
};

Answer json_answer(unsigned status, std::string body);
/// `{"detail":"..."}`.
Answer detail_answer(unsigned status, std::string_view detail);
/// 200 and a JSON string: how the running services say "not found".
Answer bare_string_answer(std::string_view text);
/// What an unhandled error gives: text/plain, and the connection is closed after it.
Answer internal_error_answer();
/// 204: no body and no content-length.
Answer no_content_answer();

/// `text` as a JSON string with its quotes.
std::string quoted(std::string_view text);
/// `%41` and `+` undone; what is not a valid escape stays as it is.
std::string percent_decoded(std::string_view text, bool plus_is_space);
/// The first value of `name` in a query; `found` tells an absent one from an empty one.
std::string query_value(std::string_view query, std::string_view name, bool& found);

}  // namespace orders::sandbox
