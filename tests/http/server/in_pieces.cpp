#include "tests/http/server/in_pieces.hpp"

namespace orders::test {

namespace {

using http::RequestParser;

std::string words_of(const RequestParser& parser) {
  const http::Request& request = parser.request();
  std::string text = request.method + " " + request.path;
  for (const auto& [name, value] : request.query) text.append(" ?").append(name).append("=").append(value);
  if (!request.body.empty()) text.append(" body=").append(request.body);
  return text + (parser.keep_alive() ? " keep" : " close");
}

}  // namespace

std::string parse_in_pieces(const std::string& input, std::vector<std::size_t> cuts,
                            const http::ParserLimits& limits) {
  cuts.push_back(input.size());
  RequestParser parser(limits);
  std::string result;
  std::string unread;
  std::size_t start = 0;
  bool between = true;
  for (const std::size_t cut : cuts) {
    unread.append(input, start, cut - start);
    start = cut;
    while (!unread.empty()) {
      const std::vector<char> exact(unread.begin(), unread.end());
      std::string_view rest(exact.data(), exact.size());
      const auto progress = parser.feed(rest);
      unread.assign(rest);
      between = progress == RequestParser::Progress::done;
      if (progress == RequestParser::Progress::refused) {
        return result + "refused " + std::to_string(parser.refusal().status);
      }
      if (progress == RequestParser::Progress::need_more) break;
      result += words_of(parser) + "\n";
      parser.reset();
    }
  }
  if (!between || input.empty()) return result + "more";
  result.pop_back();
  return result;
}

std::vector<std::size_t> every_byte(const std::string& input) {
  std::vector<std::size_t> cuts;
  for (std::size_t at = 1; at < input.size(); ++at) cuts.push_back(at);
  return cuts;
}

}  // namespace orders::test
