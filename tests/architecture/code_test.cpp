#include "tests/architecture/code.hpp"

#include <boost/test/unit_test.hpp>

namespace orders::architecture {

namespace {

std::string lengths(const std::string& text) {
  std::string out;
  for (const auto& function : functions_of(text)) {
    out += std::to_string(function.line) + "+" + std::to_string(function.lines) + " ";
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(code)

BOOST_AUTO_TEST_CASE(blanks_comments_literals_and_directives) {
  BOOST_TEST(bare_code("a // {\nb") == "a     \nb");
  BOOST_TEST(bare_code("a /* { \n } */ b") == "a      \n      b");
  BOOST_TEST(bare_code("f(\"{\\\"}\", '{', 1'000)") == "f(      ,    , 1'000)");
  BOOST_TEST(bare_code("x = R\"sql(\n\"{)\" )sql\";") == "x =       \n          ;");
  BOOST_TEST(bare_code("  #define A { \\\n  {\nb") == "               \n   \nb");
}

BOOST_AUTO_TEST_CASE(finds_includes) {
  const auto found = includes_of("#include <a/b.hpp>\n // #include <no>\n  #  include \"c.hpp\"  // why\n");
  BOOST_REQUIRE(found.size() == 2U);
  BOOST_TEST(found[0].name == "a/b.hpp");
  BOOST_TEST(found[0].angle);
  BOOST_TEST(found[1].name == "c.hpp");
  BOOST_TEST(!found[1].angle);
  BOOST_TEST(found[1].line == 3U);
}

BOOST_AUTO_TEST_CASE(measures_functions) {
  BOOST_TEST(lengths("namespace a {\n\nint f() {\n  return 1;\n}\n}\n") == "3+3 ");
  BOOST_TEST(lengths("template <class T>\nvoid f(T t)\n    noexcept {\n  if (t) {\n  }\n}\n") == "1+6 ");
  BOOST_TEST(lengths("struct A : B<f()> {\n public:\n  A() : a_{1}, b_{f({2})} {\n    a_ = 2;\n  }\n  int "
                     "a_{0};\n};\n") == "2+4 ");
  BOOST_TEST(lengths("A::A(int x)\n    : a_{x},\n      b_(x) {\n}\nint g() { return 1; }\n") == "1+4 5+1 ");
  BOOST_TEST(
      lengths(
          "constexpr std::array<int, 2> a = {{\n  1, 2}};\nconst T b{f(), 2};\nenum class E {\n  a };\n") ==
      "");
  BOOST_TEST(lengths("const auto f = [](int a) {\n  return a;\n};\n") == "1+3 ");
  BOOST_TEST(lengths("bool operator==(A a, B b) {\n  return \"}}}\" == a;\n}\n") == "1+3 ");
  BOOST_TEST(lengths("template <class T>\nstruct A {\n  void f() {\n  }\n};\n") == "3+2 ");
}

BOOST_AUTO_TEST_CASE(counts_lines) {
  BOOST_TEST(count_lines("") == 0U);
  BOOST_TEST(count_lines("a") == 1U);
  BOOST_TEST(count_lines("a\nb\n") == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace orders::architecture
