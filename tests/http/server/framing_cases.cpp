#include "tests/http/server/parser_cases.hpp"

namespace orders::test {

namespace {

const std::string next = "GET /next HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string chunked = "Transfer-Encoding: chunked\r\n";

std::vector<ParserCase> lengths() {
  const std::string five = "Content-Length: 5\r\n";
  return {
      {"five", post_with(five, "hello"), "POST / body=hello keep"},
      {"pipelined", post_with(five, "hello" + next + next),
       "POST / body=hello keep\nGET /next keep\nGET /next keep"},
      {"zero", post_with("Content-Length: 0\r\n", next), "POST / keep\nGET /next keep"},
      {"leading_zeros", post_with("Content-Length: 0005\r\n", "hello"), "POST / body=hello keep"},
      {"none", post_with("", next), "POST / keep\nGET /next keep"},
      {"on_get", get_with(five) + "hello" + next, "GET / body=hello keep\nGET /next keep"},
      {"with_nul", post_with(five, std::string("a\0b\r\n", 5)), std::string("POST / body=a\0b\r\n keep", 22)},
      {"short", post_with(five, "hell"), "more"},
      {"twice_different", post_with(five + "Content-Length: 3\r\n", "hello"), "refused 400"},
      {"twice_same", post_with(five + five, "hello"), "refused 400"},
      {"list_same", post_with("Content-Length: 5, 5\r\n", "hello"), "refused 400"},
      {"list_different", post_with("Content-Length: 5,3\r\n", "hello"), "refused 400"},
      {"trailing_comma", post_with("Content-Length: 5,\r\n", "hello"), "refused 400"},
      {"negative", post_with("Content-Length: -1\r\n", "hello"), "refused 400"},
      {"plus", post_with("Content-Length: +5\r\n", "hello"), "refused 400"},
      {"letters_after", post_with("Content-Length: 5abc\r\n", "hello"), "refused 400"},
      {"letters", post_with("Content-Length: abc\r\n", "hello"), "refused 400"},
      {"hexadecimal", post_with("Content-Length: 0x5\r\n", "hello"), "refused 400"},
      {"fraction", post_with("Content-Length: 5.0\r\n", "hello"), "refused 400"},
      {"quoted", post_with("Content-Length: \"5\"\r\n", "hello"), "refused 400"},
      {"inner_blank", post_with("Content-Length: 5 5\r\n", "hello"), "refused 400"},
      {"empty", post_with("Content-Length:\r\n", "hello"), "refused 400"},
      {"two_to_64", post_with("Content-Length: 18446744073709551616\r\n", "hello"), "refused 400"},
      {"ten_to_23", post_with("Content-Length: 100000000000000000000000\r\n", "hello"), "refused 400"},
      {"twenty_billion", post_with("Content-Length: 20000000000\r\n", ""), "refused 413"},
      {"largest", post_with("Content-Length: 65536\r\n", std::string(65'536, 'b')),
       "POST / body=" + std::string(65'536, 'b') + " keep"},
      {"one_too_large", post_with("Content-Length: 65537\r\n", ""), "refused 413"},
      {"too_large_and_expected", post_with("Content-Length: 65537\r\nExpect: 100-continue\r\n", ""),
       "refused 413"},
  };
}

std::vector<ParserCase> encodings() {
  const std::string body = "5\r\nhello\r\n0\r\n\r\n";
  const auto with = [&](const std::string& value) {
    return post_with("Transfer-Encoding: " + value + "\r\n", body);
  };
  return {
      {"chunked", with("chunked"), "POST / body=hello keep"},
      {"upper", with("CHUNKED"), "POST / body=hello keep"},
      {"prefix", with("ch"), "refused 400"},
      {"longer", with("xchunked"), "refused 400"},
      {"quoted", with("\"chunked\""), "refused 400"},
      {"empty", with(""), "refused 400"},
      {"identity", with("identity"), "refused 400"},
      {"gzip", with("gzip"), "refused 400"},
      {"gzip_chunked", with("gzip, chunked"), "refused 501"},
      {"chunked_gzip", with("chunked, gzip"), "refused 400"},
      {"chunked_chunked", with("chunked, chunked"), "refused 400"},
      {"leading_comma", with(", chunked"), "refused 400"},
      {"trailing_comma", with("chunked,"), "refused 400"},
      {"two_words", with("chunked x"), "refused 400"},
      {"parameter", with("chunked;q=1"), "refused 400"},
      {"two_lines", post_with(chunked + chunked, body), "refused 400"},
      {"gzip_then_chunked_lines", post_with("Transfer-Encoding: gzip\r\n" + chunked, body), "refused 400"},
      {"then_length", post_with(chunked + "Content-Length: 5\r\n", body), "refused 400"},
      {"after_length", post_with("Content-Length: 5\r\n" + chunked, body), "refused 400"},
      {"gzip_then_length", post_with("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", "hello"),
       "refused 400"},
      {"length_then_gzip", post_with("Content-Length: 5\r\nTransfer-Encoding: gzip\r\n", "hello"),
       "refused 400"},
      {"old", "POST / HTTP/1.0\r\n" + chunked + "\r\n" + body, "refused 400"},
  };
}

std::vector<ParserCase> chunks() {
  const auto with = [](const std::string& body) { return post_with(chunked, body); };
  return {
      {"one", with("5\r\nhello\r\n0\r\n\r\n"), "POST / body=hello keep"},
      {"two", with("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"), "POST / body=hello world keep"},
      {"none", with("0\r\n\r\n" + next), "POST / keep\nGET /next keep"},
      {"pipelined", with("1\r\na\r\n0\r\n\r\n" + next), "POST / body=a keep\nGET /next keep"},
      {"hexadecimal", with("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"),
       "POST / body=01234567890123456789 keep"},
      {"leading_zeros", with("0005\r\nhello\r\n0000\r\n\r\n"), "POST / body=hello keep"},
      {"data_like_framing", with("5\r\n0\r\n\r\n\r\n0\r\n\r\n"), "POST / body=0\r\n\r\n keep"},
      {"extension", with("5;a=b;c=\"d\"\r\nhello\r\n0;e\r\n\r\n"), "POST / body=hello keep"},
      {"long_extension", with("5;a=" + std::string(300, 'x') + "\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"endless_extension", with("5;a=" + std::string(5'000, 'x')), "refused 400"},
      {"long_zeros", with(std::string(5'000, '0') + "5\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"open_quote", with("5;a=\"" + std::string(5'000, 'x')), "refused 400"},
      {"quoted_line_break", with("5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"quoted_line_feed", with("5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"bad_extension", with("5;=b\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"trailer", with("1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n" + next), "POST / body=a keep\nGET /next keep"},
      {"trailer_host", with("1\r\na\r\n0\r\nHost: evil\r\nConnection: close\r\n\r\n"), "POST / body=a keep"},
      {"trailer_length", with("1\r\na\r\n0\r\nContent-Length: 5\r\n\r\n"), "refused 400"},
      {"trailer_bad", with("1\r\na\r\n0\r\nfoo\r\n\r\n"), "refused 400"},
      {"trailer_long", with("0\r\nA: " + std::string(6'000, 'x') + "\r\n\r\n"), "refused 431"},
      {"trailer_endless", with("0\r\nA: " + std::string(6'000, 'x')), "refused 431"},
      {"no_size", with("\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"negative", with("-5\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"plus", with("+5\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"not_hexadecimal", with("zz\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"prefix", with("0x5\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"two_to_64", with("10000000000000000\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"line_feed", with("5\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"longer_than_said", with("5\r\nhelloXX0\r\n\r\n"), "refused 400"},
      {"no_cr_after_data", with("5\r\nhello\n0\r\n\r\n"), "refused 400"},
      {"too_large", with("10001\r\n"), "refused 413"},
      {"too_large_together", with("8000\r\n" + std::string(32'768, 'b') + "\r\n8001\r\n"), "refused 413"},
      {"cut_before_end", with("5\r\nhello\r\n0\r\n\r"), "more"},
      {"cut_in_data", with("5\r\nhel"), "more"},
  };
}

}  // namespace

std::vector<ParserCase> framing_cases() {
  std::vector<ParserCase> all;
  for (const auto& [kind, cases] :
       {std::pair("length_", lengths()), {"encoding_", encodings()}, {"chunk_", chunks()}}) {
    for (ParserCase one : cases) {
      one.name = kind + one.name;
      all.push_back(std::move(one));
    }
  }
  return all;
}

}  // namespace orders::test
