#include "http/client/transfer.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace orders::http {

namespace {

using std::chrono::milliseconds;

/// libcurl compares whole seconds, rounded down, with "more than": 3 keeps connections that were idle for
/// less than 4 s. The services close theirs after 5 s.
constexpr long idle_seconds_max = 3;

std::string without_trailing_slashes(std::string url) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  return url;
}

/// Time from now to `end` as libcurl takes it: 0 would mean "for ever".
long milliseconds_left(Deadline now, Deadline end) {
  const auto left = std::chrono::duration_cast<milliseconds>(end - now).count();
  return static_cast<long>(std::clamp<milliseconds::rep>(left, 1, 86'400'000));
}

curl_slist* plus(curl_slist* list, const char* line) {
  curl_slist* longer = curl_slist_append(list, line);
  if (longer == nullptr) {
    curl_slist_free_all(list);
    throw std::runtime_error("libcurl has no memory for a header");
  }
  return longer;
}

/// "Expect:" switches it off: waiting for a 100 would cost a round trip, or a second where none comes.
curl_slist* get_headers() { return plus(plus(nullptr, "Accept: application/json"), "Expect:"); }

curl_slist* put_headers(const std::string& if_match) {
  curl_slist* list = plus(get_headers(), "Content-Type: application/json");
  return if_match.empty() ? list : plus(list, ("If-Match: " + if_match).c_str());
}

bool is_etag(std::string_view line) {
  constexpr std::string_view name = "etag:";
  return line.size() > name.size() &&
         std::equal(name.begin(), name.end(), line.begin(),
                    [](char wanted, char there) { return wanted == there || wanted == (there | 0x20); });
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

template <class T>
void Transfer::set(CURLoption option, T value) {
  const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
  if (code != CURLE_OK) {
    throw std::runtime_error(
        fmt::format("libcurl option {}: {}", static_cast<int>(option), curl_easy_strerror(code)));
  }
}

Transfer::Transfer(const config::Neighbour& settings)
    : easy_(curl_easy_init()),
      get_headers_(get_headers()),
      put_headers_(put_headers("")),
      base_(without_trailing_slashes(settings.url)),
      connect_timeout_(settings.connect_timeout),
      call_timeout_(settings.call_timeout),
      body_bytes_max_(settings.response_bytes_max) {
  if (!easy_) throw std::runtime_error("libcurl has no memory for a handle");
  set_fixed_options(settings);
}

void Transfer::set_fixed_options(const config::Neighbour& settings) {
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set(CURLOPT_ERRORBUFFER, error_text_.data());
  set(CURLOPT_NOSIGNAL, 1L);
  // A lookup of a name that takes longer than the call is left to its thread. Otherwise curl would wait for
  // it, and all other calls with it (Curl_resolver_kill, 7.88).
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_PROXY, "");  // not even the one in the environment
  set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_USERAGENT, "orderd");
  set(CURLOPT_MAXAGE_CONN, idle_seconds_max);
  set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(settings.response_bytes_max));
  set(CURLOPT_PREREQFUNCTION, &Transfer::before_sending);
  set(CURLOPT_PREREQDATA, static_cast<void*>(this));
  set(CURLOPT_HEADERFUNCTION, &Transfer::header_line);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &Transfer::body_part);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
}

void Transfer::begin(Call call, Deadline now) {
  call_ = std::move(call);
  busy_ = true;
  sent_ = false;
  again_ = false;
  begun_ = now;
  ends_ = now + call_timeout_;
  if (call_.method == Method::get) ends_ = std::min(ends_, call_.deadline);
  url_ = base_ + call_.target;
  prepare(now, false);
}

bool Transfer::may_begin_again(CURLcode code, Deadline now) const {
  return code != CURLE_OK && connection_died_ && !again_ && call_.method == Method::get && now < ends_;
}

void Transfer::begin_again(Deadline now) {
  again_ = true;
  prepare(now, true);
}

void Transfer::prepare(Deadline now, bool fresh_connection) {
  answer_ = Answer{};
  sending_ = false;
  connection_died_ = false;
  oversized_ = false;
  error_text_.front() = '\0';
  set(CURLOPT_URL, url_.c_str());
  if (call_.method == Method::put) {
    set(CURLOPT_POST, 1L);  // gives it a body, sent in one piece with the head
    set(CURLOPT_POSTFIELDS, call_.body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call_.body.size()));
    set(CURLOPT_CUSTOMREQUEST, "PUT");
    if (!call_.if_match.empty()) matching_headers_.reset(put_headers(call_.if_match));
    set(CURLOPT_HTTPHEADER, call_.if_match.empty() ? put_headers_.get() : matching_headers_.get());
  } else {
    set(CURLOPT_HTTPGET, 1L);
    set(CURLOPT_CUSTOMREQUEST, nullptr);
    set(CURLOPT_HTTPHEADER, get_headers_.get());
  }
  const long left = milliseconds_left(now, ends_);
  set(CURLOPT_TIMEOUT_MS, left);
  set(CURLOPT_CONNECTTIMEOUT_MS,
      std::min(left, static_cast<long>(std::max(connect_timeout_, milliseconds(1)).count())));
  set(CURLOPT_FRESH_CONNECT, fresh_connection ? 1L : 0L);
  set(CURLOPT_FORBID_REUSE, 0L);
}

/// libcurl 7.88 repeats a request by itself, up to five times and whatever its method, when a reused
/// connection ends before the first byte of an answer. A PUT that was sent once may have been applied, so
/// this says no to the second time, for every method: GETs are sent again by HttpClient, once, and on a fresh
/// connection instead of the next old one.
int Transfer::before_sending(void* self, char* /*to*/, char* /*from*/, int /*to_port*/, int /*from_port*/) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.sending_) {
    transfer.connection_died_ = true;
    return CURL_PREREQFUNC_ABORT;
  }
  transfer.sending_ = true;
  transfer.sent_ = true;
  return CURL_PREREQFUNC_OK;
}

std::size_t Transfer::header_line(char* data, std::size_t size, std::size_t count, void* self) {
  try {
    static_cast<Transfer*>(self)->hear_header({data, size * count});
  } catch (const std::exception&) {
    return 0;  // out of memory; libcurl ends the transfer
  }
  return size * count;
}

void Transfer::hear_header(std::string_view line) {
  constexpr std::string_view version = "HTTP/1.1 ";
  if (line.substr(0, 5) == "HTTP/" && line.size() > version.size()) {
    answer_.etag.clear();  // there may have been a 1xx before
    // The services close the connection after a 500 without saying so; the next request on it would die with
    // it.
    if (line[version.size()] == '5') set(CURLOPT_FORBID_REUSE, 1L);
  } else if (is_etag(line)) {
    answer_.etag = trimmed(line.substr(line.find(':') + 1));
  }
}

std::size_t Transfer::body_part(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  auto& body = transfer.answer_.body;
  const std::size_t bytes = size * count;
  if (bytes > transfer.body_bytes_max_ - std::min(body.size(), transfer.body_bytes_max_)) {
    transfer.oversized_ = true;
    return bytes + 1;  // anything but `bytes` ends the transfer
  }
  try {
    body.append(data, bytes);
  } catch (const std::exception&) {
    transfer.oversized_ = true;
    return bytes + 1;
  }
  return bytes;
}

Failure Transfer::failure(FailureKind kind, std::string_view why) const {
  return Failure{kind, sent_, false,
                 fmt::format("{} {}: {}", call_.method == Method::put ? "PUT" : "GET", url_, why)};
}

Outcome Transfer::outcome(CURLcode code) {
  if (code == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    answer_.status = static_cast<int>(status);
    return std::move(answer_);
  }
  if (code == CURLE_OPERATION_TIMEDOUT) return failure(FailureKind::timed_out, error_text_.data());
  if (oversized_ || code == CURLE_FILESIZE_EXCEEDED) {
    return failure(FailureKind::oversized, fmt::format("the answer exceeds {} bytes", body_bytes_max_));
  }
  if (connection_died_) return failure(FailureKind::unreachable, "the connection ended without an answer");
  const char* text = error_text_.front() != '\0' ? error_text_.data() : curl_easy_strerror(code);
  return failure(FailureKind::unreachable, text);
}

Call Transfer::release() {
  busy_ = false;
  answer_ = Answer{};
  return std::exchange(call_, Call{});
}

Transfer& Transfer::of(CURL* handle) {
  void* self = nullptr;
  curl_easy_getinfo(handle, CURLINFO_PRIVATE, &self);
  return *static_cast<Transfer*>(self);
}

}  // namespace orders::http
