// The parser's cases once more, over real sockets: what a client sees of each, sent whole, byte by byte and
// cut in two at different places.
#include <boost/test/unit_test.hpp>

#include "tests/http/server/parser_cases.hpp"
#include "tests/http/server/raw_client.hpp"
#include "tests/http/server/service.hpp"

namespace orders::test {

namespace {

/// One line of ParserCase::wanted: a request or how the input ends.
struct Step {
  enum class Kind { answered, refused, more } kind = Kind::answered;
  bool head = false;
  bool kept = true;
  int status = 200;
};

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// Targets and bodies may have line breaks: a request's line is the one that ends in its manner.
std::vector<Step> steps_of(const std::string& wanted) {
  std::vector<Step> steps;
  std::size_t begin = 0;
  for (std::size_t end = 0; begin < wanted.size(); begin = end + 1) {
    end = std::min(wanted.find('\n', begin), wanted.size());
    const auto is_whole = [&] {
      const std::string line = wanted.substr(begin, end - begin);
      return line == "more" || line.rfind("refused ", 0) == 0 || ends_with(line, " keep") ||
             ends_with(line, " close");
    };
    while (!is_whole() && end < wanted.size()) end = std::min(wanted.find('\n', end + 1), wanted.size());
    const std::string line = wanted.substr(begin, end - begin);
    Step step;
    step.head = line.rfind("HEAD ", 0) == 0;
    if (line == "more") step.kind = Step::Kind::more;
    if (line.rfind("refused ", 0) == 0) {
      step.kind = Step::Kind::refused;
      step.status = std::stoi(line.substr(8));
    }
    step.kept = step.kind == Step::Kind::answered && ends_with(line, " keep");
    steps.push_back(step);
  }
  return steps;
}

void check_answers(RawClient& client, const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    if (step.kind == Step::Kind::more) {
      client.half_close();
      break;
    }
    const auto answer = client.read_answer(step.head);
    BOOST_REQUIRE(answer);
    BOOST_TEST(answer->status == step.status);
    const auto said = answer->headers.find("connection");
    const bool closes = said != answer->headers.end() && said->second == "close";
    BOOST_TEST(closes == !step.kept);
    if (closes) break;
  }
  if (steps.back().kept) client.half_close();
  BOOST_TEST(client.read_to_end().value_or("open") == "");
}

void check(const Service& service, const ParserCase& one, const std::vector<std::string>& pieces) {
  RawClient client(service.port());
  for (const std::string& piece : pieces) {
    if (!client.send(piece)) break;  // refused and closed before the rest of it
  }
  check_answers(client, steps_of(one.wanted));
}

std::vector<std::string> bytes_of(const std::string& input) {
  std::vector<std::string> bytes;
  for (const char c : input) bytes.emplace_back(1, c);
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cases_on_sockets)

BOOST_AUTO_TEST_CASE(every_case_is_answered_as_written_however_it_is_sent) {
  const Service service(
      [](config::Http& http) { http.body_bytes_max = static_cast<std::uint32_t>(case_limits().body_bytes); });
  std::size_t count = 0;
  for (const ParserCase& one : all_cases()) {
    BOOST_TEST_CONTEXT(one.name) {
      check(service, one, {one.input});
      for (const std::size_t at : {std::size_t{1}, one.input.size() / 3, one.input.size() / 2}) {
        check(service, one, {one.input.substr(0, at), one.input.substr(std::min(at, one.input.size()))});
      }
      if (one.input.size() <= 1'000) check(service, one, bytes_of(one.input));
    }
    ++count;
  }
  BOOST_TEST(count > 300U);
  BOOST_TEST(Service::wait_until([&] { return service.counters().open_connections == 0U; }));
  BOOST_TEST(Service::wait_until([&] { return service.counters().receiving_bytes == 0U; }));
  BOOST_TEST(service.counters().handler_exceptions == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::test
