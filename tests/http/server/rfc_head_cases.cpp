// What RFC 9112 and 9110 say about the head of a request to an origin server, section by section.
#include "tests/http/server/parser_cases.hpp"

namespace orders::test {

namespace {

const std::string host = "Host: x\r\n\r\n";
const std::string nul(1, '\0');

std::string line(const std::string& text) { return text + "\r\n" + host; }

/// RFC 9112 2.2 and 2.3: what surrounds requests, and versions.
std::vector<ParserCase> messages() {
  const std::string get = line("GET / HTTP/1.1");
  return {
      {"2.2_empty_line_between", get + "\r\n" + get, "GET / keep\nGET / keep"},
      {"2.2_four_empty_lines", "\r\n\r\n\r\n\r\n" + get, "GET / keep"},
      {"2.2_only_an_empty_line", "\r\n", "more"},
      {"2.2_cr_alone_first", "\r" + get, "refused 400"},
      {"2.2_line_feeds_end_the_head", "GET / HTTP/1.1\r\nHost: x\r\n\n", "refused 400"},
      {"2.2_line_feed_then_cr", "GET / HTTP/1.1\r\nHost: x\n\r\n\r\n", "refused 400"},
      {"2.2_cr_cr_lf", "GET / HTTP/1.1\r\r\nHost: x\r\n\r\n", "refused 400"},
      {"2.2_blank_before_first_header", "GET / HTTP/1.1\r\n  A: b\r\n" + host, "refused 400"},
      {"2.2_blank_line_before_first_header", "GET / HTTP/1.1\r\n \r\n" + host, "refused 400"},
      {"2.3_version_3_0", line("GET / HTTP/3.0"), "refused 505"},
      {"2.3_version_two_digits", line("GET / HTTP/1.10"), "refused 400"},
      {"2.3_version_two_major", line("GET / HTTP/11.1"), "refused 400"},
      {"2.3_version_negative", line("GET / HTTP/-1.1"), "refused 400"},
      {"2.3_version_letters", line("GET / HTTP/a.b"), "refused 400"},
      {"2.3_version_without_slash", line("GET / HTTP1.1"), "refused 400"},
      {"2.3_version_with_blank", line("GET / HTTP/1. 1"), "refused 400"},
      {"2.3_version_comma", line("GET / HTTP/1,1"), "refused 400"},
      {"2.3_other_protocol", line("GET / ICAP/1.1"), "refused 400"},
  };
}

/// RFC 9112 3: the request line.
std::vector<ParserCase> lines() {
  return {
      {"3_words_behind", line("GET / HTTP/1.1 x"), "refused 400"},
      {"3_vertical_tab", line("GET\v/ HTTP/1.1"), "refused 400"},
      {"3_form_feed", line("GET /\fHTTP/1.1"), "refused 400"},
      {"3_tab_before_version", line("GET /\tHTTP/1.1"), "refused 400"},
      {"3_two_blanks_before_version", line("GET /  HTTP/1.1"), "refused 400"},
      {"3_no_target", line("GET HTTP/1.1"), "refused 400"},
      {"3_nothing_but_a_method", line("GET"), "refused 400"},
      {"3.1_method_with_digit", line("G3T / HTTP/1.1"), "refused 501"},
      {"3.1_method_mixed_case", line("Get / HTTP/1.1"), "refused 501"},
      {"3.1_method_with_slash", line("G/T / HTTP/1.1"), "refused 400"},
      {"3.1_method_with_quote", line("G\"T / HTTP/1.1"), "refused 400"},
      {"3.1_method_with_nul", line("G" + nul + "T / HTTP/1.1"), "refused 400"},
      {"3.1_method_8_bit", line("G\xC3\x89T / HTTP/1.1"), "refused 400"},
      {"3.1_method_long", line(std::string(300, 'A') + " / HTTP/1.1"), "refused 501"},
      {"3.1_method_longer_than_any_line", line(std::string(9'000, 'A') + " / HTTP/1.1"), "refused 501"},
      {"3.1_method_known_and_not_routed", line("DELETE / HTTP/1.1") + line("PATCH / HTTP/1.1"),
       "DELETE / keep\nPATCH / keep"},
  };
}

/// RFC 9112 3.2 and RFC 9110 4.2: targets.
std::vector<ParserCase> targets() {
  return {
      {"3.2.1_double_slash", line("GET //a//b HTTP/1.1"), "GET //a//b keep"},
      {"3.2.1_dots", line("GET /../a HTTP/1.1"), "GET /../a keep"},
      {"3.2.1_encoded_delimiters", line("GET /a%2Fb%3Fc HTTP/1.1"), "GET /a/b?c keep"},
      {"3.2.1_encoded_line_break", line("GET /a%0D%0Ab HTTP/1.1"), "GET /a\r\nb keep"},
      {"3.2.1_empty_query", line("GET /a? HTTP/1.1"), "GET /a keep"},
      {"3.2.1_two_question_marks", line("GET /a?b=c?d HTTP/1.1"), "GET /a ?b=c?d keep"},
      {"3.2.1_query_without_path", line("GET ?a=b HTTP/1.1"), "refused 400"},
      {"3.2.1_percent_at_end", line("GET /a% HTTP/1.1"), "refused 400"},
      {"3.2.1_percent_percent", line("GET /%%41 HTTP/1.1"), "refused 400"},
      {"3.2.1_percent_sign", line("GET /%+1 HTTP/1.1"), "refused 400"},
      {"3.2.1_overlong_utf8", line("GET /%C0%AF HTTP/1.1"), "refused 400"},
      {"3.2.1_cut_utf8", line("GET /%E2%82 HTTP/1.1"), "refused 400"},
      {"3.2.1_query_not_utf8", line("GET /?a=%FF HTTP/1.1"), "refused 400"},
      {"3.2.1_raw_vertical_tab", line("GET /\v HTTP/1.1"), "refused 400"},
      {"3.2.1_raw_cr", line("GET /\ra HTTP/1.1"), "refused 400"},
      {"3.2.1_raw_latin_1", line("GET /\xE9 HTTP/1.1"), "refused 400"},
      {"3.2.2_user", line("GET http://me@x/ HTTP/1.1"), "refused 400"},
      {"3.2.2_port_only", line("GET http://:80/ HTTP/1.1"), "refused 400"},
      {"3.2.2_port_not_a_number", line("GET http://x:y/ HTTP/1.1"), "refused 400"},
      {"3.2.2_port_too_large", line("GET http://x:65536/ HTTP/1.1"), "refused 400"},
      {"3.2.2_ipv6", line("GET http://[::1]:80/a HTTP/1.1"), "GET /a keep"},
      {"3.2.2_ipv6_open", line("GET http://[::1/a HTTP/1.1"), "refused 400"},
      {"3.2.2_backslash", line("GET http://x\\y/ HTTP/1.1"), "refused 400"},
      {"3.2.2_one_slash", line("GET http:/x/ HTTP/1.1"), "refused 400"},
      {"3.2.2_still_needs_host", "GET http://x/ HTTP/1.1\r\n\r\n", "refused 400"},
      {"3.2.3_authority", line("GET x:80 HTTP/1.1"), "refused 400"},
      {"3.2.4_post_star", line("POST * HTTP/1.1"), "refused 400"},
      {"3.2.4_options_path", line("OPTIONS /a HTTP/1.1"), "OPTIONS /a keep"},
      {"3.2.4_options_absolute", line("OPTIONS http://x HTTP/1.1"), "OPTIONS / keep"},
  };
}

/// RFC 9112 3.2 and RFC 9110 7.2: Host.
std::vector<ParserCase> hosts() {
  std::vector<ParserCase> all{
      {"3.2_old_may_have_one", "GET / HTTP/1.0\r\n" + host, "GET / close"},
      {"3.2_old_may_not_have_two", "GET / HTTP/1.0\r\nHost: x\r\n" + host, "refused 400"},
      {"3.2_twice_the_same", get_with("HOST: x\r\n"), "refused 400"},
  };
  for (const char* const good :
       {"x:8080", "127.0.0.1", "[::1]:80", "[2001:db8::7]", "x:", "X.Example-1.ORG:00080", "a%20b", "a_b"}) {
    all.push_back({std::string("3.2_host_") + good,
                   "GET / HTTP/1.1\r\nHost: " + std::string(good) + "\r\n\r\n", "GET / keep"});
  }
  for (const char* const bad :
       {"a b", "x/y", "me@x", "x:y",  "x:99999", "x:-1", "[::1",      "[::",     "[x]",    "[]",   "::1",
        ":80", "x#",  "x?",   "x\\y", "%zz",     "a%2",  "x\xC3\xA9", "x:80:80", "[::1]x", "\"x\""}) {
    all.push_back({std::string("3.2_bad_host_") + bad,
                   "GET / HTTP/1.1\r\nHost: " + std::string(bad) + "\r\n\r\n", "refused 400"});
  }
  return all;
}

/// RFC 9112 5 and RFC 9110 5: field lines.
std::vector<ParserCase> fields() {
  std::vector<ParserCase> all{
      {"5_empty_value", get_with("A:\r\nB: \t \r\n"), "GET / keep"},
      {"5_colons_in_value", get_with("A: b:c:d\r\n"), "GET / keep"},
      {"5_no_blank_after_colon", get_with("A:b\r\n"), "GET / keep"},
      {"5_token_characters", get_with("!#$%&'*+-.^_`|~09azAZ: b\r\n"), "GET / keep"},
      {"5.1_tab_before_colon", get_with("Content-Length\t: 5\r\n") + "hello", "refused 400"},
      {"5.1_nul_before_colon", get_with("Content-Length" + nul + ": 5\r\n") + "hello", "refused 400"},
      {"5.1_host_before_colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", "refused 400"},
      {"5.2_folded_empty", get_with("A: b\r\n \r\n"), "refused 400"},
      {"5.2_folded_encoding", get_with("Transfer-Encoding:\r\n chunked\r\n") + "0\r\n\r\n", "refused 400"},
      {"5_value_latin_1", get_with("A: \xE9\r\n"), "GET / keep"},
      {"5_name_8_bit", get_with("\xC3\xA9: b\r\n"), "refused 400"},
      {"5_name_underscore_is_another", get_with("Content_Length: 5\r\nTransfer_Encoding: chunked\r\n"),
       "GET / keep"},
  };
  for (const char delimiter : std::string("\"(),/;<=>?@[\\]{} \t\x7f\x01")) {
    all.push_back({"5.1_name_with_" + std::to_string(static_cast<int>(delimiter)),
                   get_with(std::string("A") + delimiter + "B: x\r\n"), "refused 400"});
  }
  for (int control = 0; control < 0x20; ++control) {
    if (control == '\t') continue;
    all.push_back({"5.5_value_with_" + std::to_string(control),
                   get_with("A: b" + std::string(1, static_cast<char>(control)) + "c\r\n"), "refused 400"});
  }
  all.push_back({"5.5_value_with_delete", get_with("A: b\x7f\r\n"), "refused 400"});
  all.push_back({"5.5_value_with_tab", get_with("A: b\tc\r\n"), "GET / keep"});
  return all;
}

/// RFC 9112 9 and RFC 9110 7.6, 7.8, 10.1: what is said about the connection, and expectations.
std::vector<ParserCase> connections() {
  const auto says = [](const std::string& value) { return get_with("Connection: " + value + "\r\n"); };
  return {
      {"9.3_close_and_keep_alive", says("close, keep-alive"), "GET / close"},
      {"9.3_keep_alive_then_close_line", says("keep-alive\r\nConnection: close"), "GET / close"},
      {"9.3_empty_elements", says(", ,close,"), "GET / close"},
      {"9.3_nothing", says(""), "GET / keep"},
      {"9.3_old_keep_alive_among_others", "GET / HTTP/1.0\r\nConnection: x, Keep-Alive\r\n\r\n",
       "GET / keep"},
      {"9.3_close_in_another_word", says("disclose, close-not"), "GET / keep"},
      {"7.8_upgrade_is_not_taken", says("Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA"),
       "GET / keep"},
      {"7.4_trailers_wanted", says("TE\r\nTE: trailers"), "GET / keep"},
      {"10.1_expect_upper_case", get_with("Expect: 100-CONTINUE\r\n"), "GET / keep"},
      {"10.1_expect_two", get_with("Expect: 100-continue, 100-continue\r\n"), "refused 417"},
      {"10.1_expect_empty", get_with("Expect:\r\n"), "refused 417"},
      {"10.1_expect_two_lines", get_with("Expect: 100-continue\r\nExpect: x\r\n"), "refused 417"},
  };
}

}  // namespace

std::vector<ParserCase> rfc_head_cases() {
  std::vector<ParserCase> all;
  for (const auto& cases : {messages(), lines(), targets(), hosts(), fields(), connections()}) {
    all.insert(all.end(), cases.begin(), cases.end());
  }
  return all;
}

}  // namespace orders::test
