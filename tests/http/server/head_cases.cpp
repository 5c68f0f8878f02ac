#include "tests/http/server/parser_cases.hpp"

namespace orders::test {

namespace {

const std::string host = "Host: x\r\n\r\n";
const std::string nul(1, '\0');

std::vector<ParserCase> request_lines() {
  return {
      {"plain", "GET / HTTP/1.1\r\n" + host, "GET / keep"},
      {"old", "GET / HTTP/1.0\r\n\r\n", "GET / close"},
      {"old_keep_alive", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET / keep"},
      {"old_both_tokens", "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", "GET / close"},
      {"head_and_others", "HEAD / HTTP/1.1\r\n" + host + "TRACE / HTTP/1.1\r\n" + host,
       "HEAD / keep\nTRACE / keep"},
      {"leading_empty_lines", "\r\n\r\nGET / HTTP/1.1\r\n" + host, "GET / keep"},
      {"too_many_empty_lines", "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n" + host, "refused 400"},
      {"leading_line_feed", "\nGET / HTTP/1.1\r\n" + host, "refused 400"},
      {"leading_blank", " GET / HTTP/1.1\r\n" + host, "refused 400"},
      {"tls_hello", "\x16\x03\x01\x02" + nul + "\x01\r\n\r\n", "refused 400"},
      {"http2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "refused 505"},
      {"garbage_line", "hello world\r\n\r\n", "refused 400"},
      {"version_0_9", "GET / HTTP/0.9\r\n" + host, "refused 505"},
      {"version_1_2", "GET / HTTP/1.2\r\n" + host, "refused 505"},
      {"version_2_0", "GET / HTTP/2.0\r\n" + host, "refused 505"},
      {"version_cut", "GET / HTTP/1.\r\n" + host, "refused 400"},
      {"version_long", "GET / HTTP/1.11\r\n" + host, "refused 400"},
      {"version_lower", "GET / http/1.1\r\n" + host, "refused 400"},
      {"version_missing", "GET /\r\n" + host, "refused 400"},
      {"version_then_blank", "GET / HTTP/1.1 \r\n" + host, "refused 400"},
      {"two_blanks", "GET  / HTTP/1.1\r\n" + host, "refused 400"},
      {"tab", "GET\t/ HTTP/1.1\r\n" + host, "refused 400"},
      {"line_feed_only", "GET / HTTP/1.1\nHost: x\n\n", "refused 400"},
      {"bare_cr", "GET / HTTP/1.1\rHost: x\r\n\r\n", "refused 400"},
      {"unknown_method", "BREW / HTTP/1.1\r\n" + host, "refused 501"},
      {"lower_case_method", "get / HTTP/1.1\r\n" + host, "refused 501"},
      {"connect", "CONNECT x:80 HTTP/1.1\r\n" + host, "refused 501"},
      {"method_with_colon", "G:T / HTTP/1.1\r\n" + host, "refused 400"},
  };
}

std::vector<ParserCase> targets() {
  return {
      {"decoded", "GET /a%20b/%C3%A9 HTTP/1.1\r\n" + host, "GET /a b/\xC3\xA9 keep"},
      {"decoded_once", "GET /%2541 HTTP/1.1\r\n" + host, "GET /%41 keep"},
      {"query", "GET /a?x=1&y=%26&x=a+b&&z HTTP/1.1\r\n" + host, "GET /a ?x=1 ?y=& ?x=a+b ?z= keep"},
      {"options_star", "OPTIONS * HTTP/1.1\r\n" + host, "OPTIONS * keep"},
      {"get_star", "GET * HTTP/1.1\r\n" + host, "refused 400"},
      {"star_and_more", "OPTIONS *x HTTP/1.1\r\n" + host, "refused 400"},
      {"absolute", "GET http://other:80/a?b=c HTTP/1.1\r\n" + host, "GET /a ?b=c keep"},
      {"absolute_upper", "GET HTTPS://other/a HTTP/1.1\r\n" + host, "GET /a keep"},
      {"absolute_bare", "GET http://other HTTP/1.1\r\n" + host, "GET / keep"},
      {"absolute_query", "GET http://other?a=b HTTP/1.1\r\n" + host, "GET / ?a=b keep"},
      {"absolute_no_host", "GET http:///a HTTP/1.1\r\n" + host, "refused 400"},
      {"ftp", "GET ftp://other/ HTTP/1.1\r\n" + host, "refused 400"},
      {"relative", "GET a HTTP/1.1\r\n" + host, "refused 400"},
      {"authority", "GET x:80 HTTP/1.1\r\n" + host, "refused 400"},
      {"fragment", "GET /a#b HTTP/1.1\r\n" + host, "refused 400"},
      {"escape_nul", "GET /%00 HTTP/1.1\r\n" + host, "refused 400"},
      {"escape_nul_in_query", "GET /?a=%00 HTTP/1.1\r\n" + host, "refused 400"},
      {"escape_bad", "GET /%zz HTTP/1.1\r\n" + host, "refused 400"},
      {"escape_cut", "GET /%4 HTTP/1.1\r\n" + host, "refused 400"},
      {"escape_bad_in_query", "GET /?%4 HTTP/1.1\r\n" + host, "refused 400"},
      {"not_utf8", "GET /%ff HTTP/1.1\r\n" + host, "refused 400"},
      {"utf8_surrogate", "GET /%ED%A0%80 HTTP/1.1\r\n" + host, "refused 400"},
      {"raw_8_bit", "GET /\xC3\xA9 HTTP/1.1\r\n" + host, "refused 400"},
      {"raw_nul", "GET /" + nul + " HTTP/1.1\r\n" + host, "refused 400"},
      {"raw_cr_lf", "GET /a\r\nX-Evil: 1 HTTP/1.1\r\n" + host, "refused 400"},
      {"raw_delete", "GET /\x7f HTTP/1.1\r\n" + host, "refused 400"},
      {"longest", "GET /" + std::string(8'191, 'a') + " HTTP/1.1\r\n" + host,
       "GET /" + std::string(8'191, 'a') + " keep"},
      {"one_too_long", "GET /" + std::string(8'192, 'a') + " HTTP/1.1\r\n" + host, "refused 414"},
      {"far_too_long", "GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\n" + host, "refused 414"},
      {"never_ending", "GET /" + std::string(9'000, 'a'), "refused 414"},
  };
}

std::vector<ParserCase> headers() {
  std::string hundred;
  for (int i = 0; i < 99; ++i) hundred += "A: b\r\n";
  return {
      {"no_host", "GET / HTTP/1.1\r\n\r\n", "refused 400"},
      {"empty_host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / keep"},
      {"two_hosts", get_with("Host: x\r\n"), "refused 400"},
      {"host_list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", "refused 400"},
      {"blank_before_colon", get_with("Content-Length : 5\r\n") + "hello", "refused 400"},
      {"no_colon", get_with("foo\r\nContent-Length: 5\r\n") + "hello", "refused 400"},
      {"no_colon_at_end", get_with("foo\r\n"), "refused 400"},
      {"empty_name", get_with(": y\r\n"), "refused 400"},
      {"folded", get_with("A: b\r\n c\r\n"), "refused 400"},
      {"folded_with_tab", get_with("A: b\r\n\tc\r\n"), "refused 400"},
      {"folded_length", get_with("Content-Length:\r\n 5\r\n") + "hello", "refused 400"},
      {"folded_first", "GET / HTTP/1.1\r\n Host: x\r\n\r\n", "refused 400"},
      {"nul_in_value", get_with("A: b" + nul + "c\r\n"), "refused 400"},
      {"control_in_value", get_with("A: b\x01\r\n"), "refused 400"},
      {"bare_cr_in_value", get_with("A: b\rc\r\n"), "refused 400"},
      {"line_feed_in_headers", get_with("A: b\nC: d\r\n"), "refused 400"},
      {"value_8_bit", get_with("A: \xC3\xA9\r\n"), "GET / keep"},
      {"hundred", get_with(hundred), "GET / keep"},
      {"hundred_and_one", get_with(hundred + "A: b\r\n"), "refused 431"},
      {"five_hundred", get_with(hundred + hundred + hundred + hundred + hundred), "refused 431"},
      {"too_long", get_with("A: " + std::string(20'000, 'a') + "\r\n"), "refused 431"},
      {"never_ending", "GET / HTTP/1.1\r\nA: " + std::string(20'000, 'a'), "refused 431"},
      {"longest", get_with("A: " + std::string(16'384 - 32, 'a') + "\r\n"), "GET / keep"},
      {"one_too_long", get_with("A: " + std::string(16'384 - 31, 'a') + "\r\n"), "refused 431"},
      {"close", get_with("Connection: close\r\n"), "GET / close"},
      {"close_among_others", get_with("Connection: TE, Close\r\n"), "GET / close"},
      {"close_in_second", get_with("Connection: TE\r\nConnection: close\r\n"), "GET / close"},
      {"closed", get_with("Connection: closed\r\n"), "GET / keep"},
      {"bad_connection", get_with("Connection: @@\r\n"), "refused 400"},
      {"proxy_connection", get_with("Proxy-Connection: close\r\n"), "GET / keep"},
      {"expect_other", get_with("Expect: 200-ok\r\n"), "refused 417"},
      {"expect_other_old", "GET / HTTP/1.0\r\nExpect: 200-ok\r\n\r\n", "GET / close"},
      {"cut_off", "GET / HTTP/1.1\r\nHost: x\r\n", "more"},
      {"nothing", "", "more"},
  };
}

}  // namespace

std::vector<ParserCase> head_cases() {
  std::vector<ParserCase> all;
  for (const auto& [kind, cases] :
       {std::pair("line_", request_lines()), {"target_", targets()}, {"header_", headers()}}) {
    for (ParserCase one : cases) {
      one.name = kind + one.name;
      all.push_back(std::move(one));
    }
  }
  return all;
}

}  // namespace orders::test
