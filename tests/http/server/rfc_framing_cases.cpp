// What RFC 9112 6 and 7 say about where the body of a request ends, and what attackers make of it.
#include "tests/http/server/parser_cases.hpp"

namespace orders::test {

namespace {

const std::string nul(1, '\0');
const std::string next = "GET /next HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string body = "5\r\nhello\r\n0\r\n\r\n";

/// RFC 9112 6.1: Transfer-Encoding.
std::vector<ParserCase> encodings() {
  const auto with = [](const std::string& field) { return post_with(field + "\r\n", body); };
  return {
      {"6.1_tab_before_value", with("Transfer-Encoding:\tchunked"), "POST / body=hello keep"},
      {"6.1_blanks_behind", with("Transfer-Encoding: chunked \t"), "POST / body=hello keep"},
      {"6.1_name_in_capitals", with("TRANSFER-ENCODING: chunked"), "POST / body=hello keep"},
      {"6.1_blank_before_colon", with("Transfer-Encoding : chunked"), "refused 400"},
      {"6.1_vertical_tab", with("Transfer-Encoding: \vchunked"), "refused 400"},
      {"6.1_cr_in_value", with("Transfer-Encoding: chunked\r"), "refused 400"},
      {"6.1_nul_in_value", with("Transfer-Encoding: chunked" + nul), "refused 400"},
      {"6.1_underscore", post_with("Transfer_Encoding: chunked\r\n", next), "POST / keep\nGET /next keep"},
      {"6.1_other_name", post_with("X-Transfer-Encoding: chunked\r\n", next), "POST / keep\nGET /next keep"},
      {"6.1_unknown_then_chunked", with("Transfer-Encoding: br, chunked"), "refused 501"},
      {"6.1_two_unknown_then_chunked", with("Transfer-Encoding: br, gzip, chunked"), "refused 501"},
      {"6.1_unknown_with_parameter", with("Transfer-Encoding: gzip;q=1, chunked"), "refused 400"},
      {"6.1_chunked_not_last", with("Transfer-Encoding: chunked, br"), "refused 400"},
      {"6.1_chunked_twice_and_another", with("Transfer-Encoding: chunked, br, chunked"), "refused 400"},
      {"6.1_old_with_length",
       "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + body, "refused 400"},
      {"6.1_on_get", get_with("Transfer-Encoding: chunked\r\n") + body + next,
       "GET / body=hello keep\nGET /next keep"},
      {"6.1_with_empty_length", with("Transfer-Encoding: chunked\r\nContent-Length:"), "refused 400"},
      {"6.1_with_zero_length", with("Transfer-Encoding: chunked\r\nContent-Length: 0"), "refused 400"},
  };
}

/// RFC 9112 6.2 and 6.3: Content-Length.
std::vector<ParserCase> lengths() {
  const auto with = [](const std::string& value) {
    return post_with("Content-Length:" + value + "\r\n", "hello");
  };
  return {
      {"6.2_no_blank", with("5"), "POST / body=hello keep"},
      {"6.2_blanks_around", with(" \t5 \t"), "POST / body=hello keep"},
      {"6.2_vertical_tab", with(" 5\v"), "refused 400"},
      {"6.2_nul", with(" 5" + nul), "refused 400"},
      {"6.2_exponent", with(" 5e0"), "refused 400"},
      {"6.2_semicolon", with(" 5;"), "refused 400"},
      {"6.2_wide_digit", with(" \xEF\xBC\x95"), "refused 400"},
      {"6.2_underscore", with(" 0_5"), "refused 400"},
      {"6.2_octal_is_decimal", post_with("Content-Length: 010\r\n", "0123456789"),
       "POST / body=0123456789 keep"},
      {"6.2_eighteen_digits", with(" 000000000000000005"), "POST / body=hello keep"},
      {"6.2_largest_of_64_bits", with(" 9223372036854775807"), "refused 413"},
      {"6.2_names_differ_in_case", post_with("Content-Length: 5\r\ncontent-length: 6\r\n", "hello!"),
       "refused 400"},
      {"6.2_hidden_behind_no_colon", post_with("foo\r\nContent-Length: 5\r\n", "hello"), "refused 400"},
      {"6.2_hidden_in_fold", post_with("A: b\r\n Content-Length: 5\r\n", "hello"), "refused 400"},
      {"6.2_hidden_behind_lf", post_with("A: b\nContent-Length: 5\r\n", "hello"), "refused 400"},
      {"6.2_hidden_behind_cr", post_with("A: b\rContent-Length: 5\r\n", "hello"), "refused 400"},
      {"6.3_old_without_length", "POST / HTTP/1.0\r\n\r\n", "POST / close"},
      {"6.3_old_with_length", "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello", "POST / body=hello close"},
      {"6.3_request_in_body", post_with("Content-Length: " + std::to_string(next.size()) + "\r\n", next),
       "POST / body=" + next + " keep"},
  };
}

/// RFC 9112 7.1: chunks.
std::vector<ParserCase> chunks() {
  const auto with = [](const std::string& chunks) {
    return post_with("Transfer-Encoding: chunked\r\n", chunks);
  };
  return {
      {"7.1_blank_before_size", with(" 5\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"7.1_cr_before_size", with("\r5\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"7.1_cr_cr_lf", with("5\r\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"7.1_nul_in_size", with("5" + nul + "\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"7.1_fraction", with("5.0\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"7.1_sixteen_fs", with("ffffffffffffffff\r\nhello"), "refused 413"},
      {"7.1_seventeen_fs", with("fffffffffffffffff\r\nhello"), "refused 400"},
      {"7.1_data_shorter_than_said", with("6\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"7.1_lf_after_data", with("5\r\nhello\n\r0\r\n\r\n"), "refused 400"},
      {"7.1_cr_after_data", with("5\r\nhello\rX0\r\n\r\n"), "refused 400"},
      {"7.1_zero_then_more", with("0\r\n\r\n5\r\nhello\r\n"), "POST / keep\nrefused 400"},
      {"7.1_many", with("1\r\na\r\n1\r\nb\r\n1\r\nc\r\n1\r\nd\r\n0\r\n\r\n"), "POST / body=abcd keep"},
      {"7.1_data_with_line_breaks", with("4\r\n\r\n\r\n\r\n0\r\n\r\n"), "POST / body=\r\n\r\n keep"},
      {"7.1_no_end", with("5\r\nhello\r\n0\r\n"), "more"},
      {"7.1.1_extension_without_value", with("5;a\r\nhello\r\n0\r\n\r\n"), "POST / body=hello keep"},
      {"7.1.1_extension_quoted_pair", with("5;a=\"b\\\"c\"\r\nhello\r\n0\r\n\r\n"), "POST / body=hello keep"},
      {"7.1.1_extension_empty_name", with("5;\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"7.1.1_extension_two_words", with("5;a b\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"7.1.1_extension_with_nul", with("5;a=\"" + nul + "\"\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"7.1.1_extension_with_bare_cr", with("5;a=b\rc\r\nhello\r\n0\r\n\r\n"), "refused 400"},
      {"7.1.1_extension_of_allowed_length", with("5;a=" + std::string(250, 'x') + "\r\nhello\r\n0\r\n\r\n"),
       "POST / body=hello keep"},
      {"7.1.2_two_trailers", with("0\r\nA: b\r\nC: d\r\n\r\n") + next, "POST / keep\nGET /next keep"},
      {"7.1.2_trailer_folded", with("0\r\nA: b\r\n c\r\n\r\n") + next, "refused 400"},
      {"7.1.2_trailer_begins_with_blank", with("0\r\n A: b\r\n\r\n"), "refused 400"},
      {"7.1.2_trailer_line_feed", with("0\r\nA: b\n\r\n") + next, "refused 400"},
      {"7.1.2_trailer_ends_in_line_feed", with("0\r\n\n") + next, "refused 400"},
      {"7.1.2_trailer_blank_before_colon", with("0\r\nA : b\r\n\r\n"), "refused 400"},
      {"7.1.2_trailer_with_nul", with("0\r\nA: " + nul + "\r\n\r\n"), "refused 400"},
      {"7.1.2_trailer_encoding", with("0\r\nTransfer-Encoding: chunked\r\n\r\n"), "refused 400"},
      {"7.1.2_trailer_expect", with("0\r\nExpect: wonders\r\n\r\n"), "POST / keep"},
  };
}

/// Requests inside requests: each byte belongs to the one it was framed into.
std::vector<ParserCase> smuggling() {
  const std::string inner = "GET /admin HTTP/1.1\r\nHost: x\r\n\r\n";
  return {
      {"smuggle_by_length_and_encoding",
       post_with("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "5c\r\n" + inner + "0\r\n\r\n"),
       "refused 400"},
      {"smuggle_by_hidden_encoding",
       post_with("Content-Length: 6\r\nTransfer-Encoding: xchunked\r\n", "0\r\n\r\nG"), "refused 400"},
      {"smuggle_by_chunk_size_overflow",
       post_with("Transfer-Encoding: chunked\r\n", "100000000000000003\r\nabc\r\n0\r\n\r\n" + inner),
       "refused 400"},
      {"smuggle_behind_extension", post_with("Transfer-Encoding: chunked\r\n", "1;\nA\r\n0\r\n\r\n" + inner),
       "refused 400"},
      {"smuggle_in_body", post_with("Content-Length: " + std::to_string(inner.size()) + "\r\n", inner) + next,
       "POST / body=" + inner + " keep\nGET /next keep"},
      {"smuggle_behind_get_with_body", get_with("Content-Length: 3\r\n") + "abc" + next,
       "GET / body=abc keep\nGET /next keep"},
  };
}

}  // namespace

std::vector<ParserCase> rfc_framing_cases() {
  std::vector<ParserCase> all;
  for (const auto& cases : {encodings(), lengths(), chunks(), smuggling()}) {
    all.insert(all.end(), cases.begin(), cases.end());
  }
  return all;
}

std::vector<ParserCase> all_cases() {
  std::vector<ParserCase> all;
  for (const auto& cases : {head_cases(), framing_cases(), rfc_head_cases(), rfc_framing_cases()}) {
    all.insert(all.end(), cases.begin(), cases.end());
  }
  return all;
}

}  // namespace orders::test
