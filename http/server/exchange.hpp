// A request as a value, and the promise of its answer: what the rest of the service sees of the edge.
// Handlers get a Request and a Responder, may pass the Responder to any thread, and answer once, whole or as
// a stream. Nothing here blocks and nothing throws into the caller; each object belongs to one thread at a
// time.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orders::http {

class Exchange;

using NameValues = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;  ///< as sent, e.g. "GET"
  std::string path;    ///< percent-decoded once, valid UTF-8, no NUL; "*" for OPTIONS *
  NameValues query;    ///< decoded, in the order sent; '+' stays '+'
  NameValues headers;  ///< names lower-cased, values trimmed, in the order sent
  std::string body;    ///< whole, at most config::Http::body_bytes_max
  std::string id;      ///< 16 hex digits, unique; goes out as X-Request-Id
  std::chrono::steady_clock::time_point received;  ///< when its last byte was here

  /// The first header of that name, or nullptr.
  [[nodiscard]] const std::string* header(std::string_view lower_case_name) const;
};

/// Content-Length, Transfer-Encoding, Connection, Date and X-Request-Id are the edge's own: headers of these
/// names are left out, and so is one that would not be valid HTTP. 1xx is not for handlers.
struct Response {
  int status = 200;
  std::string content_type;  ///< empty: none
  NameValues headers;
  std::string body;  ///< not sent for HEAD, 204 and 304
};

/// A chunked answer being written (to HTTP/1.0 clients: until close). Destroying it unfinished aborts the
/// connection, so that the client can tell that something is missing.
class BodyStream {
 public:
  explicit BodyStream(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  BodyStream(BodyStream&&) noexcept = default;
  BodyStream& operator=(BodyStream&& other) noexcept;
  BodyStream(const BodyStream&) = delete;
  BodyStream& operator=(const BodyStream&) = delete;
  ~BodyStream();

  /// Any thread, never blocks. False: the client has gone, was dropped, or wants no body (HEAD); stop
  /// writing. Who writes without waiting for when_drained may go over config::Http::pending_bytes_max, and
  /// the client is dropped.
  bool write(std::string bytes);
  /// How much of the answer its writer has ready and keeps until when_drained(): it counts as waiting for
  /// this client, in all limits but that of write(). Holds until the next call, or the end.
  void keeps(std::size_t bytes);
  /// The last of it; later calls do nothing.
  void finish();
  /// One-shot: called once the bytes waiting for this client are below the low-water mark (64 KiB, or half of
  /// pending_bytes_max if that is less), or when the client has gone; never from within this call unless it
  /// has gone. It runs on a reactor thread as a rule, so it must not block, and perhaps before this call
  /// returns: let this be the last thing done with the stream until then. A second call before that replaces
  /// the first.
  void when_drained(std::function<void()> then);
  [[nodiscard]] bool gone() const noexcept;

 private:
  void abort() noexcept;

  std::shared_ptr<Exchange> exchange_;
};

class Responder {
 public:
  explicit Responder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&& other) noexcept;
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  /// Answers 500 if nobody did.
  ~Responder();

  /// The answer. Any thread; one shot: a second one is ignored.
  void send(Response response) noexcept;
  /// Begins a streamed answer; head.body is sent first. After send() or stream() the result is one that has
  /// gone.
  BodyStream stream(Response head);
  /// False once the client has gone or was told that it took too long: nobody waits for the answer.
  [[nodiscard]] bool alive() const noexcept;
  /// The same question for others: a function for any thread, also while this one answers.
  [[nodiscard]] std::function<bool()> watch() const;

 private:
  void give_up() noexcept;

  std::shared_ptr<Exchange> exchange_;
};

/// Called on a reactor thread; must not block. An exception from it is a 500.
using Handler = std::function<void(Request, Responder)>;

/// Renders the edge's own refusals (400, 408, 413 ...), so that they look like the service's. Any thread.
using RenderError =
    std::function<Response(int status, const std::string& detail, const std::string& request_id)>;

}  // namespace orders::http
