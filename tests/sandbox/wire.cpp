#include "tests/sandbox/wire.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace orders::sandbox {

namespace {

std::string_view reason(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 307:
      return "Temporary Redirect";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 412:
      return "Precondition Failed";
    case 422:
      return "Unprocessable Entity";
    case 500:
      return "Internal Server Error";
    default:
      return "Unknown";
  }
}

/// The date line, made once a second.
const std::string& date_line() {
  static std::time_t made_at = 0;
  static std::string line;
  const std::time_t now = std::time(nullptr);
  if (now != made_at) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 64> text{};
    const auto size = std::strftime(text.data(), text.size(), "date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    line.assign(text.data(), size);
    made_at = now;
  }
  return line;
}

}  // namespace

void write_head(std::string& out, const Answer& answer, bool say_close) {
  out.assign("HTTP/1.1 ").append(std::to_string(answer.status)).append(" ").append(reason(answer.status));
  out.append("\r\n").append(date_line()).append("server: uvicorn\r\n");
  if (answer.status != 204) {
    out.append("content-length: ").append(std::to_string(answer.text().size())).append("\r\n");
    if (answer.status != 307) {
      out.append(answer.json ? "content-type: application/json\r\n" : "content-type: text/plain\r\n");
    }
  }
  out.append(answer.headers);
  if (say_close) out.append("connection: close\r\n");
  out.append("\r\n");
}

}  // namespace orders::sandbox
