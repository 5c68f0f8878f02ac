#include "tests/support/list_reader.hpp"

#include <algorithm>
#include <memory>

#include <curl/curl.h>

namespace orders::test {

namespace {

/// An id and the name before it.
constexpr std::size_t id_room = 32;

std::size_t take(char* bytes, std::size_t, std::size_t count, void* reader) {
  static_cast<ListReader*>(reader)->look_at({bytes, count});
  return count;
}

std::chrono::microseconds time_of(CURL* curl, CURLINFO what) {
  curl_off_t value = 0;
  curl_easy_getinfo(curl, what, &value);
  return std::chrono::microseconds(value);
}

}  // namespace

ListReader orders_reader() { return ListReader(R"(,"customer_id":)"); }
ListReader items_reader() { return ListReader(R"(,"product_id":)"); }

void ListReader::look_at(std::string_view bytes) {
  seen_.bytes += bytes.size();
  rest_.append(bytes);
  std::size_t done = 0;
  for (auto at = rest_.find(mark_); at != std::string::npos; at = rest_.find(mark_, done)) {
    auto digits = at;
    while (digits > done && rest_[digits - 1] >= '0' && rest_[digits - 1] <= '9') --digits;
    const auto id = std::strtoll(rest_.c_str() + digits, nullptr, 10);
    ++seen_.rows;
    seen_.ascending = seen_.ascending && id > seen_.last_id;
    seen_.last_id = id;
    done = at + mark_.size();
  }
  const auto kept = std::min(rest_.size() - done, id_room + mark_.size());
  rest_.erase(0, rest_.size() - kept);
}

ListSeen ListReader::read(const std::string& url, std::chrono::milliseconds limit,
                          std::int64_t bytes_per_second) {
  seen_ = {};
  rest_.clear();
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(limit.count()));
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, this);
  curl_easy_setopt(curl.get(), CURLOPT_MAX_RECV_SPEED_LARGE, static_cast<curl_off_t>(bytes_per_second));
  const auto code = curl_easy_perform(curl.get());
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  seen_.first_byte = time_of(curl.get(), CURLINFO_STARTTRANSFER_TIME_T);
  seen_.took = time_of(curl.get(), CURLINFO_TOTAL_TIME_T);
  const bool closed = rest_.size() >= 2 && rest_.compare(rest_.size() - 2, 2, "]}") == 0;
  seen_.whole = code == CURLE_OK && status == 200 && closed;
  if (!seen_.whole) seen_.trouble = "status " + std::to_string(status) + ", " + curl_easy_strerror(code);
  return seen_;
}

}  // namespace orders::test
