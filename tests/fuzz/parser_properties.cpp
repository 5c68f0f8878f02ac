#include "tests/fuzz/parser_properties.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

#include "http/server/target.hpp"
#include "tests/http/server/in_pieces.hpp"

namespace orders::test {

namespace {

using http::RequestParser;

constexpr std::size_t byte_by_byte_max = 1'500;

struct Input {
  std::string bytes;
  std::vector<std::size_t> cuts;
  bool byte_by_byte = false;
  http::ParserLimits limits;
};

Input input_of(const std::uint8_t* data, std::size_t size) {
  Input input;
  input.limits.body_bytes = 65'536;
  if (size == 0) return input;
  const std::uint8_t how = data[0];
  input.byte_by_byte = (how & 0x10U) != 0;
  if ((how & 0x20U) != 0) {
    input.limits.header_bytes = 400;
    input.limits.target_bytes = 100;
    input.limits.body_bytes = 60;
    input.limits.fields = 6;
  }
  const std::size_t cuts = std::min<std::size_t>(how & 0x0fU, size - 1);
  input.bytes.assign(data + 1 + cuts, data + size);
  std::size_t at = 0;
  for (std::size_t i = 0; i < cuts; ++i) {
    at += std::size_t{data[1 + i]} + 1;
    if (at < input.bytes.size()) input.cuts.push_back(at);
  }
  return input;
}

bool same_name(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':' &&
         std::equal(name.begin(), name.end(), line.begin(),
                    [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

/// How many bytes a chunked body takes, read as plainly as can be; none if it cannot be read so.
std::optional<std::size_t> plain_chunked_length(std::string_view body) {
  std::size_t at = 0;
  for (;;) {
    const std::size_t end = body.find("\r\n", at);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string line(body.substr(at, std::min(end, body.find(';', at)) - at));
    const std::size_t size = std::stoul("0" + line, nullptr, 16);
    at = end + 2;
    if (size == 0) break;
    at += size + 2;
    if (at > body.size() || body.substr(at - 2, 2) != "\r\n") return std::nullopt;
  }
  if (body.substr(at, 2) == "\r\n") return at + 2;
  const std::size_t end = body.find("\r\n\r\n", at);
  if (end == std::string_view::npos) return std::nullopt;
  return end + 4;
}

/// Where the request at the front of `bytes` ends for somebody who only looks for Content-Length and chunked.
std::optional<std::size_t> plain_length(std::string_view bytes) {
  std::size_t begin = 0;
  while (bytes.substr(begin, 2) == "\r\n") begin += 2;
  const std::size_t end = bytes.find("\r\n\r\n", begin);
  if (end == std::string_view::npos) return std::nullopt;
  std::size_t length = 0;
  bool chunked = false;
  for (std::size_t line = begin; line < end;) {
    const std::size_t line_end = bytes.find("\r\n", line);
    const std::string_view text = bytes.substr(line, line_end - line);
    if (same_name(text, "content-length")) length = std::stoul(std::string(text.substr(15)));
    if (same_name(text, "transfer-encoding")) chunked = true;
    line = line_end + 2;
  }
  const std::size_t head = end + 4;
  if (!chunked) return head + length;
  const auto body = plain_chunked_length(bytes.substr(head));
  return body ? std::optional<std::size_t>(head + *body) : std::nullopt;
}

std::string fault_of_request(const RequestParser& parser, const http::ParserLimits& limits) {
  const http::Request& request = parser.request();
  if (request.body.size() > limits.body_bytes) return "the body is larger than allowed";
  if (request.headers.size() > limits.fields) return "there are more headers than allowed";
  if (!http::is_utf8(request.path) || request.path.find('\0') != std::string::npos)
    return "the path is not text";
  if (request.path.empty() || (request.path.front() != '/' && request.path != "*"))
    return "the path is no path";
  std::size_t hosts = 0;
  for (const auto& [name, value] : request.headers) {
    if (name == "host") ++hosts;
    if (name.empty() || value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      return "a header is not valid";
  }
  if (hosts > 1 || (hosts == 0 && !parser.http_1_0())) return "there is not exactly one Host";
  return {};
}

/// Every request that is accepted is checked, and ends where a plain reader thinks it does.
std::string fault_of_whole(const Input& input) {
  RequestParser parser(input.limits);
  std::string_view rest = input.bytes;
  while (!rest.empty()) {
    const std::string_view before = rest;
    const auto progress = parser.feed(rest);
    if (progress != RequestParser::Progress::done) {
      const int status = parser.refusal().status;
      if (progress == RequestParser::Progress::refused && (status < 400 || status > 599))
        return "a refusal without a status";
      return {};
    }
    std::string fault = fault_of_request(parser, input.limits);
    if (!fault.empty()) return fault;
    const std::size_t taken = before.size() - rest.size();
    if (plain_length(before) != taken) return "a request ends where nobody else would think it does";
    parser.reset();
  }
  return {};
}

std::string difference(const Input& input, const std::vector<std::size_t>& cuts, const std::string& whole) {
  const std::string pieces = parse_in_pieces(input.bytes, cuts, input.limits);
  return pieces == whole ? std::string() : "whole: " + whole + "\nin pieces: " + pieces;
}

}  // namespace

std::string parser_fault(const std::uint8_t* data, std::size_t size) {
  const Input input = input_of(data, size);
  std::string fault = fault_of_whole(input);
  const std::string whole = parse_in_pieces(input.bytes, {}, input.limits);
  if (fault.empty()) fault = difference(input, input.cuts, whole);
  if (fault.empty() && input.byte_by_byte && input.bytes.size() <= byte_by_byte_max)
    fault = difference(input, every_byte(input.bytes), whole);
  return fault;
}

std::string parser_seed(const std::string& bytes) {
  const auto middle = static_cast<char>(std::min<std::size_t>(bytes.size() / 2, 255));
  return std::string(1, '\x11') + middle + bytes;
}

}  // namespace orders::test
