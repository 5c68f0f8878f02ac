// One request under way: a libcurl easy handle with everything it needs to send a call and collect the
// answer. HttpClient keeps a pool of them for each service and uses them on its thread only. This is where
// libcurl's habits are tamed: it never sends a PUT twice, and a GET twice only when told to.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "config/config.hpp"
#include "http/client/call.hpp"

namespace orders::http {

class Transfer {
 public:
  /// Throws std::runtime_error when libcurl has no memory or does not know an option.
  explicit Transfer(const config::Neighbour& settings);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  Transfer(Transfer&&) = delete;
  Transfer& operator=(Transfer&&) = delete;
  ~Transfer() = default;

  /// Makes it ready to send `call`. Throws as the constructor does.
  void begin(Call call, Deadline now);

  /// After it has ended with `code`: whether the request is a GET that died with a reused connection before
  /// anything was answered, and has not been sent again yet. Then begin_again() makes it ready for a
  /// connection of its own.
  [[nodiscard]] bool may_begin_again(CURLcode code, Deadline now) const;
  void begin_again(Deadline now);

  /// The outcome, after it has ended with `code`.
  Outcome outcome(CURLcode code);
  [[nodiscard]] Failure failure(FailureKind kind, std::string_view why) const;

  [[nodiscard]] CURL* handle() const { return easy_.get(); }
  Call& call() { return call_; }
  [[nodiscard]] bool busy() const { return busy_; }
  [[nodiscard]] Deadline begun() const { return begun_; }
  /// Forgets the call; the handle may be used for the next one.
  Call release();

  /// The transfer an easy handle belongs to.
  static Transfer& of(CURL* handle);

 private:
  struct FreeEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  struct FreeHeaders {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  using Headers = std::unique_ptr<curl_slist, FreeHeaders>;

  static int before_sending(void* self, char* to, char* from, int to_port, int from_port);
  static std::size_t header_line(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t body_part(char* data, std::size_t size, std::size_t count, void* self);

  template <class T>
  void set(CURLoption option, T value);
  void set_fixed_options(const config::Neighbour& settings);
  void prepare(Deadline now, bool fresh_connection);
  void hear_header(std::string_view line);

  std::unique_ptr<CURL, FreeEasy> easy_;
  Headers get_headers_;
  Headers put_headers_;
  Headers matching_headers_;  ///< of the PUT with an If-Match that was begun last
  std::string base_;
  std::string url_;
  std::chrono::milliseconds connect_timeout_;
  std::chrono::milliseconds call_timeout_;
  std::size_t body_bytes_max_;

  Call call_{};
  Answer answer_{};
  Deadline begun_{};
  Deadline ends_{};
  bool busy_ = false;
  bool sent_ = false;             ///< at least once
  bool sending_ = false;          ///< libcurl has begun to send it since prepare()
  bool connection_died_ = false;  ///< libcurl wanted to send it once more
  bool again_ = false;            ///< begin_again() was used up
  bool oversized_ = false;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
};

}  // namespace orders::http
