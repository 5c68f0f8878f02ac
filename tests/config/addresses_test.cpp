#include "config/addresses.hpp"

#include <boost/test/unit_test.hpp>

namespace orders::config::test {

BOOST_AUTO_TEST_SUITE(addresses)

BOOST_AUTO_TEST_CASE(takes_what_libpq_takes) {
  for (const auto* text : {
           "",
           "postgresql://",
           "postgres://localhost",
           "postgresql://u@db:5433/shop",
           "postgresql://u@a:1,b:2/d?target_session_attrs=any",
           "postgresql://[::1]:5432/d",
           "postgresql:///d?host=/var/run/postgresql&user=a%40b",
           "host=db",
           "host = db  dbname = 'a b'",
           "dbname=''",
           "  host=db\tport=5432\n",
           "host=/tmp user=o\\'hara",
       }) {
    BOOST_TEST(connection_fault(text) == "", text);
    BOOST_TEST(!has_password(text), text);
    BOOST_TEST(masked_connection(text) == text);
  }
}

BOOST_AUTO_TEST_CASE(refuses_other_connection_texts) {
  for (const auto* text : {"orderd",
                           "mysql://h/d",
                           "http://h?a=b",
                           "localhost:5432",
                           "host=a dbname",
                           "=x",
                           "a b=c",
                           "host='a",
                           "postgresql://u@@h/d",
                           "postgresql://u:a/b@h/d",
                           "postgresql://h/d?x",
                           "postgresql://h/%zz",
                           "postgresql://h/%00",
                           "postgresql://h/d e",
                           "postgresql://u:?a=b@h/d",
                           "postgresql://[::1/d",
                           "postgresql://u@[::1]x/d",
                           "postgresql://h:99999/d",
                           "postgresql://h:0/d",
                           "postgresql://a:1,b:x/d"}) {
    BOOST_TEST(connection_fault(text) != "", text);
    BOOST_TEST(masked_connection(text) == "[secret]");
  }
}

BOOST_AUTO_TEST_CASE(masks_passwords_and_nothing_else) {
  BOOST_TEST(masked_connection("postgresql://u:pw@h:1/d?a=b") == "postgresql://u:[secret]@h:1/d?a=b");
  BOOST_TEST(masked_connection("postgresql://u:p:w@h/d") == "postgresql://u:[secret]@h/d");
  BOOST_TEST(masked_connection("postgresql://u:@h/d") == "postgresql://u:@h/d");
  BOOST_TEST(masked_connection("postgresql://h/d?password=pw&x=y") ==
             "postgresql://h/d?password=[secret]&x=y");
  BOOST_TEST(masked_connection("postgresql://h/d?x=y&p%61ssword=pw") ==
             "postgresql://h/d?x=y&p%61ssword=[secret]");
  BOOST_TEST(masked_connection("postgresql://h/d?PASSWORD=pw") == "postgresql://h/d?PASSWORD=[secret]");
  BOOST_TEST(masked_connection("host=h Password=pw") == "host=h Password=[secret]");
  BOOST_TEST(masked_connection("postgresql://u:a@h/d?sslpassword=pw") ==
             "postgresql://u:[secret]@h/d?sslpassword=[secret]");
  BOOST_TEST(masked_connection("host=h password=pw dbname=d") == "host=h password=[secret] dbname=d");
  BOOST_TEST(masked_connection("password = 'p w' dbname=d") == "password = [secret] dbname=d");
  BOOST_TEST(masked_connection("password=p\\ w dbname=d") == "password=[secret] dbname=d");
  BOOST_TEST(masked_connection("password='p\\' w'") == "password=[secret]");
  BOOST_TEST(masked_connection("dbname='password=x' user=u") == "dbname='password=x' user=u");
  BOOST_TEST(has_password("password=x"));
  BOOST_TEST(!has_password("password= "));
}

BOOST_AUTO_TEST_CASE(a_masked_text_is_a_good_text) {
  for (const auto* text :
       {"postgresql://u:p%40w@h/d", "postgresql://h/d?password=pw", "host=h password='p w'"}) {
    const auto masked = masked_connection(text);
    BOOST_TEST(connection_fault(masked) == "", masked);
    BOOST_TEST(masked_connection(masked) == masked);
  }
}

BOOST_AUTO_TEST_CASE(neighbours_are_reached_over_plain_http) {
  for (const auto* text : {"", "http://a", "http://a/", "http://a:1", "http://127.0.0.1:65535/x/y",
                           "http://[::1]", "http://[::1]:80/x", "http://my_host-1.example"}) {
    BOOST_TEST(link_fault(text) == "", text);
  }
  for (const auto* text : {"a",          "a:80",        "http:/a",      "http://",           "http:///x",
                           "http://:80", "https://a",   "HTTP://a",     "http://a:0",        "http://a:65536",
                           "http://a:",  "http://a:8x", "http://a:1:2", "http://u@a",        "http://u:p@a/x",
                           "http://a?x", "http://a/#x", "http://a b",   "http://a/\xC3\xBC", "http://[::1",
                           "http://::1", "http://[]",   "http://a\n"}) {
    BOOST_TEST(link_fault(text) != "", text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::config::test
